package refresh

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
)

// Each iteration yields all articles, from the store only as often as need be.
func TestReplay(t *testing.T) {
	var all []data.Article
	for i := range 20 {
		all = append(all, data.Article{ID: data.ArticleID(fmt.Sprint(i)), Body: strings.Repeat("rents rise ", 100)})
	}
	broken := errors.New("the disk is gone")
	for _, c := range []struct {
		name      string
		mostBytes int
		stop      int   // the first iteration stops after as many; 0: at the end
		fails     error // of the first reading
		readings  int   // of the store in four iterations
	}{
		{"small", 1 << 20, 0, nil, 2},
		{"stopped", 1 << 20, 7, nil, 3},
		{"failed", 1 << 20, 0, broken, 3},
		{"large", 5000, 0, nil, 4},
		{"nothing kept", 0, 0, nil, 4},
	} {
		readings := 0
		r := newReplay(func(yield func(data.Article, error) bool) {
			readings++
			for i, a := range all {
				if i == 10 && readings == 1 && c.fails != nil {
					yield(data.Article{}, c.fails)
					return
				}
				if !yield(a, nil) {
					return
				}
			}
		}, c.mostBytes)
		for i, seq := range []iter.Seq2[data.Article, error]{r.articles, r.articles, r.last, r.last} {
			n := 0
			for a, err := range seq {
				if err != nil {
					if i > 0 || err != c.fails {
						t.Errorf("%s, iteration %d: %v", c.name, i, err)
					}
					continue
				}
				if a.ID != all[n].ID || a.Body != all[n].Body {
					t.Errorf("%s, iteration %d: article %d is %s", c.name, i, n, a.ID)
				}
				if n++; i == 0 && n == c.stop {
					break
				}
			}
			if want := len(all); n != want && (i > 0 || c.stop == 0 && c.fails == nil) {
				t.Errorf("%s, iteration %d: %d articles, want %d", c.name, i, n, want)
			}
		}
		if readings != c.readings {
			t.Errorf("%s: the store was read %d times, want %d", c.name, readings, c.readings)
		}
		if r.kept != nil {
			t.Errorf("%s: %d articles are kept after the last iteration", c.name, len(r.kept))
		}
	}
}
