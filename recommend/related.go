package recommend

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// DefaultLimit is how many links a Query without a limit gets at most.
const DefaultLimit = 5

// A Query asks for the links of one article, named by ID or else by URL.
type Query struct {
	ID      data.ArticleID
	URL     string           // of the article, in any spelling: see data.CanonicalURL
	Limit   int              // most links; 0 means DefaultLimit
	Exclude []data.ArticleID // never among the links
	Raw     bool             // as the algorithm has it: without threshold and overrides

	Languages Languages // that the links may be in; empty: as Placement has it, else the article's own
	Placement string    // one of Options.Placements, for which the list is; "" is none
}

// Source says where a link comes from.
type Source string

// The sources of links.
const (
	Algorithm Source = "algorithm"
	Editor    Source = "editor" // a pin

	// OtherLanguage is of links in another language than the article's, which
	// come after those in its own, unless an editor put them there.
	OtherLanguage Source = "fallback:language"
)

// A Link is one item of a List.
type Link struct {
	Position int       // from 1
	Score    int       // what people see: 0–100, see snapshot.Scale
	Rank     float32   // the ranking score, unrounded: the cosine; 0 where it is not known
	Source   Source    // what put the link there
	Card     data.Card // as the article is now

	// Provisional: the article is new or changed since the snapshot, and
	// stands where its present text belongs until the next refresh.
	Provisional bool
}

// List is the links of one article.
type List struct {
	RecommendationID string // names the list: the same list has the same id, no other has it
	Snapshot         string // id
	Article          data.Card
	Links            []Link // by position; fewer than the limit rather than worse

	// Provisional: Article is new or changed since the snapshot, and Links are
	// those of its present text.
	Provisional bool
}

// Related is the list of links to show under an article. It looks at memory
// only, and takes time and memory that do not grow with the corpus but for
// O(log n) to find the article.
//
// It returns data.ErrNotFound for an article that neither the snapshot nor the
// store knows, data.ErrNoSnapshot before the first snapshot is in service, and
// a *data.InvalidError for a query that makes no sense. The list of an article
// that is unpublished or shows no links is empty.
func (e *Engine) Related(_ context.Context, q Query) (list List, err error) {
	if q, err = e.settle(q); err != nil {
		return List{}, err
	}
	v := e.view.Load()
	if v.snapshot == nil {
		return List{}, fmt.Errorf("recommend: %w", data.ErrNoSnapshot)
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = faultError(recover(), v.snapshot, err) }()
	var (
		source data.Card
		row    int
		ok     bool
	)
	switch {
	case q.ID != "":
		source, row, ok = v.find(q.ID)
	case q.URL != "":
		source, row, ok = v.findURL(q.URL)
	default:
		return List{}, &data.InvalidError{Field: "id", Reason: "is missing, and so is the url"}
	}
	if !ok {
		return List{}, fmt.Errorf("recommend: article %q: %w", cmp.Or(string(q.ID), q.URL), data.ErrNotFound)
	}
	list = List{Snapshot: v.snapshot.ID(), Article: source, Provisional: v.overlay.holds(source.ID)}
	if source.State != data.Unpublished && !source.NoLinks {
		list.Links = e.links(v, q, &source, row)
	}
	list.RecommendationID = e.sign(v, q, &list)
	return list, nil
}

// faultError turns the panic of having read a mapped file where it was cut
// short into an error, so that it costs the answer and not the process; Watch
// then takes the snapshot out of service. Other panics go on. Without a panic
// it is err.
func faultError(panicked any, s *snapshot.Snapshot, err error) error {
	switch fault := panicked.(type) {
	case nil:
		return err
	case interface{ Addr() uintptr }: // see debug.SetPanicOnFault
		return fmt.Errorf("recommend: snapshot %s was damaged on disk: %w", s.ID(), data.ErrNoSnapshot)
	default:
		panic(fault)
	}
}

func (e *Engine) links(v *view, q Query, source *data.Card, row int) []Link {
	now, threshold, rules := e.opts.Now(), e.opts.Threshold, v.overrides
	if q.Raw {
		threshold, rules = 0, new(overrides)
	}
	w := wish{article: source.ID, group: source.Group, limit: q.Limit, now: now}
	for _, id := range q.Exclude {
		w.exclude = append(w.exclude, v.groupOf(id))
	}
	r := newReader(source.Lang, q.Languages)
	link := func(target data.ArticleID, named bool) (Link, bool) {
		return v.pinned(source, row, target, named, r, now)
	}
	return rules.apply(w, v.ranked(source, row, r, threshold, now), link)
}

// settle is q with its defaults in place, or why it makes no sense.
func (e *Engine) settle(q Query) (Query, error) {
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if q.Limit < 0 {
		return q, &data.InvalidError{Field: "limit", Reason: fmt.Sprintf("is %d; it must be above 0", q.Limit)}
	}
	placement, known := e.opts.Placements[q.Placement]
	if q.Placement != "" && !known {
		return q, &data.InvalidError{Field: "placement", Reason: fmt.Sprintf("is %s, which %s", data.Quote(q.Placement), e.placementHint(q.Placement))}
	}
	q.Languages = cmp.Or(q.Languages, placement.Languages, OwnLanguage)
	return q, nil
}

// placementHint says what to do about a placement that is not known.
func (e *Engine) placementHint(name string) string {
	known := slices.Sorted(maps.Keys(e.opts.Placements))
	if len(known) == 0 {
		return "is not known; the settings name no placements"
	}
	if near := spelling.Nearest(name, known); near != "" {
		return fmt.Sprintf("is not known; did you mean %s?", near)
	}
	return "is not known; there are " + strings.Join(known, ", ")
}

// sign is the id of list: a signature over all that makes it this list.
func (e *Engine) sign(v *view, q Query, list *List) string {
	exclude := slices.Clone(q.Exclude)
	slices.Sort(exclude)
	exclude = slices.Compact(exclude)

	var b []byte
	number := func(n int64) { b = binary.AppendVarint(b, n) }
	text := func(s string) {
		number(int64(len(s)))
		b = append(b, s...)
	}
	text(list.Snapshot)
	text(string(list.Article.ID))
	number(int64(q.Limit))
	number(int64(e.opts.Threshold))
	raw := int64(0)
	if q.Raw {
		raw = 1
	}
	number(raw)
	number(int64(len(exclude)))
	for _, id := range exclude {
		text(string(id))
	}
	text(string(q.Languages))
	text(q.Placement)
	number(v.revision.Overrides)
	number(int64(len(list.Links)))
	for i := range list.Links {
		text(string(list.Links[i].Card.ID))
		number(int64(list.Links[i].Position))
		text(string(list.Links[i].Source))
	}
	for i := range list.Links { // a list without provisional links has the id it always had
		if list.Links[i].Provisional {
			number(int64(i))
		}
	}
	if list.Provisional {
		number(-1)
	}
	mac := hmac.New(sha256.New, e.opts.Secret)
	mac.Write(b)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
