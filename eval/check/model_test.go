package check_test

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/check"
	"github.com/alsolike/alsolike/eval/pack"
)

// A world is a random log, and beside it what must come out, worked out as plainly
// as can be.
type world struct {
	*rapid.T
	start    time.Time
	articles []pack.Article
	events   []clicklog.Event
	rows     map[string]string // valid impressions by id, as text
	counts   map[string]int
	readers  map[string]string // key of a reader by impression
}

func TestRunAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{
			T: t, start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
			rows: map[string]string{}, counts: map[string]int{}, readers: map[string]string{},
		}
		n := rapid.IntRange(4, 12).Draw(t, "articles")
		for i := range n {
			a := pack.Article{ID: fmt.Sprintf("a%d", i), Section: fmt.Sprintf("s%d", i%3)}
			if w.chance(4, "dated") {
				a.Published = w.start.Add(time.Duration(rapid.IntRange(-48, 10).Draw(t, "published")) * time.Hour)
			}
			if !w.chance(5, "stands") {
				a.Unpublished = w.start.Add(time.Duration(rapid.IntRange(11, 40).Draw(t, "unpublished")) * time.Hour)
			}
			w.articles = append(w.articles, a)
		}
		for i := range rapid.IntRange(1, 25).Draw(t, "lists") {
			w.list(fmt.Sprintf("i%d", i))
		}
		opts := check.Options{Catalogue: w.articles}
		if w.chance(2, "catalogue in the log") {
			opts.Catalogue = nil
			for _, a := range w.articles {
				w.events = append(w.events, &clicklog.Article{ID: data.ArticleID(a.ID), Section: a.Section, Published: a.Published, Unpublished: a.Unpublished})
			}
		}
		w.events = rapid.Permutation(w.events).Draw(t, "order")
		r, err := check.Run(context.Background(), sequence(w.events), opts)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Pack.Validate(); err != nil {
			t.Fatal(err)
		}
		w.compare(r)
	})
}

func sequence(events []clicklog.Event) iter.Seq2[clicklog.Event, *clicklog.Fault] {
	return func(yield func(clicklog.Event, *clicklog.Fault) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// chance is true n times out of n+1.
func (w *world) chance(n int, label string) bool { return rapid.IntRange(0, n).Draw(w.T, label) > 0 }

func (w *world) one(label string, of ...string) string { return rapid.SampledFrom(of).Draw(w.T, label) }

func (w *world) exists(a *pack.Article, t time.Time) bool {
	return !a.Published.After(t) && (a.Unpublished.IsZero() || a.Unpublished.After(t))
}

// list adds an impression, sound or with one fault, and what happened on it.
func (w *world) list(id string) {
	t := w.start.Add(time.Duration(rapid.IntRange(0, 48*60).Draw(w.T, "minute")) * time.Minute)
	im := &clicklog.Impression{
		ID: id, Time: t, Snapshot: w.one("snapshot", "", "n2", "n1"), Variant: w.one("variant", "", "B", "A"), Widget: w.one("widget", "", "w", "v"),
		User: w.one("user", "", "u1", "u2"), Session: w.one("session", "", "s1", "s2", "s3"), Device: w.one("device", "", "phone"),
		Referrer: w.one("referrer", "", "home", "search"), Lang: w.one("lang", "", "en", "de"),
	}
	perm := rapid.Permutation(w.articles).Draw(w.T, "items")
	im.Source = data.ArticleID(perm[0].ID)
	for i := range perm[1:] {
		if a := &perm[1+i]; w.exists(a, t) && len(im.Items) < 4 {
			im.Items = append(im.Items, clicklog.Shown{Item: data.ArticleID(a.ID), Position: len(im.Items) + 1, P: math.NaN(), Slot: w.one("slot", "", "alg", "pin", "fill")})
		}
	}
	w.policy(im)
	w.events = append(w.events, im)
	w.counts["impressions_read"]++
	if len(im.Items) == 0 {
		w.counts["empty_list"]++
		return
	}
	if fault := w.one("fault", "", "", "", "", "repeated_item_in_list", "position_gap", "seed_in_own_list", "propensity_not_in_0_1", "unknown_item", "unknown_seed", "item_not_yet_published"); fault != "" && w.spoil(im, fault) {
		w.counts[fault]++
		return
	}
	if !w.chance(4, "once") {
		again := *im
		w.events = append(w.events, &again)
		w.counts["impressions_read"]++
		w.counts["duplicate_impression_id"]++
	}
	flags := make([]pack.Flags, len(im.Items))
	dwell := make([]int, len(im.Items))
	seen := w.behave(im, flags, dwell)
	w.rows[id] = w.text(im, flags, dwell, seen)
	w.counts["impressions_valid"]++
	key := "u" + im.User
	if im.User == "" {
		key = "s" + im.Session
		if im.Session == "" {
			key = "i" + id
		}
	}
	w.readers[id] = key
	// The order of the items in the log does not matter.
	im.Items = rapid.Permutation(im.Items).Draw(w.T, "order of items")
}

// policy makes the list one that was drawn from a pool, or not.
func (w *world) policy(im *clicklog.Impression) {
	switch w.one("policy", "", "fixed", "plackett-luce") {
	case "fixed":
		im.Policy.Kind = "fixed"
		for i := range im.Items {
			im.Items[i].P = 1
		}
	case "plackett-luce":
		im.Policy.Kind = "plackett-luce"
		im.Policy.Keep = rapid.IntRange(0, 1).Draw(w.T, "keep")
		weights := map[data.ArticleID]float64{}
		sum := 0.0
		for i := range im.Items {
			logit := float64(rapid.IntRange(-2, 2).Draw(w.T, "logit"))
			im.Policy.Pool, im.Policy.Logits = append(im.Policy.Pool, im.Items[i].Item), append(im.Policy.Logits, logit)
			if s := im.Items[i].Slot; s == "" || s == "alg" {
				weights[im.Items[i].Item] = math.Exp(logit)
				sum += math.Exp(logit)
			}
		}
		free := 0
		for i := range im.Items {
			item := &im.Items[i]
			item.P = 1
			if weight, drawn := weights[item.Item]; drawn {
				if free >= im.Policy.Keep {
					item.P = min(1, weight/sum) // a sum from which all else was taken may be too small
				}
				sum -= weight
				free++
			}
		}
	}
}

// spoil puts a fault into im and reports whether it could.
func (w *world) spoil(im *clicklog.Impression, fault string) bool {
	last := &im.Items[len(im.Items)-1]
	switch fault {
	case "repeated_item_in_list":
		im.Items = append(im.Items, clicklog.Shown{Item: last.Item, Position: len(im.Items) + 1, P: last.P})
	case "position_gap":
		last.Position += 2
	case "seed_in_own_list":
		im.Source = last.Item
	case "propensity_not_in_0_1":
		for i := range im.Items {
			im.Items[i].P = 1.5
		}
	case "unknown_item":
		im.Policy = clicklog.Policy{}
		last.Item = "ghost"
	case "unknown_seed":
		im.Source = "ghost"
	case "item_not_yet_published":
		for i := range w.articles {
			if a := &w.articles[i]; a.Published.After(im.Time) && data.ArticleID(a.ID) != im.Source {
				im.Policy = clicklog.Policy{}
				last.Item = data.ArticleID(a.ID)
				return true
			}
		}
		return false
	}
	return true
}

// behave adds what a reader did on a sound list, and clicks that are none.
func (w *world) behave(im *clicklog.Impression, flags []pack.Flags, dwell []int) (seen bool) {
	if !w.chance(2, "no view") {
		seen = true
		w.events = append(w.events, &clicklog.View{Impression: im.ID, Time: im.Time, Positions: []int{1}})
		flags[0] |= pack.Viewed
	}
	add := func(e clicklog.Event) { w.events = append(w.events, e) }
	clicks := 0
	defer func() {
		if clicks > len(im.Items) {
			w.counts["more_clicks_than_items"]++
		}
	}()
	for i := range im.Items {
		item := im.Items[i]
		flags[i] |= map[string]pack.Flags{"pin": pack.Pinned, "fill": pack.Filled}[item.Slot]
		click := &clicklog.Click{Impression: im.ID, Item: item.Item, Position: i + 1, Time: im.Time.Add(time.Minute)}
		if !w.chance(3, "no bad click") {
			bad := *click
			name := w.one("bad click", "click_without_impression", "click_before_impression", "click_on_item_not_shown", "click_position_mismatch", "click_after_24h")
			switch name {
			case "click_without_impression":
				bad.Impression = "none"
			case "click_before_impression":
				bad.Time = im.Time.Add(-time.Second)
			case "click_on_item_not_shown":
				bad.Item = "never seen"
			case "click_position_mismatch":
				bad.Position += 3
			case "click_after_24h":
				bad.Time = im.Time.Add(25 * time.Hour)
			}
			add(&bad)
			w.counts[name]++
			w.counts["clicks_read"]++
		}
		if w.chance(2, "no click") {
			continue
		}
		add(click)
		clicks++
		w.counts["clicks_read"]++
		w.counts["clicks_valid"]++
		flags[i] |= pack.Clicked
		if !w.chance(2, "clicked once") {
			again := *click
			add(&again)
			clicks++
			w.counts["clicks_read"]++
			w.counts["clicks_folded"]++
		}
		switch w.one("read", "", "short", "long", "scrolled") {
		case "short":
			add(&clicklog.Reading{Impression: im.ID, Item: item.Item, Dwell: 3 * time.Second, Scroll: 0.2})
			dwell[i] = 3
		case "long":
			add(&clicklog.Reading{Impression: im.ID, Item: item.Item, Dwell: time.Hour})
			dwell[i] = 600
			flags[i] |= pack.Satisfied
		case "scrolled":
			add(&clicklog.Reading{Impression: im.ID, Item: item.Item, Dwell: time.Second, Scroll: 0.5})
			dwell[i] = 1
			flags[i] |= pack.Satisfied
		}
	}
	return seen
}

// text is all that a pack must say of a list.
func (w *world) text(im *clicklog.Impression, flags []pack.Flags, dwell []int, seen bool) string {
	var there []string
	for i := range w.articles {
		if w.exists(&w.articles[i], im.Time) {
			there = append(there, w.articles[i].ID)
		}
	}
	sort.Strings(there)
	s := fmt.Sprintln(im.Source, im.Time.Unix()/3600, there, im.Variant, im.Snapshot, im.Widget, im.Device, im.Referrer, im.Lang, seen)
	for i, item := range im.Items {
		s += fmt.Sprintln(item.Item, item.P, flags[i], dwell[i])
	}
	if im.Policy.Kind != "" {
		s += fmt.Sprintln(im.Policy.Kind, im.Policy.Pool, im.Policy.Logits, im.Policy.Keep)
	}
	return s
}

// textOf is the same, of row i of a pack.
func textOf(p *pack.Pack, i int) string {
	im := &p.Impressions
	var there []string
	for k := range p.Articles {
		if p.Articles[k].Exists(im.Moment[i]) {
			there = append(there, p.Articles[k].ID)
		}
	}
	snapshot := ""
	if n := im.Snapshot[i]; n >= 0 {
		snapshot = p.Snapshots[n].Name
	}
	s := fmt.Sprintln(p.Articles[im.Source[i]].ID, im.Hour[i], there, p.Variants[im.Variant[i]], snapshot, p.Widgets[im.Widget[i]],
		p.Devices[im.Device[i]], p.Referrers[im.Referrer[i]], p.Languages[im.Lang[i]], im.Seen[i])
	from, to := im.Items(i)
	for k := from; k < to; k++ {
		seconds := 0
		if im.Dwell != nil {
			seconds = int(im.Dwell[k])
		}
		s += fmt.Sprintln(p.Articles[im.Item[k]].ID, im.P[k], im.Flags[k], seconds)
	}
	if n := im.Policy[i]; n >= 0 {
		policy := &p.Policies[n]
		var pool []string
		for _, a := range policy.Pool {
			pool = append(pool, p.Articles[a].ID)
		}
		s += fmt.Sprintln(policy.Kind, pool, policy.Logits, policy.Keep)
	}
	return s
}

func (w *world) compare(r *check.Result) {
	var ids []string // of valid lists, in the order of the log
	for _, e := range w.events {
		if im, ok := e.(*clicklog.Impression); ok && w.rows[im.ID] != "" && !slices.Contains(ids, im.ID) {
			ids = append(ids, im.ID)
		}
	}
	if got := r.Pack.Impressions.Len(); got != len(ids) {
		w.Fatalf("got %d valid lists, want %d: %v", got, len(ids), r.Counts)
	}
	for i, id := range ids {
		if diff := cmp.Diff(strings.Split(w.rows[id], "\n"), strings.Split(textOf(r.Pack, i), "\n")); diff != "" {
			w.Errorf("list %s (-want +got):\n%s", id, diff)
		}
		for k, other := range ids {
			same := r.Pack.Impressions.Reader[i] == r.Pack.Impressions.Reader[k]
			if want := w.readers[id] == w.readers[other]; same != want {
				w.Errorf("lists %s and %s are of one reader: got %v, want %v", id, other, same, want)
			}
		}
	}
	if w.counts["impressions_valid"] == 0 {
		w.counts["nothing_valid"] = 1
	}
	for name, want := range w.counts {
		if r.Counts[name] != want {
			w.Errorf("%s: got %d, want %d", name, r.Counts[name], want)
		}
	}
	for _, f := range r.Findings {
		if f.Fatal && w.counts[f.Name] == 0 {
			w.Errorf("a finding out of nothing: %+v", f)
		}
	}
}
