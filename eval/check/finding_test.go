package check_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/eval/check"
	"github.com/alsolike/alsolike/eval/pack"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// articles are n old articles a0, a1, ….
func articles(n int) (list []pack.Article) {
	for i := range n {
		list = append(list, pack.Article{ID: fmt.Sprintf("a%d", i), Section: "s", Published: noon.AddDate(-1, 0, 0)})
	}
	return list
}

// list is a list under a0 with the given articles.
func list(id string, at time.Time, items ...string) *clicklog.Impression {
	im := &clicklog.Impression{ID: id, Time: at, Source: "a0", User: "u" + id, Session: "s" + id}
	for i, item := range items {
		im.Items = append(im.Items, clicklog.Shown{Item: data.ArticleID(item), Position: i + 1, P: math.NaN()})
	}
	return im
}

func clickOn(im *clicklog.Impression, position int) *clicklog.Click {
	return &clicklog.Click{Impression: im.ID, Item: im.Items[position-1].Item, Position: position, Time: im.Time.Add(time.Minute)}
}

// found gives the findings as "name count fatal".
func found(r *check.Result) (got []string) {
	for _, f := range r.Findings {
		s := fmt.Sprintf("%s %d", f.Name, f.Count)
		if f.Fatal {
			s += " fatal"
		}
		if !strings.HasSuffix(f.Text, ".") || len(f.Examples) > 5 {
			got = append(got, "bad text or examples of "+f.Name)
		}
		got = append(got, s)
	}
	return got
}

func TestFindings(t *testing.T) {
	check1 := func(name string, opts check.Options, events []clicklog.Event, want ...string) {
		t.Helper()
		if opts.Catalogue == nil {
			opts.Catalogue = articles(10)
		}
		// Two variants, so that it is not always told that there is one ranking.
		other := list("other", noon, "a8", "a9")
		other.Variant = "B"
		r := run(t, sequence(append([]clicklog.Event{list("one", noon, "a8", "a9"), other}, events...)), opts)
		if diff := cmp.Diff(want, found(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	times := func(n int, make func(i int) clicklog.Event) (events []clicklog.Event) {
		for i := range n {
			events = append(events, make(i))
		}
		return events
	}
	first := list("i", noon, "a1", "a2")
	changed := list("i", noon, "a1", "a3")
	check1("one id, two lists", check.Options{}, []clicklog.Event{first, changed}, "conflicting_impression_id 1 fatal")
	check1("one id, one list", check.Options{}, []clicklog.Event{first, first}, "duplicate_impression_id 1")

	policy := list("i", noon, "a1", "a2")
	policy.Policy = clicklog.Policy{Kind: "plackett-luce", Pool: []data.ArticleID{"a1", "a2", "a3"}, Logits: []float64{0, 0, 0}}
	policy.Items[0].P, policy.Items[1].P = 1.0/3, 0.5
	check1("p as the policy says", check.Options{}, []clicklog.Event{policy})
	off := *policy
	off.Items = append([]clicklog.Shown(nil), policy.Items...)
	off.Items[1].P = 0.500002
	check1("p not as the policy says", check.Options{}, []clicklog.Event{&off}, "propensity_differs_from_policy 1 fatal")
	out := *policy
	out.Policy.Pool = []data.ArticleID{"a1", "a4", "a3"}
	check1("an item out of the pool", check.Options{}, []clicklog.Event{&out}, "propensity_differs_from_policy 1 fatal")
	kept := *policy
	kept.Policy.Keep = 1
	kept.Items = []clicklog.Shown{{Item: "a5", Position: 1, P: 1, Slot: "pin"}, {Item: "a1", Position: 2, P: 1}, {Item: "a3", Position: 3, P: 0.5}}
	check1("a kept slot below a pinned one", check.Options{}, []clicklog.Event{&kept})
	kept.Items = []clicklog.Shown{{Item: "a2", Position: 1, P: 1}}
	check1("another item in a kept slot", check.Options{}, []clicklog.Event{&kept}, "propensity_differs_from_policy 1 fatal")
	missing := list("i", noon, "a1", "a2")
	missing.Policy.Kind = "softmax"
	check1("no p of a random list", check.Options{}, []clicklog.Event{missing}, "propensity_missing 1 fatal")

	unpublished := articles(10)
	unpublished[1].Unpublished = noon
	check1("taken down at noon", check.Options{Catalogue: unpublished}, []clicklog.Event{list("i", noon, "a1")}, "item_already_unpublished 1 fatal")
	check1("taken down later", check.Options{Catalogue: unpublished}, []clicklog.Event{list("i", noon.Add(-time.Second), "a1")})
	undated := articles(10)
	undated[3].Published = time.Time{}
	check1("no date", check.Options{Catalogue: undated}, nil, "article_without_date 1")
	check1("no date, but shown", check.Options{Catalogue: undated, FirstSeen: true}, []clicklog.Event{list("i", noon, "a3")}, "published_when_first_seen 1")

	check1("a bot", check.Options{}, times(61, func(i int) clicklog.Event {
		im := list(fmt.Sprint(i), noon.Add(time.Duration(i)*900*time.Millisecond), "a1", "a2")
		im.User = "bot"
		return im
	}), "over_60_lists_a_minute 1")
	check1("a fast human", check.Options{}, times(61, func(i int) clicklog.Event {
		im := list(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Second), "a1", "a2")
		im.User = "human"
		return im
	}))
	check1("a long session", check.Options{}, times(501, func(i int) clicklog.Event {
		im := list(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Minute), "a1", "a2")
		im.User, im.Session = "", "s"
		return im
	}), "over_200_lists_a_session 1", "over_500_lists_without_click 1")
	check1("a gap of two days", check.Options{}, []clicklog.Event{list("i", noon.AddDate(0, 0, 3), "a1")}, "days_missing 2")
	var clicks []clicklog.Event
	for i := range 990 {
		im := list(fmt.Sprint(i), noon.Add(time.Duration(i)*time.Second), "a1", "a2")
		clicks = append(clicks, im, clickOn(im, 1))
	}
	for i := range 11 {
		im := list(fmt.Sprint("heavy", i), noon.Add(time.Duration(i)*time.Minute), "a1", "a2")
		im.User = "heavy"
		clicks = append(clicks, im, clickOn(im, 1))
	}
	check1("11 of 1,001 clicks of one reader", check.Options{}, clicks, "reader_with_many_clicks 1 fatal")
	check1("too few clicks to tell", check.Options{}, clicks[20:])
	check1("a higher limit", check.Options{Limits: map[string]float64{"reader_with_many_clicks": 0.1}}, clicks, "reader_with_many_clicks 1")
	var rising []clicklog.Event
	for i := range 100 {
		im := list(fmt.Sprint(i), noon, "a1", "a2")
		rising = append(rising, im)
		if i%2 == 0 {
			rising = append(rising, clickOn(im, 2))
		}
	}
	check1("the second slot is better", check.Options{}, rising, "clicks_rise_with_position 1")
	single := list("i", noon, "a1")
	check1("a click sent twice", check.Options{}, []clicklog.Event{single, clickOn(single, 1), clickOn(single, 1)}, "more_clicks_than_items 1 fatal")

	check1("no positions among positions", check.Options{}, []clicklog.Event{
		&clicklog.Impression{ID: "i", Time: noon, Source: "a0", Items: []clicklog.Shown{{Item: "a1", P: math.NaN()}}},
	}, "position_gap 1 fatal")
	planned := func(b float64) check.Options {
		return check.Options{Shares: map[string]float64{"": 1 - b, "B": b}}
	}
	check1("shares as planned", planned(0.01), rising, "clicks_rise_with_position 1")
	check1("shares not as planned", planned(0.5), rising, "variant_shares_off 1 fatal", "clicks_rise_with_position 1")
	check1("a variant out of the plan", check.Options{Shares: map[string]float64{"B": 1}}, []clicklog.Event{first}, "variant_shares_off 1 fatal")
	check1("an id with a line end", check.Options{}, []clicklog.Event{&clicklog.Article{ID: "a\n"}, list("i", noon, "a\n")}, "unknown_item 1 fatal", "invalid_article_id 1")
	check1("strange views", check.Options{}, []clicklog.Event{
		first, &clicklog.View{Impression: "none", Positions: []int{1}}, &clicklog.View{Impression: "i", Positions: []int{2, 3}},
	}, "view_without_impression 1", "view_outside_list 1")
}

func TestRunSingleRankingWithoutCatalogue(t *testing.T) {
	r := run(t, sequence([]clicklog.Event{list("i", noon, "a2", "a1"), &clicklog.Note{Simulated: "by a test"}}), check.Options{})
	if diff := cmp.Diff([]string{"no_catalogue 1", "single_ranking 1"}, found(r)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	var ids []string
	for _, a := range r.Pack.Articles {
		ids = append(ids, a.ID)
	}
	if diff := cmp.Diff([]string{"a0", "a1", "a2"}, ids); diff != "" || r.Pack.Simulated != "by a test" {
		t.Errorf("simulated %q, articles (-want +got):\n%s", r.Pack.Simulated, diff)
	}
}

func TestRunReadsOfSessions(t *testing.T) {
	early, late := list("i1", noon, "a1", "a2"), list("i2", noon.Add(time.Hour), "a1", "a2")
	early.Session, late.Session = "s", "s"
	read := &clicklog.Reading{Session: "s", Item: "a1", Time: noon.Add(30 * time.Minute), Dwell: 20 * time.Second}
	r := run(t, sequence([]clicklog.Event{
		early, late, clickOn(early, 1), clickOn(late, 1), read,
		&clicklog.Reading{Session: "s", Item: "a2", Dwell: 20 * time.Second}, // nobody clicked on it
		&clicklog.Reading{Impression: "i2", Item: "a1", Dwell: 2 * time.Second},
	}), check.Options{Catalogue: articles(3)})
	im := &r.Pack.Impressions
	if diff := cmp.Diff([]uint16{20, 0, 2, 0}, im.Dwell); diff != "" {
		t.Errorf("seconds (-want +got):\n%s", diff)
	}
	if want := []pack.Flags{pack.Clicked | pack.Satisfied, 0, pack.Clicked, 0}; !cmp.Equal(want, im.Flags) {
		t.Errorf("flags: got %v, want %v", im.Flags, want)
	}
	if r.Counts["reads_without_click"] != 1 {
		t.Errorf("got %d reads without a click, want 1", r.Counts["reads_without_click"])
	}
}

func TestRunPageViews(t *testing.T) {
	view := func(user, session, page, from string, minute float64) clicklog.Event {
		return &clicklog.PageView{Time: noon.Add(time.Duration(minute * float64(time.Minute))), Page: data.ArticleID(page), User: user, Session: session, From: from}
	}
	events := []clicklog.Event{
		view("u", "s1", "a2", "a1", 10),
		view("u", "s1", "a1", "home", 0), // before it
		view("u", "s1", "a1", "", 29),    // a reload of what was opened 29 minutes before
		view("u", "s1", "a1", "", 60),    // after 31 minutes of silence: another visit
		view("u", "s2", "a3", "", 5),     // beside the first visit
		view("", "s3", "a1", "ghost", 0),
		view("", "", "a1", "", 0),
		view("u", "s1", "front page", "", 3),
	}
	for i := range 10 { // ten articles within ten seconds
		events = append(events, view("bot", "b", fmt.Sprintf("a%d", i), "", float64(i)/60))
	}
	for i := range 101 { // over 100 articles
		events = append(events, view("crawler", "c", fmt.Sprintf("a%d", i), "", float64(5*i)))
	}
	im := list("i", noon, "a1")
	im.User, im.Session = "u", "s1"
	r := run(t, sequence(append(events, im)), check.Options{Catalogue: articles(120)})
	reads := &r.Pack.Reads
	var got []string
	session := map[int32]int{}
	reader := map[int32]int{}
	number := func(of map[int32]int, n int32) int {
		if _, ok := of[n]; !ok {
			of[n] = len(of)
		}
		return of[n]
	}
	for i := range reads.Item {
		from := ""
		if reads.From[i] >= 0 {
			from = " from " + r.Pack.Articles[reads.From[i]].ID
		}
		got = append(got, fmt.Sprintf("reader %d, visit %d: %s%s", number(reader, reads.Reader[i]), number(session, reads.Session[i]), r.Pack.Articles[reads.Item[i]].ID, from))
	}
	want := []string{
		"reader 0, visit 0: a1", "reader 0, visit 1: a3", "reader 0, visit 0: a2 from a1", "reader 0, visit 2: a1",
		"reader 1, visit 3: a1", "reader 2, visit 4: a1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	if reads.Reader[0] != r.Pack.Impressions.Reader[0] || reads.Session[0] != r.Pack.Impressions.Session[0] {
		t.Error("a reader has another number in page views than in lists")
	}
	counts := map[string]int{}
	for _, name := range []string{"pageviews_read", "pageviews_valid", "pageviews_folded", "pageviews_of_bots", "bot_sessions", "pageview_of_unknown_article"} {
		counts[name] = r.Counts[name]
	}
	wantCounts := map[string]int{
		"pageviews_read": 119, "pageviews_valid": 6, "pageviews_folded": 1, "pageviews_of_bots": 111, "bot_sessions": 2, "pageview_of_unknown_article": 1,
	}
	if diff := cmp.Diff(wantCounts, counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestRunOverrides(t *testing.T) {
	hour := int32(noon.Unix() / 3600)
	r := run(t, sequence([]clicklog.Event{
		list("i", noon, "a1"),
		&clicklog.Override{Time: noon.Add(2 * time.Hour), Source: "*", Item: "a2", Op: "off"},
		&clicklog.Override{Time: noon, Source: "a1", Item: "a2", Op: "pin", Position: 1, Until: noon.Add(24 * time.Hour)},
		&clicklog.Override{Time: noon, Source: "s", Item: "a2", Op: "boost"},
		&clicklog.Override{Time: noon, Source: "no section", Item: "a2", Op: "boost"},
		&clicklog.Override{Time: noon, Source: "*", Item: "ghost", Op: "block"},
	}), check.Options{Catalogue: articles(3)})
	want := []pack.Override{
		{Op: "pin", Source: 1, Item: 2, Position: 1, Moment: 1, Hour: hour, Until: hour + 24},
		{Op: "boost", Source: -1, Section: "s", Item: 2, Moment: 1, Hour: hour, Until: pack.Never},
		{Op: "block", Source: -1, Item: 2, Moment: 1, Hour: hour + 2, Until: pack.Never},
	}
	if diff := cmp.Diff(want, r.Pack.Overrides); diff != "" || r.Counts["override_of_unknown_article"] != 2 {
		t.Errorf("%d unknown; overrides (-want +got):\n%s", r.Counts["override_of_unknown_article"], diff)
	}
}

// Logs without positions, seeds or times.
func TestRunBareLogs(t *testing.T) {
	at := time.Date(2019, 11, 13, 8, 0, 0, 0, time.UTC)
	mind := &clicklog.Impression{ID: "1", Time: at, User: "u", Items: []clicklog.Shown{{Item: "N2", P: math.NaN()}, {Item: "N1", P: math.NaN()}}}
	r := run(t, sequence([]clicklog.Event{
		&clicklog.Article{ID: "N1"}, &clicklog.Article{ID: "N2"}, mind, &clicklog.Click{Impression: "1", Item: "N1", Time: at},
	}), check.Options{FirstSeen: true})
	if diff := cmp.Diff([]string{"published_when_first_seen 2", "no_positions 1"}, found(r)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	im := &r.Pack.Impressions
	if p := r.Pack; !p.Unordered || len(p.Articles) != 3 || p.Articles[0].Exists(im.Moment[0]) || p.Articles[0].ID != "" || im.Source[0] != 0 || p.Articles[im.Item[0]].ID != "N2" || im.Flags[1] != pack.Clicked {
		t.Errorf("got %+v", p)
	}

	m, err := clicklog.NewEventMapping(map[string]string{"impression": "impression", "user": "user", "position": "position", "item": "item", "clicked": "click", "p": "p_cond"})
	if err != nil {
		t.Fatal(err)
	}
	events := clicklog.ReadEvents(context.Background(), []string{reference(t, "ope", "slate-pbm", "log.csv")}, clicklog.EventOptions{Mapping: m})
	r = run(t, events, check.Options{})
	if diff := cmp.Diff([]string{"no_catalogue 1", "no_times 1"}, found(r)); diff != "" || r.Pack.Impressions.Len() != 1500 || r.From != "" {
		t.Errorf("slates: %d lists from %q; findings (-want +got):\n%s", r.Pack.Impressions.Len(), r.From, diff)
	}
}

// The Open Bandit files: one slot a row, without ids and seeds.
func TestRunOpenBandit(t *testing.T) {
	m, err := clicklog.NewEventMapping(map[string]string{"time": "timestamp", "item": "item_id", "position": "position", "clicked": "click", "p": "propensity_score"})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"random-women.csv.gz": "10000 lists of 47 articles, 46 clicks", "bts-women.csv.gz": "10000 lists of 47 articles, 46 clicks"} {
		events := clicklog.ReadEvents(context.Background(), []string{filepath.Join(filepath.Dir(reference(t, "ope", "obd", name)), name)}, clicklog.EventOptions{Mapping: m})
		r := run(t, events, check.Options{})
		got := fmt.Sprintf("%d lists of %d articles, %d clicks", r.Pack.Impressions.Len(), len(r.Pack.Articles), r.Counts["clicks_valid"])
		if got != want || len(r.Pack.Widgets) != 4 {
			t.Errorf("%s: got %s in %q, want %s", name, got, r.Pack.Widgets, want)
		}
	}
}
