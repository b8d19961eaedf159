package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/alsolike/alsolike/eval/pack"
)

// A drawing is a log being made: the pack, and beside it what a pack leaves out.
type drawing struct {
	w *World
	*pack.Pack
	rng  *rand.Rand
	at   []int64 // second of every impression
	wait []uint8 // seconds until the click on every item

	langs    map[string]uint8
	policies map[int32][]int32 // of an article: those that were made for it

	reader, session int32
	eagerness       float64
	device, ref     uint8

	// Buffers.
	places []int32
	pinned [8]pin
	taken  []bool

	pins []pin // still to be put into the list being made
}

// Label says of the log of that seed that it is made up.
func (w *World) Label(seed uint64) string {
	return fmt.Sprintf("made up by alsolike eval simulate with seed %d; these readers do not exist", seed)
}

// Days are the first and the last day of the logs.
func (w *World) Days() (from, to time.Time) { return at(w.from), at(w.to - day) }

// Pack draws a log and packs it, as checking its events and packing them would,
// but for the order of its rows. The snapshots are those of the world.
func (w *World) Pack(seed uint64) *pack.Pack { return w.draw(seed).Pack }

func (w *World) draw(seed uint64) *drawing {
	n, k := w.opts.Impressions, len(w.opts.Theta)
	d := &drawing{
		w: w,
		Pack: &pack.Pack{
			Simulated: w.Label(seed),
			Articles:  w.Articles, Snapshots: w.Snapshots,
			Widgets: []string{"", "related"}, Devices: []string{"", "desktop", "mobile"},
			Referrers: []string{"", "direct", "home", "search", "social"}, Languages: []string{""},
			Policies:  []pack.Policy{{Kind: "fixed"}},
			Overrides: slices.Clone(w.log),
			Checks:    map[string]int{"impressions_valid": n},
		},
		rng:      rand.New(rand.NewPCG(seed, hash(w.opts.Seed, seedLog))),
		langs:    map[string]uint8{"": 0},
		policies: map[int32][]int32{},
		taken:    make([]bool, w.opts.Pool),
	}
	for _, v := range w.opts.Variants {
		d.Variants = append(d.Variants, v.Name)
	}
	d.setLanguages()
	d.grow(n, k)
	d.Impressions.Start = append(d.Impressions.Start, 0)
	for d.Impressions.Len() < n {
		d.drawReader(n - d.Impressions.Len())
		d.reader++
	}
	return d
}

// setLanguages numbers the languages of the articles, in their order; those
// past the 255th are taken for unknown.
func (d *drawing) setLanguages() {
	for _, a := range d.w.Articles {
		d.Languages = append(d.Languages, a.Lang)
	}
	slices.Sort(d.Languages)
	d.Languages = slices.Compact(d.Languages)
	d.Languages = d.Languages[:min(len(d.Languages), 256)]
	for i, lang := range d.Languages {
		d.langs[lang] = uint8(i)
	}
}

// grow makes room for n lists of k items.
func (d *drawing) grow(n, k int) {
	im := &d.Impressions
	for _, column := range []*[]int32{&im.Source, &im.Hour, &im.Moment, &im.Policy, &im.Reader, &im.Session, &im.Start} {
		*column = make([]int32, 0, n+1)
	}
	for _, column := range []*[]uint8{&im.Variant, &im.Widget, &im.Device, &im.Referrer, &im.Lang} {
		*column = make([]uint8, 0, n)
	}
	im.Snapshot, im.Seen, d.at = make([]int16, 0, n), make([]bool, 0, n), make([]int64, 0, n)
	im.Item, im.P, im.Flags = make([]int32, 0, n*k), make([]float64, 0, n*k), make([]pack.Flags, 0, n*k)
	im.Dwell, d.wait = make([]uint16, 0, n*k), make([]uint8, 0, n*k)
}

// drawReader draws a reader with their sessions, of at most left lists.
func (d *drawing) drawReader(left int) {
	d.eagerness = drawEagerness(d.rng)
	d.device = uint8(1 + d.rng.IntN(2))
	left = min(left, d.w.readers.draw(d.rng))
	var starts []int64
	var lists []int
	for left > 0 {
		n := sessionLists(d.rng, left)
		lists = append(lists, n)
		starts = append(starts, d.drawTime())
		left -= n
	}
	slices.Sort(starts)
	var at int64
	for i, start := range starts {
		at = max(at+60, start) // a session begins after the one before it
		d.ref = uint8(1 + d.rng.IntN(4))
		at = d.drawSession(at, lists[i])
		d.session++
	}
}

// drawTime draws the second in which a session begins.
func (d *drawing) drawTime() int64 {
	return d.w.from + int64(d.rng.IntN(d.w.opts.Days))*day + int64(drawFrom(hoursSums, d.rng))*3600 + int64(d.rng.IntN(3600))
}

// drawSession draws a session from that second on, and returns when it is over.
func (d *drawing) drawSession(at int64, lists int) int64 {
	for range lists {
		at = min(at, d.w.to-1)
		at = d.drawList(d.drawSeed(at), at)
	}
	return at
}

// drawSeed draws the article that is opened at that second: by rejection, which
// is quick unless most articles do not exist then.
func (d *drawing) drawSeed(at int64) int32 {
	sums := d.w.seeds[(at-d.w.from)/day]
	now := when{d.w.moment(at), int32(at / 3600)}
	for range 50 {
		if seed := int32(drawFrom(sums, d.rng)); d.w.served(seed, now) {
			return seed
		}
	}
	return int32(drawFrom(d.w.servedSums(sums, now), d.rng))
}

// drawList draws the list under seed and what the reader does with it, and
// returns when they go on.
func (d *drawing) drawList(seed int32, at int64) int64 {
	im := &d.Impressions
	now := when{d.w.moment(at), int32(at / 3600)}
	variant := d.drawVariant()
	v := d.w.opts.Variants[variant]
	im.Source = append(im.Source, seed)
	im.Hour = append(im.Hour, now.hour)
	im.Moment = append(im.Moment, now.moment)
	im.Variant = append(im.Variant, uint8(variant))
	im.Snapshot = append(im.Snapshot, int16(v.Snapshot))
	im.Reader = append(im.Reader, d.reader)
	im.Session = append(im.Session, d.session)
	im.Widget = append(im.Widget, 1)
	im.Device = append(im.Device, d.device)
	im.Referrer = append(im.Referrer, d.ref)
	im.Lang = append(im.Lang, d.langs[d.Articles[seed].Lang])
	im.Seen = append(im.Seen, false)
	d.at = append(d.at, at)
	d.pageView(seed, -1, at)

	d.pins = d.w.pins(d.pinned[:0], seed, now)
	if v.Drawn {
		im.Policy = append(im.Policy, d.showDrawn(v.Snapshot, seed, now))
	} else {
		im.Policy = append(im.Policy, 0)
		d.showFixed(v.Snapshot, seed, now)
	}
	at = d.click(seed, at)
	im.Start = append(im.Start, int32(len(im.Item)))
	return at + 15 + int64(d.rng.IntN(180))
}

func (d *drawing) drawVariant() int {
	u := d.rng.Float64()
	last := len(d.w.opts.Variants) - 1
	for i := range last {
		if u -= d.w.opts.Variants[i].Share; u < 0 {
			return i
		}
	}
	return last
}

// show puts an item that was drawn with chance p at the next slot that no pin
// takes.
func (d *drawing) show(item int32, p float64) {
	d.showPins(false)
	d.put(item, p, 0)
}

// showPins puts the pins whose turn has come, or all that are left.
func (d *drawing) showPins(all bool) {
	im := &d.Impressions
	for len(d.pins) > 0 && (all || d.pins[0].at <= len(im.Item)-int(im.Start[len(im.Start)-1])) {
		d.put(d.pins[0].item, 1, pack.Pinned)
		d.pins = d.pins[1:]
	}
}

func (d *drawing) put(item int32, p float64, flags pack.Flags) {
	im := &d.Impressions
	im.Item = append(im.Item, item)
	im.P = append(im.P, p)
	im.Flags = append(im.Flags, flags)
	im.Dwell = append(im.Dwell, 0)
	d.wait = append(d.wait, 0)
}

func (d *drawing) showFixed(snapshot int, seed int32, now when) {
	s := &d.Snapshots[snapshot]
	items, _ := s.List(seed)
	d.places = d.w.eligible(d.places[:0], s, seed, now, len(d.w.opts.Theta)-len(d.pins))
	for _, place := range d.places {
		d.show(items[place], 1)
	}
	d.showPins(true)
}

// showDrawn draws a list from the top of the snapshot's by Plackett-Luce: each
// slot gets one of the items left, with chances as exp(logit). It returns the
// policy.
func (d *drawing) showDrawn(snapshot int, seed int32, now when) int32 {
	s := &d.Snapshots[snapshot]
	slots := len(d.w.opts.Theta) - len(d.pins)
	d.places = d.w.eligible(d.places[:0], s, seed, now, d.w.opts.Pool)
	policy := d.policy(snapshot, seed)
	of := d.Policies[policy]
	clear(d.taken)
	for range min(slots, len(of.Pool)) {
		var sum float64
		for i, logit := range of.Logits {
			if !d.taken[i] {
				sum += math.Exp(logit)
			}
		}
		u := d.rng.Float64() * sum
		drawn := -1
		for i, logit := range of.Logits {
			if d.taken[i] {
				continue
			}
			drawn = i
			if u -= math.Exp(logit); u < 0 {
				break
			}
		}
		d.taken[drawn] = true
		d.show(of.Pool[drawn], math.Exp(of.Logits[drawn])/sum)
	}
	d.showPins(true)
	return policy
}

// policy is the policy that draws from d.places of the list under seed; one made
// before is used again. Logits are relative to the greatest, to four decimals.
func (d *drawing) policy(snapshot int, seed int32) int32 {
	s := &d.Snapshots[snapshot]
	items, _ := s.List(seed)
next:
	for _, known := range d.policies[seed] {
		pool := d.Policies[known].Pool
		if len(pool) != len(d.places) {
			continue
		}
		for i, place := range d.places {
			if pool[i] != items[place] {
				continue next
			}
		}
		return known
	}
	p := pack.Policy{Kind: "plackett-luce"}
	logits := d.w.logits[snapshot][s.Start[seed]:s.Start[seed+1]]
	greatest := math.Inf(-1)
	for _, place := range d.places {
		greatest = max(greatest, logits[place])
	}
	for _, place := range d.places {
		p.Pool = append(p.Pool, items[place])
		p.Logits = append(p.Logits, math.Round((logits[place]-greatest)*1e4)/1e4)
	}
	at := int32(len(d.Policies))
	d.Policies = append(d.Policies, p)
	d.policies[seed] = append(d.policies[seed], at)
	return at
}

// click lets the reader look at the last list and click, and returns when they
// have read what they clicked.
func (d *drawing) click(seed int32, at int64) int64 {
	im := &d.Impressions
	start := int(im.Start[len(im.Start)-1])
	begun := at
	for i := start; i < len(im.Item); i++ {
		if d.rng.Float64() >= d.w.opts.Theta[i-start]*d.eagerness*d.w.Attraction(seed, im.Item[i]) {
			continue
		}
		at = min(at+2+int64(d.rng.IntN(20)), begun+math.MaxUint8, d.w.to-1)
		d.wait[i] = uint8(at - begun)
		im.Flags[i] |= pack.Clicked
		dwell := min(600, 1+d.rng.ExpFloat64()*60)
		im.Dwell[i] = uint16(dwell)
		if dwell >= 15 {
			im.Flags[i] |= pack.Satisfied
		}
		d.Checks["clicks_valid"]++
		d.pageView(im.Item[i], seed, at)
	}
	for i := start; i < len(im.Item); i++ {
		at += int64(im.Dwell[i])
	}
	return at
}

// pageView notes that the reader opened page.
func (d *drawing) pageView(page, from int32, at int64) {
	if d.w.opts.NoPageViews {
		return
	}
	r := &d.Reads
	r.Reader = append(r.Reader, d.reader)
	r.Session = append(r.Session, d.session)
	r.Item = append(r.Item, page)
	r.Hour = append(r.Hour, int32(at/3600))
	r.Moment = append(r.Moment, d.w.moment(at))
	r.From = append(r.From, from)
}
