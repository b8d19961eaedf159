package clicklog

import (
	"fmt"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
)

func (p *eventParser) impression() Event {
	im := p.out.impressions.next()
	items, pool, logits := im.Items[:0], im.Policy.Pool[:0], im.Policy.Logits[:0]
	*im = Impression{
		ID: p.own(fieldID, required), Time: p.clock(fieldTime, required), Source: data.ArticleID(p.text(fieldSource, required)),
		Snapshot: p.text(fieldSnapshot, optional), Variant: p.text(fieldVariant, optional), Widget: p.text(fieldWidget, optional),
		User: p.own(fieldUser, optional), Session: p.own(fieldSession, optional), Device: p.text(fieldDevice, optional),
		Referrer: p.text(fieldReferrer, optional), Lang: p.text(fieldLang, optional), Subscriber: p.subscriber(),
		Requested: p.integer(fieldRequested),
	}
	im.Policy.Pool, im.Policy.Logits = pool, logits
	p.policy(&im.Policy)
	switch p.values[fieldItems].kind {
	case array:
	case absent:
		p.bad(FaultMissing, "items is missing")
	default:
		p.wrong(fieldItems, "a list")
	}
	for i := range p.items {
		items = append(items, p.shownItem(&p.items[i]))
	}
	im.Items = items
	return im
}

func (p *eventParser) shownItem(raw *rawShown) (item Shown) {
	id, ok := raw.id.id()
	switch {
	case !ok:
		p.bad(FaultWrongType, "an item is not {…} with a text as id")
	case len(id) == 0:
		p.bad(FaultMissing, "the id of an item is missing")
	case raw.pos.kind == absent:
		p.bad(FaultMissing, "the pos of item %q is missing", id)
	}
	item.Item = data.ArticleID(p.strings.string(id))
	if item.Position, ok = raw.pos.integer(); !ok {
		p.bad(FaultWrongType, "the pos of item %q is no whole number", id)
	}
	if item.P, ok = raw.p.float(); !ok {
		p.bad(FaultWrongType, "the p of item %q is no number", id)
	}
	slot, ok := raw.slot.id()
	if !ok {
		p.bad(FaultWrongType, "the slot of item %q is no text", id)
	}
	item.Slot = SlotOf(p.strings.string(slot))
	return item
}

// SlotOf is the Slot of an item with that source, as /v1/related names it; a Slot
// stays what it is.
func SlotOf(source string) string {
	switch {
	case source == "algorithm", source == "series": // which the algorithm has ranked
		return "alg"
	case source == "editor":
		return "pin"
	case strings.HasPrefix(source, "fallback"):
		return "fill"
	}
	return source
}

// subscriber takes true and false for yes and no.
func (p *eventParser) subscriber() string {
	if v := p.values[fieldSubscriber]; v.kind == other {
		return map[string]string{"true": "yes", "false": "no"}[string(v.b)]
	}
	return p.text(fieldSubscriber, optional)
}

// policy reads pol into a policy whose slices are empty.
func (p *eventParser) policy(to *Policy) {
	v := p.values[fieldPolicy]
	switch v.kind {
	case absent:
		return
	case text, escaped:
		to.Kind = p.text(fieldPolicy, optional)
		return
	case object:
	default:
		p.wrong(fieldPolicy, "an object")
		return
	}
	s := scanner{b: v.b}
	s.object(0, func(key value) bool {
		name := string(key.unescape())
		s.space()
		if isList := s.b[s.i] == '['; isList && (name == "pool" || name == "logits") {
			to.Pool, to.Logits = p.policyList(&s, name, to.Pool, to.Logits)
			return true
		}
		v, ok := s.value(1)
		good := true
		switch name {
		case "kind":
			var kind []byte
			kind, good = v.id()
			to.Kind = p.strings.string(kind)
		case "keep":
			to.Keep, good = v.integer()
		case "pool", "logits":
			good = v.kind == absent
		default:
			p.countUnknown(append([]byte("pol."), name...))
		}
		if !good {
			p.bad(FaultWrongType, "%s of pol is not what it should be", name)
		}
		return ok
	})
	if len(to.Pool) != len(to.Logits) {
		p.bad(FaultWrongType, "pol has a pool of %d items and %d logits", len(to.Pool), len(to.Logits))
	}
}

func (p *eventParser) policyList(s *scanner, name string, pool []data.ArticleID, logits []float64) ([]data.ArticleID, []float64) {
	if name == "pool" {
		pool = pool[:0]
	} else {
		logits = logits[:0]
	}
	s.array(1, func() bool {
		v, ok := s.value(2)
		good := v.kind != absent
		if name == "pool" {
			id, isText := v.id()
			good = good && isText
			pool = append(pool, data.ArticleID(p.strings.string(id)))
		} else {
			f, isNumber := v.float()
			good = good && isNumber
			logits = append(logits, f)
		}
		if !good {
			p.bad(FaultWrongType, "%s of pol holds something that it should not", name)
		}
		return ok
	})
	return pool, logits
}

func (p *eventParser) view() Event {
	view := p.out.views.next()
	positions := view.Positions[:0]
	*view = View{Impression: p.own(fieldImpression, required), Time: p.clock(fieldTime, optional)}
	v := p.values[fieldPosition]
	if v.kind == absent {
		p.bad(FaultMissing, "pos is missing")
	}
	add := func(v value) {
		n, ok := v.integer()
		if !ok || n < 1 {
			p.wrong(fieldPosition, "a list of whole numbers from 1")
		}
		positions = append(positions, n)
	}
	if v.kind == array {
		s := scanner{b: v.b}
		s.array(0, func() bool {
			v, ok := s.value(1)
			add(v)
			return ok
		})
	} else {
		add(v)
	}
	view.Positions = positions
	return view
}

func (p *eventParser) click() Event {
	click := p.out.clicks.next()
	*click = Click{
		Impression: p.own(fieldImpression, required), Item: data.ArticleID(p.text(fieldItem, required)),
		Position: p.integer(fieldPosition), Time: p.clock(fieldTime, required),
	}
	return click
}

func (p *eventParser) reading() Event {
	reading := p.out.readings.next()
	*reading = Reading{
		Impression: p.own(fieldImpression, optional), Session: p.own(fieldSession, optional),
		Item: data.ArticleID(p.text(fieldItem, required)), Time: p.clock(fieldTime, optional),
		Dwell: time.Duration(p.integer(fieldDwell)) * time.Millisecond, Scroll: p.scroll(),
	}
	if reading.Impression == "" && reading.Session == "" {
		p.bad(FaultMissing, "imp and sess are missing; one of them is needed")
	}
	return reading
}

// scroll is a share; numbers above 1 are taken for percents.
func (p *eventParser) scroll() float64 {
	v := p.values[fieldScroll]
	if v.kind == absent {
		return 0
	}
	share, ok := v.float()
	if ok && share > 1 {
		share /= 100
	}
	if !ok || share < 0 || share > 1 {
		p.wrong(fieldScroll, "a share from 0 to 1, or a percentage")
		return 0
	}
	return share
}

func (p *eventParser) pageView() Event {
	view := p.out.pageViews.next()
	*view = PageView{
		Time: p.clock(fieldTime, required), Page: data.ArticleID(p.text(fieldPage, required)),
		Session: p.own(fieldSession, optional), User: p.own(fieldUser, optional), From: p.text(fieldFrom, optional),
	}
	return view
}

func (p *eventParser) override() Event {
	o := p.out.overrides.next()
	*o = Override{
		Time: p.clock(fieldTime, required), Source: p.text(fieldSource, required), Item: data.ArticleID(p.text(fieldItem, required)),
		Op: p.text(fieldOp, required), Position: p.integer(fieldPosition), Until: p.clock(fieldUntil, optional),
	}
	if v := p.values[fieldUndo]; v.kind == other && string(v.b) == "true" {
		o.Op = "un" + o.Op
	}
	switch o.Op {
	case "hide":
		o.Op = "block"
	case "unhide":
		o.Op = "unblock"
	}
	switch strings.TrimPrefix(o.Op, "un") {
	case "pin", "block", "boost", "bury", "off":
	default:
		p.wrong(fieldOp, "pin, block, boost, bury or off, nor unpin and the like")
	}
	return o
}

func (p *eventParser) article() Event {
	a := p.out.articles.next()
	*a = Article{
		ID: data.ArticleID(p.own(fieldID, required)), Published: p.date(fieldPublished), Updated: p.date(fieldUpdated),
		Unpublished: p.date(fieldUnpublished), Title: p.own(fieldTitle, optional), URL: p.own(fieldURL, optional),
		Section: p.text(fieldSection, optional), Lang: p.text(fieldLang, optional), Group: p.own(fieldGroup, optional),
		Tags: p.texts(fieldTags), Author: strings.Join(p.texts(fieldAuthor), ", "),
	}
	v := p.values[fieldVector]
	switch v.kind {
	case absent:
	case array:
		s := scanner{b: v.b}
		s.array(0, func() bool {
			v, ok := s.value(1)
			f, isNumber := v.float()
			if !isNumber || v.kind == absent {
				p.wrong(fieldVector, "a list of numbers")
			}
			a.Vector = append(a.Vector, f)
			return ok
		})
	default:
		p.wrong(fieldVector, "a list of numbers")
	}
	return a
}

// date is a date of an article; one that cannot be read makes a fault beside the
// article, which is known all the same.
func (p *eventParser) date(f field) time.Time {
	b := p.bytes(f, optional)
	if len(b) == 0 {
		return time.Time{}
	}
	t, ok := parseDate(b)
	if !ok {
		p.out.entries = append(p.out.entries, entry{line: p.number, fault: &Fault{
			File: p.out.file, Line: p.number, Kind: FaultTime,
			Reason: fmt.Sprintf("%s is %q; a date such as 2026-03-02 or 2026-03-02T10:15:00Z is expected. The article is taken as one without it", fieldNames[f], b),
		}})
		return time.Time{}
	}
	return t
}

// texts is a list of texts, or the one text that stands in its place.
func (p *eventParser) texts(f field) (list []string) {
	v := p.values[f]
	if v.kind != array {
		if s := p.text(f, optional); s != "" {
			list = append(list, s)
		}
		return list
	}
	s := scanner{b: v.b}
	s.array(0, func() bool {
		v, ok := s.value(1)
		b, isText := v.id()
		if !isText {
			p.wrong(f, "a list of texts")
		}
		if len(b) > 0 {
			list = append(list, p.strings.string(b))
		}
		return ok
	})
	return list
}
