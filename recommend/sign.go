package recommend

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"math"
	"slices"
	"sync"
)

// An id is the digest of what was asked for and the seal on it and on the list.
const (
	digestBytes = 8
	sealBytes   = 16
)

// A signer makes and checks the ids of lists.
type signer struct {
	macs sync.Pool // of *sealing
}

// A sealing is what sealing one list needs, for many lists one after the other.
type sealing struct {
	mac   hash.Hash
	msg   message
	sum   []byte
	items []ClaimedItem
}

func newSigner(secret []byte) *signer {
	s := new(signer)
	s.macs.New = func() any { return &sealing{mac: hmac.New(sha256.New, secret)} }
	return s
}

// Verify reports whether the engine, or another one with the same secret, has
// ever answered with the list that c tells of. It looks at nothing but c: the
// snapshot may be gone.
func (e *Engine) Verify(c Claim) bool {
	id := make([]byte, digestBytes+sealBytes)
	if len(c.RecommendationID) != base64.RawURLEncoding.EncodedLen(len(id)) { // so it holds no line breaks, which would be skipped
		return false
	}
	if _, err := base64.RawURLEncoding.Decode(id, []byte(c.RecommendationID)); err != nil {
		return false
	}
	seal := e.signer.macs.Get().(*sealing)
	defer e.signer.macs.Put(seal)
	return hmac.Equal(id[digestBytes:], seal.over(id[:digestBytes], &c))
}

// over is the seal on a digest and on the list of c.
func (s *sealing) over(digest []byte, c *Claim) []byte {
	m := append(s.msg[:0], digest...)
	m.text(c.Snapshot)
	m.text(string(c.Article))
	m.text(c.Placement)
	m.number(len(c.Items))
	for i := range c.Items {
		m.text(string(c.Items[i].ID))
		m.number(c.Items[i].Position)
		m.text(string(c.Items[i].Source))
	}
	if d := c.Draw; d != nil {
		m.number(d.Keep)
		m.number(len(d.Pool))
		for _, id := range d.Pool {
			m.text(string(id))
		}
		m.reals(d.Logits)
		m.reals(d.P)
	}
	s.msg = m
	s.mac.Reset()
	s.mac.Write(m)
	s.sum = s.mac.Sum(s.sum[:0])
	return s.sum[:sealBytes]
}

// A message is what is signed. What is written into it one after the other can be
// read in one way only.
type message []byte

func (m *message) number(n int) { *m = binary.AppendVarint(*m, int64(n)) }

func (m *message) text(s string) {
	m.number(len(s))
	*m = append(*m, s...)
}

func (m *message) yes(b bool) {
	if b {
		m.number(1)
	} else {
		m.number(0)
	}
}

func (m *message) reals(numbers []float64) {
	m.number(len(numbers))
	for _, x := range numbers {
		*m = binary.LittleEndian.AppendUint64(*m, math.Float64bits(x))
	}
}

func (m *message) filter(f *Filter) {
	sorted(m, f.Sections)
	sorted(m, f.NotSections)
	sorted(m, f.Tags)
	sorted(m, f.NotTags)
	*m = binary.AppendVarint(*m, f.Since.Unix())
	m.number(f.Since.Nanosecond())
}

// sorted writes texts whose order and number do not matter.
func sorted[T ~string](m *message, texts []T) {
	if len(texts) > 1 {
		texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	}
	m.number(len(texts))
	for _, t := range texts {
		m.text(string(t))
	}
}

// sign is the id of list: a digest of what was asked and of the state of things
// that made it this list, and a seal on the digest and on what the list holds.
func (e *Engine) sign(v *view, q *settled, list *List) string {
	seal := e.signer.macs.Get().(*sealing)
	defer e.signer.macs.Put(seal)
	m := seal.msg[:0]
	m.number(q.Limit)
	m.number(*q.Threshold)
	m.yes(q.Raw)
	m.yes(q.Explain)
	sorted(&m, q.Exclude)
	m.text(string(q.Languages))
	m.text(string(q.Fallback))
	m.filter(&q.Filter)
	m.filter(&q.placed)
	m.number(int(v.revision.Overrides))
	m.yes(list.Provisional)
	seal.items = seal.items[:0]
	for i := range list.Links {
		l := &list.Links[i]
		m.yes(l.Provisional)
		seal.items = append(seal.items, ClaimedItem{l.Card.ID, l.Position, l.Source})
	}
	seal.msg = m
	digest := sha256.Sum256(m)
	c := Claim{Snapshot: list.Snapshot, Article: list.Article.ID, Placement: q.Placement, Items: seal.items, Draw: list.Draw}
	id := append(make([]byte, 0, digestBytes+sealBytes), digest[:digestBytes]...)
	return base64.RawURLEncoding.EncodeToString(append(id, seal.over(digest[:digestBytes], &c)...))
}
