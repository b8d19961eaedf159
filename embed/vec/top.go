package vec

import "slices"

// An Item is a row of a matrix and its score.
type Item struct {
	Row   int
	Score float32
}

// Compare orders a before b (negative) if its score is higher, or, of equal
// scores, if its row is smaller.
func Compare(a, b Item) int {
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return a.Row - b.Row
}

// A Top keeps the best k of the items pushed to it, in the order of Compare. What
// it keeps does not depend on the order in which distinct rows are pushed. Pushing
// takes O(log k).
type Top struct {
	k     int
	items []Item // a heap with the worst on top
}

// NewTop returns an empty Top of k items. With k below 1 it keeps none.
func NewTop(k int) *Top {
	return &Top{k: max(k, 0)}
}

// Push offers a row. A score that is not a number is refused.
func (t *Top) Push(row int, score float32) {
	item := Item{row, score}
	switch {
	case score != score:
	case len(t.items) < t.k:
		t.items = append(t.items, item)
		t.up(len(t.items) - 1)
	case t.k > 0 && Compare(item, t.items[0]) < 0:
		t.items[0] = item
		t.down()
	}
}

// Sorted returns the items kept, best first, and empties t. The slice is t's own
// until the next Push.
func (t *Top) Sorted() []Item {
	items := t.items
	slices.SortFunc(items, Compare)
	t.items = t.items[:0]
	return items
}

func (t *Top) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if Compare(t.items[i], t.items[parent]) < 0 {
			return
		}
		t.items[i], t.items[parent] = t.items[parent], t.items[i]
		i = parent
	}
}

func (t *Top) down() {
	for i := 0; ; {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.items); child++ {
			if Compare(t.items[child], t.items[worst]) > 0 {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.items[i], t.items[worst] = t.items[worst], t.items[i]
		i = worst
	}
}
