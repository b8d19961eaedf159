package story

import (
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
)

// sets are the shingles of every article, exactly.
func (c *corpus) sets() [][]uint64 {
	sets := make([][]uint64, len(c.cards))
	var s shingler
	for row := range sets {
		s.shingles(string(c.cards[row].Lang), c.texts[row].title, c.texts[row].body, func(hash uint64) { sets[row] = append(sets[row], hash) })
		slices.Sort(sets[row])
		sets[row] = compact(sets[row])
	}
	return sets
}

func resemblance(a, b []uint64) float64 { return compare(a, b, false, false).resemblance() }

// pairs finds all near-duplicates that may stand in one cluster, exactly: two sets with a
// Jaccard similarity of t have in common one of the rarest (1-t)·n+1 of either's n
// shingles (Chaudhuri, Ganti and Kaushik, 2006, "A primitive operator for similarity
// joins in data cleaning").
func (c *corpus) pairs(sets [][]uint64) (pairs [][2]uint32) {
	frequency := map[uint64]uint64{}
	for _, set := range sets {
		for _, shingle := range set {
			frequency[shingle|inTitle]++
		}
	}
	rows := map[uint64][]uint32{}
	tried := make([]uint32, len(sets))
	for row, set := range sets {
		var all, body []uint64 // shingles by their frequency
		for _, shingle := range set {
			key := min(frequency[shingle|inTitle], 0xFFFF)<<48 | shingle>>16
			if all = append(all, key); shingle&inTitle == 0 {
				body = append(body, key)
			}
		}
		for _, keys := range [][]uint64{all, body} {
			slices.Sort(keys)
			for _, key := range keys[:min(len(keys), int((1-Threshold)*float64(len(keys)))+1)] {
				for _, other := range rows[key] {
					if int(other) == row || tried[other] == uint32(row) {
						continue
					}
					tried[other] = uint32(row)
					a, b := &c.cards[row], &c.cards[other]
					if a.MayLink(b) && a.SameLanguage(b) && resemblance(set, sets[other]) >= Threshold {
						pairs = append(pairs, [2]uint32{other, uint32(row)})
					}
				}
				if key>>48 > 1 {
					rows[key] = append(rows[key], uint32(row))
				}
			}
		}
	}
	return pairs
}

// TestFindAgainstAllPairs holds Find to what a comparison of all pairs of real articles
// finds.
func TestFindAgainstAllPairs(t *testing.T) {
	for _, set := range []struct {
		name string
		load func(testing.TB) *corpus
		// At most so many, where only sketches tell: pairs of near-duplicates of which each
		// stands for itself, and articles that are no near-duplicates of what stands for them.
		missed, wrong int
		versions      int // at least so many are found
	}{
		{"reuters21578", reuters, 5, 5, 60},
		{"senate_press_2004_2005", senate, 150, 150, 15},
		{"ruby_lang_news", ruby, 20, 20, 0},
		{"drcd_zh_hant", drcd, 0, 0, 0},
	} {
		t.Run(set.name, func(t *testing.T) {
			c := set.load(t)
			sketches, sets := c.sketches(), c.sets()
			pairs := c.pairs(sets)
			find := func(o Options) (found *Clusters, missed, wrong int) {
				found, err := Find(t.Context(), sketches, c.cards, o)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range pairs {
					if found.Stories[p[0]] == p[0] && found.Stories[p[1]] == p[1] {
						missed++
					}
				}
				for row, leader := range found.Stories {
					if int(leader) != row && resemblance(sets[row], sets[leader]) < Threshold {
						wrong++
					}
				}
				t.Logf("%d near-duplicates in %d clusters, the largest of %d; %d versions; %d pairs compared, %d read; %d missed, %d wrong",
					found.Articles, found.Count, found.Largest, found.Joined, found.Compared, found.Read, missed, wrong)
				return found, missed, wrong
			}
			t.Logf("%d pairs of %d articles are near-duplicates", len(pairs), len(sets))
			if _, missed, wrong := find(Options{}); missed > set.missed || wrong > set.wrong {
				t.Errorf("by sketches: %d pairs missed, %d articles wrong; want at most %d and %d", missed, wrong, set.missed, set.wrong)
			}
			found, missed, wrong := find(Options{Text: c.text})
			if missed > len(pairs)/1000 || wrong > 0 {
				t.Errorf("by texts: %d pairs missed, %d articles wrong", missed, wrong)
			}
			if found.Joined < set.versions {
				t.Errorf("%d versions, want at least %d", found.Joined, set.versions)
			}
		})
	}
}

// TestExactDuplicates takes the 281 stories of reuters21578 whose body another has too, but
// for white space.
func TestExactDuplicates(t *testing.T) {
	c := reuters(t)
	found, err := Find(t.Context(), c.sketches(), c.cards, Options{})
	if err != nil {
		t.Fatal(err)
	}
	type story struct{ first, leader data.ArticleID }
	stories := map[string]story{}
	duplicates := 0
	for row, text := range c.texts {
		body := strings.Join(strings.Fields(text.body), " ")
		id, leader := c.cards[row].ID, c.cards[found.Stories[row]].ID
		first, ok := stories[body]
		switch {
		case !ok:
			stories[body] = story{id, leader}
		case first.leader != leader:
			t.Errorf("%s and %s have one body; %s and %s stand for them", first.first, id, first.leader, leader)
			fallthrough
		default:
			duplicates++
		}
	}
	if duplicates != 281 {
		t.Errorf("%d duplicates, want 281", duplicates)
	}
}
