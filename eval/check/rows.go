package check

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/pack"
)

// rows are the events of a log as they come, in columns. Articles and all other
// names have codes of their own here, since the catalogue and the impression of a
// click may come after them.
type rows struct {
	opts *Options
	out  *Result

	articles *codes
	known    map[int32]pack.Article // by code: the catalogue

	ids *codes  // of impressions, whether read or only named by a click
	row []int32 // by code of impression: its row; -1 if only named

	users, sessions                                         *codes
	snapshots, variants, widgets, devices, referrers, langs *codes
	policies                                                *policies

	// A row for each impression, also for those that turn out to be invalid.
	lists column[list]

	// The items of all lists.
	item  column[int32]
	p     column[float64]
	flags column[pack.Flags]
	dwell []uint16 // nil: nothing is told

	clicks   column[click]
	views    []view
	readings column[reading]
	pages    column[page]
	edits    []clicklog.Override

	hash maphash.Seed
	buf  []byte
	sort []clicklog.Shown // the items of the impression at hand, in order

	weights []float64
}

// A list is what a log says of an impression, in codes; -1: it does not say.
type list struct {
	id, source, user, session, snapshot, policy int32
	start, end                                  int32 // of its items
	when                                        int64 // microseconds since 1970, or noTime
	content                                     uint64
	variant, widget, device, referrer, lang     uint16
	clicks                                      uint16
	state                                       state
}

// noTime is the time of a log that tells none.
const noTime = math.MinInt64

// state is what is known of an impression.
type state uint8

const (
	invalid state = 1 << iota
	unordered
	seen
)

type click struct {
	impression, item, position int32
	when                       int64
}

type view struct {
	impression int32
	positions  []int32
}

type reading struct {
	impression, session, item int32 // -1: not named
	when                      int64
	dwell                     time.Duration
	scroll                    float64
}

type page struct {
	user, session, item, from int32 // -1: not named
	when                      int64
}

func newRows(opts *Options, out *Result) *rows {
	r := &rows{
		opts: opts, out: out, articles: newCodes(), known: map[int32]pack.Article{}, ids: newCodes(), users: newCodes(), sessions: newCodes(),
		snapshots: newCodes(), variants: newCodes(), widgets: newCodes(), devices: newCodes(), referrers: newCodes(), langs: newCodes(),
		policies: newPolicies(), hash: maphash.MakeSeed(),
	}
	for _, a := range opts.Catalogue {
		r.article(a)
	}
	return r
}

// article takes an entry of the catalogue; a later one of the same id stands.
func (r *rows) article(a pack.Article) {
	if err := data.ValidateID(data.ArticleID(a.ID)); err != nil {
		r.out.found(badArticleID, fmt.Sprintf("%q", a.ID))
		return
	}
	code, _ := r.articles.add(a.ID)
	r.known[code] = a
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixMicro()
}

// optional is the code of a name that may be missing.
func optional(c *codes, name string) int32 {
	if name == "" {
		return -1
	}
	code, _ := c.add(name)
	return code
}

func (r *rows) articleCode(id string) int32 {
	code, _ := r.articles.add(id)
	return code
}

// event takes one event.
func (r *rows) event(e clicklog.Event) {
	switch e := e.(type) {
	case *clicklog.Impression:
		r.impression(e)
	case *clicklog.Click:
		r.clicks.add(click{r.impressionCode(e.Impression), r.articleCode(string(e.Item)), int32(e.Position), micros(e.Time)})
	case *clicklog.View:
		v := view{impression: r.impressionCode(e.Impression)}
		for _, p := range e.Positions {
			v.positions = append(v.positions, int32(p))
		}
		r.views = append(r.views, v)
	case *clicklog.Reading:
		read := reading{impression: -1, session: optional(r.sessions, e.Session), item: r.articleCode(string(e.Item)), when: micros(e.Time), dwell: e.Dwell, scroll: e.Scroll}
		if e.Impression != "" {
			read.impression = r.impressionCode(e.Impression)
		}
		r.readings.add(read)
	case *clicklog.PageView:
		r.pages.add(page{
			user: optional(r.users, e.User), session: optional(r.sessions, e.Session),
			item: r.articleCode(string(e.Page)), from: optional(r.articles, e.From), when: micros(e.Time),
		})
	case *clicklog.Override:
		r.edits = append(r.edits, *e)
	case *clicklog.Article:
		r.article(articleOf(e))
	case *clicklog.Note:
		r.out.Pack.Simulated = cmp.Or(r.out.Pack.Simulated, e.Simulated)
	}
}

func articleOf(a *clicklog.Article) pack.Article {
	return pack.Article{
		ID: string(a.ID), Title: a.Title, URL: a.URL, Section: a.Section, Author: a.Author, Lang: a.Lang, Group: a.Group,
		Tags: slices.Clone(a.Tags), Published: a.Published, Unpublished: a.Unpublished, Vector: pack.Quantise(a.Vector),
	}
}

func (r *rows) impressionCode(id string) int32 {
	code, isNew := r.ids.add(id)
	if isNew {
		r.row = append(r.row, -1)
	}
	return code
}

// impression takes a list. What is wrong with it in itself is counted here.
func (r *rows) impression(im *clicklog.Impression) {
	r.out.add("impressions_read", 1)
	r.sort = append(r.sort[:0], im.Items...)
	slices.SortStableFunc(r.sort, func(a, b clicklog.Shown) int { return cmp.Compare(a.Position, b.Position) })
	content := r.contentOf(im)
	code := r.impressionCode(im.ID)
	if row := r.row[code]; row >= 0 {
		if r.lists.at(row).content == content {
			r.out.found(duplicateImpression, im.ID)
		} else {
			r.out.found(conflictingImpression, im.ID)
		}
		return
	}
	r.row[code] = int32(r.lists.n)
	l := list{
		id: code, source: r.articleCode(string(im.Source)), user: optional(r.users, im.User), session: optional(r.sessions, im.Session),
		snapshot: optional(r.snapshots, im.Snapshot), policy: -1, when: micros(im.Time), content: content, start: int32(r.item.n),
		variant: r.few(r.variants, im.Variant), widget: r.few(r.widgets, im.Widget), device: r.few(r.devices, im.Device),
		referrer: r.few(r.referrers, im.Referrer), lang: r.few(r.langs, im.Lang), state: r.items(im),
	}
	if im.Policy.Kind != "" {
		l.policy = r.policies.add(&im.Policy, r.articleCode)
	}
	if l.state&invalid == 0 && !r.propensities(im) {
		l.state |= invalid
	}
	if l.state&invalid == 0 {
		for i := range r.sort {
			item := &r.sort[i]
			r.item.add(r.articleCode(string(item.Item)))
			r.p.add(item.P)
			r.flags.add(flagsOf(item.Slot))
		}
		if im.Requested > len(r.sort) {
			r.out.add("short_lists", 1)
		}
	}
	l.end = int32(r.item.n)
	r.lists.add(l)
}

// few is the code of a name of which there may not be many.
func (r *rows) few(c *codes, name string) uint16 {
	code, _ := c.add(name)
	return uint16(min(code, math.MaxUint16))
}

// flagsOf tells what the slot of an item says. A link of a series is put there
// whatever the ranking, as an editor's is.
func flagsOf(slot string) pack.Flags {
	switch slot {
	case "pin", "series":
		return pack.Pinned
	case "fill":
		return pack.Filled
	}
	return 0
}

// items looks at the items of im, which are in r.sort.
func (r *rows) items(im *clicklog.Impression) (s state) {
	fault := func(name string) {
		r.out.found(name, im.ID)
		s |= invalid
	}
	if len(r.sort) == 0 {
		fault(emptyList)
		return s
	}
	seed, repeated, gap := false, false, false
	if r.sort[len(r.sort)-1].Position == 0 {
		s |= unordered
	}
	for i := range r.sort {
		seed = seed || r.sort[i].Item == im.Source
		gap = gap || s&unordered == 0 && r.sort[i].Position != i+1
		for j := range i {
			repeated = repeated || r.sort[j].Item == r.sort[i].Item
		}
	}
	if repeated {
		fault(repeatedItem)
	}
	if gap {
		fault(positionGap)
	}
	if seed {
		fault(seedInList)
	}
	return s
}

// contentOf is a hash of all that im says, whose items are in r.sort.
func (r *rows) contentOf(im *clicklog.Impression) uint64 {
	b := r.buf[:0]
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	float := func(f float64) { b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f)) }
	for _, s := range []string{
		string(im.Source), im.Snapshot, im.Variant, im.Widget, im.User, im.Session, im.Device, im.Referrer, im.Lang, im.Subscriber, im.Policy.Kind,
	} {
		text(s)
	}
	b = binary.AppendVarint(b, micros(im.Time))
	b = binary.AppendVarint(b, int64(im.Requested))
	b = binary.AppendVarint(b, int64(im.Policy.Keep))
	b = binary.AppendUvarint(b, uint64(len(r.sort)))
	for i := range r.sort {
		item := &r.sort[i]
		text(string(item.Item))
		text(item.Slot)
		b = binary.AppendVarint(b, int64(item.Position))
		float(item.P)
	}
	for i, id := range im.Policy.Pool {
		text(string(id))
		float(im.Policy.Logits[i])
	}
	r.buf = b
	return maphash.Bytes(r.hash, b)
}

// fault takes a line that is no event.
func (r *rows) fault(f *clicklog.Fault) {
	example := f.Error()
	if f.Kind == clicklog.FaultFile && f.Line == 0 {
		example = fmt.Sprintf("%s: %s", f.File, f.Reason)
	}
	r.out.found(f.Kind, strings.ToValidUTF8(example, "?"))
}
