package simulate

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/pack"
)

// Events draws the log that Pack draws, as the events of a site's own log: first
// a *clicklog.Note that says that it is simulated, then what editors did, then the
// lists in order of time, each followed by what its reader did with it. The
// events and their slices are used again for later ones.
func (w *World) Events(seed uint64) iter.Seq[clicklog.Event] {
	return func(yield func(clicklog.Event) bool) {
		d := w.draw(seed)
		t := teller{drawing: d, yield: yield}
		if !yield(&clicklog.Note{Simulated: d.Simulated}) {
			return
		}
		for i := range d.Overrides {
			if !t.override(&d.Overrides[i]) {
				return
			}
		}
		order := make([]int32, d.Impressions.Len())
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(d.at[a], d.at[b]), cmp.Compare(a, b)) })
		for _, i := range order {
			if !t.impression(int(i)) {
				return
			}
		}
	}
}

// A teller tells what happened in a drawing, event by event.
type teller struct {
	*drawing
	yield func(clicklog.Event) bool

	imp     clicklog.Impression
	view    clicklog.PageView
	click   clicklog.Click
	reading clicklog.Reading
}

func (t *teller) id(article int32) data.ArticleID { return data.ArticleID(t.w.Articles[article].ID) }

func at(second int64) time.Time { return time.Unix(second, 0).UTC() }

func (t *teller) override(o *pack.Override) bool {
	e := &clicklog.Override{Time: at(int64(o.Hour) * 3600), Source: t.w.Articles[o.Source].ID, Item: t.id(o.Item), Op: o.Op, Position: o.Position}
	if o.Until != pack.Never {
		e.Until = at(int64(o.Until) * 3600)
	}
	return t.yield(e)
}

// impression tells of list i: the list, its page, and the clicks on it.
func (t *teller) impression(i int) bool {
	im := &t.Impressions
	user, session := fmt.Sprintf("u%07d", im.Reader[i]), fmt.Sprintf("s%07d", im.Session[i])
	from, to := im.Items(i)
	t.imp = clicklog.Impression{
		ID: fmt.Sprintf("i%08d", i), Time: at(t.at[i]), Source: t.id(im.Source[i]), Items: t.imp.Items[:0],
		Snapshot: t.w.Snapshots[im.Snapshot[i]].Name, Variant: t.Variants[im.Variant[i]], Widget: t.Widgets[im.Widget[i]],
		User: user, Session: session, Device: t.Devices[im.Device[i]], Referrer: t.Referrers[im.Referrer[i]], Lang: t.Languages[im.Lang[i]],
		Requested: len(t.w.opts.Theta), Policy: t.policyOf(im.Policy[i]),
	}
	for j := from; j < to; j++ {
		slot := "alg"
		if im.Flags[j]&pack.Pinned != 0 {
			slot = "pin"
		}
		t.imp.Items = append(t.imp.Items, clicklog.Shown{Item: t.id(im.Item[j]), Position: int(j-from) + 1, P: im.P[j], Slot: slot})
	}
	if !t.yield(&t.imp) || !t.pageView(user, session, im.Source[i], t.Referrers[im.Referrer[i]], t.at[i]) {
		return false
	}
	for j := from; j < to; j++ {
		if im.Flags[j]&pack.Clicked == 0 {
			continue
		}
		when := t.at[i] + int64(t.wait[j])
		t.click = clicklog.Click{Impression: t.imp.ID, Item: t.id(im.Item[j]), Position: int(j-from) + 1, Time: at(when)}
		dwell := time.Duration(im.Dwell[j]) * time.Second
		t.reading = clicklog.Reading{Impression: t.imp.ID, Item: t.click.Item, Time: at(when).Add(dwell), Dwell: dwell, Scroll: min(1, float64(im.Dwell[j])/100)}
		if !t.yield(&t.click) || !t.pageView(user, session, im.Item[j], t.w.Articles[im.Source[i]].ID, when) || !t.yield(&t.reading) {
			return false
		}
	}
	return true
}

func (t *teller) policyOf(code int32) clicklog.Policy {
	p := t.Policies[code]
	told := clicklog.Policy{Kind: p.Kind, Logits: p.Logits}
	for _, item := range p.Pool {
		told.Pool = append(told.Pool, t.id(item))
	}
	return told
}

func (t *teller) pageView(user, session string, page int32, from string, second int64) bool {
	if t.w.opts.NoPageViews {
		return true
	}
	t.view = clicklog.PageView{Time: at(second), Page: t.id(page), Session: session, User: user, From: from}
	return t.yield(&t.view)
}
