package refresh

import (
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// counting yields the numbers below n and then err, if it is not nil.
func counting(n int, err error, ended *bool) func(yield func(int, error) bool) {
	return func(yield func(int, error) bool) {
		defer func() { *ended = true }()
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

func TestInOrder(t *testing.T) {
	broken := errors.New("the disk is gone")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 100).Draw(t, "items")
		workers := rapid.IntRange(1, 5).Draw(t, "workers")
		stopAt := rapid.IntRange(0, 2*n).Draw(t, "stop at")
		end := rapid.SampledFrom([]error{nil, broken}).Draw(t, "error")
		slow := rapid.IntRange(0, 1).Draw(t, "slow")
		var ended bool
		var got []int
		var failed error
		for square, err := range inOrder(counting(n, end, &ended), workers, func(i *int) int {
			if *i%7 == slow {
				time.Sleep(50 * time.Microsecond)
			}
			return *i * *i
		}) {
			if err != nil {
				failed = err
				continue
			}
			if got = append(got, square); len(got) == stopAt {
				break
			}
		}
		var want []int
		for i := range n {
			want = append(want, i*i)
		}
		wantErr := end
		if 0 < stopAt && stopAt <= n {
			want, wantErr = want[:stopAt], nil
		}
		if !slices.Equal(got, want) || failed != wantErr {
			t.Errorf("got %v, %v; want %v, %v", got, failed, want, wantErr)
		}
		if !ended {
			t.Error("the iteration has ended and its source has not")
		}
	})
}

func TestInOrderLeavesNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 20 {
		var ended bool
		for range inOrder(counting(1000, nil, &ended), 3, func(i *int) int { return *i }) {
			break
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, before there were %d", runtime.NumGoroutine(), before)
}
