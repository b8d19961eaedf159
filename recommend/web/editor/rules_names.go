package editor

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alsolike/alsolike/recommend"
)

// knownNames are names that articles have, for a form to suggest.
type knownNames struct {
	Kind  string // section, tag, author, type or lang
	Names []string
}

// mostKnown is how many names of a kind are suggested: those that most articles have.
const mostKnown = 200

// ruleNames remembers the names of the articles in service.
type ruleNames struct {
	mu       sync.Mutex
	snapshot string
	revision int64     // of articles
	made     time.Time // when they were counted
	known    []knownNames
}

// namesFor is how long names are suggested while articles change: to count them is to look
// at every article.
const namesFor = time.Minute

// of is the names that articles of m have, or had a minute ago at most.
func (n *ruleNames) of(m *recommend.Moment, now time.Time) ([]knownNames, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.snapshot == m.Snapshot() && (n.revision == m.Revision().Articles || now.Sub(n.made) < namesFor) {
		return n.known, nil
	}
	kinds := []string{"section", "tag", "author", "type", "lang"}
	counts := make([]map[string]*int, len(kinds))
	for i := range counts {
		counts[i] = map[string]*int{}
	}
	count := func(kind int, name string) {
		if n := counts[kind][name]; n != nil {
			*n++
		} else if name != "" {
			counts[kind][strings.Clone(name)] = new(1) // which would keep all of the card
		}
	}
	err := m.Articles(func(k recommend.Known) bool {
		count(0, k.Card.Section)
		for name := range k.Card.Tags.All() {
			count(1, name)
		}
		for name := range k.Card.Authors.All() {
			count(2, name)
		}
		count(3, k.Card.Type)
		count(4, string(k.Card.Lang))
		return true
	})
	if err != nil {
		return nil, err
	}
	n.snapshot, n.revision, n.made, n.known = m.Snapshot(), m.Revision().Articles, now, nil
	for i, kind := range kinds {
		names := slices.SortedFunc(maps.Keys(counts[i]), func(a, b string) int {
			return cmp.Or(cmp.Compare(*counts[i][b], *counts[i][a]), cmp.Compare(a, b))
		})
		names = slices.Clone(names[:min(mostKnown, len(names))])
		slices.Sort(names)
		n.known = append(n.known, knownNames{kind, names})
	}
	return n.known, nil
}
