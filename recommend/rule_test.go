package recommend_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
)

// newsroom is an engine over twelve articles, whose vectors stand 7 degrees apart, with k
// candidates for a00. In turns they are of the sections city, sport and arts, by Mei and by Jo; every fourth is a
// quiz, and each is a day older than the one before. Rules are JSON.
func newsroom(t testing.TB, k int, overrides []data.Override, rules ...string) (*recommend.Engine, *memory) {
	t.Helper()
	list := cards(12, "")
	for i := range list {
		id := data.ArticleID(fmt.Sprintf("a%02d", i))
		list[i].ID, list[i].Group, list[i].Tags = id, id, "t"
		list[i].Section, list[i].Authors = []string{"city", "sport", "arts"}[i%3], []data.TagList{"Mei", "Jo"}[i%2]
		if i%4 == 3 {
			list[i].Type = "quiz"
		}
	}
	for i := range overrides {
		overrides[i].ID = int64(i + 1)
	}
	store := &memory{revision: data.Revision{Articles: 1, Overrides: 1}, overrides: overrides, rules: parseRules(t, rules...)}
	dir, _ := openDir(t)
	contents := ring(list, k, 1)
	for i := range list {
		sin, cos := math.Sincos(float64(7*i) * math.Pi / 180)
		copy(contents.Vectors.Row(i), []float32{float32(cos), float32(sin)})
	}
	for i, n := range contents.Candidates.Row(0) {
		contents.Candidates.Data[i].Cosine = knn.Cosine(contents.Vectors.Row(0), contents.Vectors.Row(int(n.Row)))
	}
	publish(t, dir, contents)
	e := newEngine(t, store, dir, func(o *recommend.Options) { o.Placements = placements })
	load(t, e)
	return e, store
}

func parseRules(t testing.TB, texts ...string) []data.Rule {
	t.Helper()
	rules := make([]data.Rule, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal([]byte(text), &rules[i]); err != nil {
			t.Fatal(err)
		}
		if err := rules[i].Validate(); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		rules[i].ID, rules[i].Order = int64(i+1), i+1
	}
	return rules
}

func TestRules(t *testing.T) {
	q := recommend.Query{ID: "a00", Limit: 4}
	check := func(name string, q recommend.Query, overrides []data.Override, want string, rules ...string) {
		t.Helper()
		e, _ := newsroom(t, 11, overrides, rules...)
		if got := ids(related(t, e, q)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	check("none", q, nil, "a01 a02 a03 a04")
	check("of another section", q, nil, "a01 a02 a03 a04", `{"under_section":["arts"],"action":"hide","target":"a01"}`)
	check("hidden", q, nil, "a02 a03 a04 a05", `{"under_section":["city"],"action":"hide","target":"a01"}`)
	check("a kind hidden", q, nil, "a01 a02 a04 a05", `{"under_author":["Mei"],"action":"hide","target_type":["quiz"]}`)
	check("pinned", q, nil, "a01 a09 a02 a03", `{"action":"pin","target":"a09","position":2}`)
	check("the best of a kind", q, nil, "a03 a01 a02 a04", `{"action":"pin","target_type":["quiz"],"position":1}`)
	check("two of a kind", q, nil, "a03 a07 a01 a02", `{"action":"pin","target_type":["quiz"],"position":1}`, `{"action":"pin","target_type":["quiz"],"position":1}`)
	check("boosted", q, nil, "a09 a01 a02 a03", `{"action":"boost","target":"a09","strength":10}`)
	check("the first counts", q, nil, "a02 a03 a04 a05", `{"action":"bury","target_section":["sport"],"target_author":["Jo"],"strength":0}`, `{"action":"boost","target":"a01","strength":10}`)
	check("the same section", q, nil, "a03 a06 a09", `{"only":"same_section"}`)
	check("other sections", q, nil, "a01 a02 a04 a05", `{"only":"other_sections"}`, `{"only":"same_section"}`)
	check("an age", q, nil, "a01 a02 a03", `{"max_age_days":4}`, `{"max_age_days":5}`)
	check("of each section", q, nil, "a01 a02 a03", `{"max_per_section":1}`, `{"max_per_section":2}`)
	check("of each author", q, nil, "a01 a02", `{"max_per_author":1}`)
	check("of both", recommend.Query{ID: "a00", Limit: 9}, nil, "a01 a02 a03 a04", `{"max_per_author":2}`, `{"max_per_section":2}`)
	check("several together", q, nil, "a03 a06", `{"under_section":["city"],"only":"same_section","max_per_author":1}`)
	check("filled", recommend.Query{ID: "a00", Limit: 4, Fallback: recommend.LatestFallback}, nil, "a03 a06", `{"under_section":["city"],"only":"same_section","max_per_author":1}`)
	check("raw", recommend.Query{ID: "a00", Limit: 4, Raw: true}, nil, "a01 a02 a03 a04", `{"only":"same_section"}`)
	check("in a placement", recommend.Query{ID: "a00", Limit: 2, Placement: "side"}, nil, "", `{"placement":["side"],"action":"off"}`)
	check("in another", recommend.Query{ID: "a00", Limit: 2, Placement: "top"}, nil, "a01 a02", `{"placement":["side"],"action":"off"}`)
	check("paused", q, nil, "a01 a02 a03 a04", `{"only":"same_section","paused":true}`)
	check("over", q, nil, "a01 a02 a03 a04", `{"only":"same_section","until":"2026-11-23T20:00:00Z"}`)
	check("not yet", q, nil, "a01 a02 a03 a04", `{"only":"same_section","from":"2026-11-23T20:00:01Z"}`)

	pin := func(article data.ArticleID) []data.Override {
		return []data.Override{{Article: article, Target: "a03", Action: data.Pin, Position: 2}}
	}
	check("an own pin is stronger than off", q, pin("a00"), "a03", `{"under_section":["city"],"action":"off"}`)
	check("one for everywhere is not", q, pin("*"), "", `{"under_section":["city"],"action":"off"}`)
	check("an own pin is stronger than hide", q, pin("a00"), "a01 a03 a02 a04", `{"action":"hide","target_type":["quiz"]}`)
	check("one for everywhere is not", q, pin("*"), "a01 a02 a04 a05", `{"action":"hide","target_type":["quiz"]}`)
	check("an own pin is stronger than pin", q, pin("a00"), "a01 a03 a02 a04", `{"action":"pin","target":"a03","position":4}`)
	check("one for everywhere is not", q, pin("*"), "a01 a02 a04 a03", `{"action":"pin","target":"a03","position":4}`)
	check("on one position an override comes first", q, pin("*"), "a01 a03 a08 a09", `{"action":"pin","target":"a08","position":2}`, `{"action":"pin","target":"a09","position":2}`)
	check("pins need not pass limits", q, pin("*"), "a01 a03 a08", `{"action":"pin","target":"a08","position":3}`, `{"only":"other_sections","max_per_section":1,"max_age_days":5}`, `{"action":"hide","target":"a02"}`)
	check("a hidden one is not pinned", q, []data.Override{{Article: "*", Target: "a09", Action: data.Hide}}, "a01 a02 a03 a04", `{"action":"pin","target":"a09","position":1}`)
	weigh := func(article data.ArticleID) []data.Override {
		return []data.Override{{Article: article, Target: "a01", Action: data.Boost, Strength: 10}}
	}
	check("an own boost is stronger", q, weigh("a00"), "a01 a02 a03 a04", `{"action":"bury","target":"a01","strength":0}`)
	check("one for everywhere is not", q, weigh("*"), "a02 a03 a04 a05", `{"action":"bury","target":"a01","strength":0}`)
}

// Where few of an article's candidates are what a rule wants, all articles are looked at.
func TestRulesLookFarther(t *testing.T) {
	check := func(name string, q recommend.Query, want string, rules ...string) {
		t.Helper()
		e, _ := newsroom(t, 1, nil, rules...)
		if got := ids(related(t, e, q)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
	q := recommend.Query{ID: "a00", Limit: 2}
	check("none", q, "a01")
	check("the same section", q, "a03 a06", `{"only":"same_section"}`)
	check("hidden there", q, "a03 a09", `{"only":"same_section","action":"hide","target":"a06"}`)
	check("hidden among others", q, "a04 a08", `{"only":"other_sections","action":"hide","target_author":["Jo"]}`, `{"action":"hide","target":"a02"}`)
	check("an age", recommend.Query{ID: "a00"}, "a01 a02 a03 a04", `{"max_age_days":5}`)
	q.Filter.NotSections = []string{"sport"}
	check("the best of a kind", q, "a11 a02", `{"action":"pin","target_type":["quiz"],"target_section":["arts"],"position":1}`)
	q.Exclude = []data.ArticleID{"a03"}
	check("capped", q, "a02 a06", `{"max_per_section":1}`)
}

// What rules do is told, and a list changes its id with them and with the time.
func TestRulesAreTold(t *testing.T) {
	e, store := newsroom(t, 11, nil,
		`{"under_section":["city"],"action":"hide","target":"a01"}`, `{"under_section":["arts"],"max_per_author":1}`,
		`{"action":"boost","target_type":["quiz"],"strength":2}`, `{"action":"pin","target":"a09","position":1}`, `{"max_per_section":2}`, `{"max_age_days":10}`)
	list := related(t, e, recommend.Query{ID: "a00", Limit: 9, Explain: true})
	var orders []int
	for _, r := range list.Rules {
		orders = append(orders, r.Order)
	}
	if !slices.Equal(orders, []int{1, 3, 4, 5, 6}) {
		t.Errorf("the rules in force are %v", orders)
	}
	by := map[data.ArticleID]int64{}
	for _, l := range list.Links {
		by[l.Card.ID] = l.Rule
	}
	for _, r := range list.Rejected {
		by[r.Card.ID] = -r.Rule
	}
	for id, want := range map[data.ArticleID]int64{"a09": 4, "a03": 3, "a02": 0, "a01": -1, "a10": -6, "a08": -5} {
		if got, told := by[id]; !told || got != want {
			t.Errorf("%s is told to be there by rule %d (%v), want %d; got %v", id, got, told, want, by)
		}
	}
	unexplained := related(t, e, recommend.Query{ID: "a00", Limit: 9})
	if unexplained.Rules != nil {
		t.Error("rules are told unasked")
	}
	version, _ := e.Version()
	store.revision.Overrides++
	store.rules = parseRules(t, `{"max_per_section":2,"until":"2026-11-23T20:10:00Z"}`)
	load(t, e)
	next, until := e.Version()
	if again := related(t, e, recommend.Query{ID: "a00", Limit: 9}); again.RecommendationID == unexplained.RecommendationID || next == version {
		t.Errorf("the list has the same id, or the version %d is still %d", next, version)
	}
	if want := now.Add(10 * time.Minute); !until.Equal(want) {
		t.Errorf("lists are the same until %v, want %v", until, want)
	}
}

// A rule about an article is about its translations, also when they become such.
func TestRulesFollowTranslations(t *testing.T) {
	e, store := newsroom(t, 11, nil, `{"action":"hide","target":"a05"}`)
	q := recommend.Query{ID: "a00", Limit: 5}
	if got := ids(related(t, e, q)); got != "a01 a02 a03 a04 a06" {
		t.Errorf("got %s", got)
	}
	card := cards(1, "arts")[0]
	card.ID, card.Group = "a05", "a01"
	store.revision.Articles, store.changes = 2, []change{{2, card}}
	load(t, e)
	if got := ids(related(t, e, q)); got != "a02 a03 a04 a06 a07" {
		t.Errorf("as translations: got %s", got)
	}
}

// BenchmarkRules is lists of 5 of 64 candidates under rules of which none or all hold for
// the article.
func BenchmarkRules(b *testing.B) {
	for _, c := range []struct {
		name, rule string
		n          int
	}{
		{"rules=0", "", 0},
		{"rules=300/hold=0", `{"under_section":["sport"],"under_tag":["x"],"action":"hide","target":"a001"}`, 300},
		{"rules=300/hold=300", `{"under_section":["city"],"action":"hide","target_tag":["x"]}`, 300},
		{"rules=1/hold=1/limits", `{"under_section":["city"],"only":"same_section","max_per_author":2}`, 1},
		{"rules=1/hold=1/pin", `{"under_section":["city"],"action":"pin","position":1,"target_author":["Jo"]}`, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			list := cards(1000, "city")
			for i := range list {
				list[i].ID = data.ArticleID(fmt.Sprintf("a%03d", i))
				list[i].Group, list[i].Authors = list[i].ID, []data.TagList{"Mei", "Jo", "Ada", "Li"}[i%4]
			}
			dir, _ := openDir(b)
			publish(b, dir, ring(list, 64, 1))
			e := newEngine(b, &memory{rules: parseRules(b, slices.Repeat([]string{c.rule}, c.n)...)}, dir, nil)
			load(b, e)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := e.Related(b.Context(), recommend.Query{ID: list[i%1000].ID}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A moment with one more rule, or one that is another, answers as an engine with that rule
// would, and leaves the engine as it is.
func TestWithRule(t *testing.T) {
	q := recommend.Query{ID: "a00", Limit: 4}
	present := []string{`{"max_age_days":8}`, `{"action":"hide","target":"a01","paused":true}`, `{"action":"pin","target":"a10","position":1}`}
	e, _ := newsroom(t, 11, nil, present...)
	m, err := e.Moment()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Rules()) != len(present) {
		t.Errorf("the rules are %v", m.Rules())
	}
	before := ids(related(t, e, q))
	for _, rule := range []string{`{"under_section":["city"],"only":"same_section"}`, `{"max_age_days":1}`, `{"action":"pin","target":"a09","position":1}`, `{"action":"hide","target_type":["quiz"]}`} {
		for place := range len(present) + 1 {
			r := parseRules(t, rule)[0]
			r.ID, r.Order, r.Paused, r.Until = int64(place+1), 0, true, time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
			if place == len(present) {
				r.ID = 0 // a new one
			}
			rules := slices.Clone(present)
			want, _ := newsroom(t, 11, nil, append(append(rules[:place:place], rule), rules[min(place+1, len(rules)):]...)...)
			got, err := m.WithRule(r).Related(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if ids(got) != ids(related(t, want, q)) {
				t.Errorf("%s in place %d: got %s, want %s", rule, place, ids(got), ids(related(t, want, q)))
			}
		}
	}
	if got := ids(related(t, e, q)); got != before || before != "a10 a01 a02 a03" {
		t.Errorf("then readers get %s, before %s", got, before)
	}
}
