package baseline

import (
	"math"
	"slices"
	"sync"
)

// Trending lists the rows with the most views in the hours before.
type Trending struct {
	window int
	first  int        // hour of the first view
	start  []int      // the views of hour first+h are view[start[h]:start[h+1]]
	view   []int32    // rows
	order  []trending // by hour from first+1 on, as long as there are views in the window
	rooms  sync.Pool  // of *[]uint32, counts of rows, 0 between lists
}

// A trending is the order of rows in one hour, once somebody has asked for it.
type trending struct {
	once sync.Once
	rows []int32
}

// NewTrending ranks n rows by how many views they have in the window hours before.
// The i-th view is of rows[i] in the hour hours[i], such as hours since 1970.
func NewTrending(n int, rows, hours []int32, window int) *Trending {
	t := &Trending{window: window}
	t.rooms.New = func() any { room := make([]uint32, n); return &room }
	if len(rows) == 0 {
		return t
	}
	t.first = int(slices.Min(hours))
	t.start = make([]int, int(slices.Max(hours))-t.first+2)
	for _, h := range hours {
		t.start[int(h)-t.first+1]++
	}
	for h := 1; h < len(t.start); h++ {
		t.start[h] += t.start[h-1]
	}
	t.order = make([]trending, len(t.start)-2+window)
	at := slices.Clone(t.start)
	t.view = make([]int32, len(rows))
	for i, row := range rows {
		h := int(hours[i]) - t.first
		t.view[at[h]] = row
		at[h]++
	}
	return t
}

// mostTrending is how many rows of an hour are kept at hand.
const mostTrending = 4000

// RankAt is the at most k rows other than row with the most views in the hours
// hour−window to hour−1; of equals the smaller row comes first, and rows without
// views are not listed. At most mostTrending−1 are. It is safe for use by several
// goroutines.
func (t *Trending) RankAt(row, k, hour int) []int {
	h := hour - t.first - 1
	if h < 0 || h >= len(t.order) {
		return nil
	}
	order := &t.order[h]
	order.once.Do(func() { order.rows = t.rank(hour) })
	list := make([]int, 0, min(k, len(order.rows)))
	for _, other := range order.rows {
		if len(list) == k {
			break
		}
		if int(other) != row {
			list = append(list, int(other))
		}
	}
	return list
}

func (t *Trending) rank(hour int) []int32 {
	room := t.rooms.Get().(*[]uint32)
	defer t.rooms.Put(room)
	counts := *room
	clamp := func(h int) int { return min(max(h-t.first, 0), len(t.start)-1) }
	views := t.view[t.start[clamp(hour-t.window)]:t.start[clamp(hour)]]
	var keys []uint64 // what its views are short of 2³², then the row
	for _, row := range views {
		if counts[row] == 0 {
			keys = append(keys, uint64(row))
		}
		counts[row]++
	}
	for i, row := range keys {
		keys[i] |= uint64(math.MaxUint32-counts[row]) << 32
		counts[row] = 0
	}
	slices.Sort(keys)
	order := make([]int32, min(len(keys), mostTrending))
	for i := range order {
		order[i] = int32(uint32(keys[i]))
	}
	return order
}
