package tune_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/tune"
)

func fromEvents(t *testing.T, s *shop, events func() iter.Seq[clicklog.Event]) *tune.Result {
	t.Helper()
	r, err := tune.FromEvents(context.Background(), s.corpus, events, tune.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Readers who look at sections and tags are served better by the fitted weights; the
// attention of positions is found, and the same log gives the same bytes.
func TestFromEvents(t *testing.T) {
	s := newShop(t, 80_000, sameKind)
	r := fromEvents(t, s, s.events(1))
	if !r.Better() || r.After <= r.Before {
		t.Errorf("not better: %+v", r.Comparison)
	}
	shipped := rank.DefaultWeights()
	if w := r.Weights; w[rank.Section] <= shipped[rank.Section] || w[rank.Tags] <= shipped[rank.Tags] {
		t.Errorf("section and tags weigh %v and %v, want more than shipped", w[rank.Section], w[rank.Tags])
	}
	for slot, want := range theta {
		if got := r.Attention[slot]; math.Abs(math.Log(got/want)) > .35 {
			t.Errorf("position %d gets %.2f of the attention, want about %.2f", slot+1, got, want)
		}
	}
	if !strings.Contains(r.Simulated, "simulated") && !strings.Contains(r.Simulated, "made up") {
		t.Errorf("the result does not say that the log is made up: %q", r.Simulated)
	}
	if p, q := r.Fitted, r.Tested; !p.Until.Equal(q.From) || !p.From.Before(p.Until) || !q.Until.Equal(r.Until) {
		t.Errorf("the parts are %+v and %+v", p, q)
	}
	bytes := func(r *tune.Result) string {
		b, err := json.Marshal(struct {
			rank.Weights
			tune.Report
		}{r.Weights, r.Report})
		w, err2 := json.Marshal(r.Weights)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return string(b) + string(w)
	}
	if again := fromEvents(t, s, s.events(1)); bytes(again) != bytes(r) {
		t.Errorf("%s the first time, %s the second", bytes(r), bytes(again))
	}
}

// Clicks that mean nothing give no weights that are better.
func TestRandomClicks(t *testing.T) {
	s := newShop(t, 20_000, anything)
	for seed := range uint64(3) {
		if r := fromEvents(t, s, s.events(seed)); r.Better() {
			t.Errorf("log %d: better than shipped: %+v", seed, r.Comparison)
		}
	}
}

// What happens in the last part of the log has no say in the weights.
func TestLaterPartIsUnseen(t *testing.T) {
	s := newShop(t, 20_000, sameKind)
	r := fromEvents(t, s, s.events(1))
	cut := func(yield func(clicklog.Event) bool) {
		after := false // every other click of the last part goes elsewhere
		clicks := 0
		var last *clicklog.Impression
		for e := range s.events(1)() {
			if i, ok := e.(*clicklog.Impression); ok {
				last, after = i, !i.Time.Before(r.Tested.From)
			}
			if c, ok := e.(*clicklog.Click); ok && after {
				if clicks++; clicks%2 == 0 {
					other := *c
					other.Position = 1 + c.Position%len(last.Items)
					other.Item = last.Items[other.Position-1].Item
					e = &other
				}
			}
			if !yield(e) {
				return
			}
		}
	}
	other := fromEvents(t, s, func() iter.Seq[clicklog.Event] { return cut })
	if other.Weights != r.Weights {
		t.Errorf("the last part changes the weights:\n%v\n%v", r.Weights, other.Weights)
	}
	if other.Comparison == r.Comparison {
		t.Error("the last part does not change how weights are judged")
	}
}

func TestFromEventsRefuses(t *testing.T) {
	s := newShop(t, 2000, anything)
	with := func(change func(i *clicklog.Impression)) func() iter.Seq[clicklog.Event] {
		return func() iter.Seq[clicklog.Event] {
			return func(yield func(clicklog.Event) bool) {
				for e := range newShop(t, 20_000, sameKind).events(1)() {
					if i, ok := e.(*clicklog.Impression); ok {
						change(i)
					}
					if !yield(e) {
						return
					}
				}
			}
		}
	}
	var few *tune.TooFewError
	if _, err := tune.FromEvents(context.Background(), s.corpus, s.events(1), tune.Options{}); !errors.As(err, &few) || few.Need != 400 || few.Have < 50 {
		t.Errorf("of a small log the error is %v", err)
	}
	unplaced := with(func(i *clicklog.Impression) {
		for k := range i.Items {
			i.Items[k].Position = 0
		}
	})
	if _, err := tune.FromEvents(context.Background(), s.corpus, unplaced, tune.Options{}); !errors.Is(err, tune.ErrNoPositions) {
		t.Errorf("of a log without positions the error is %v", err)
	}
	// Lists of an hour have a widget of their own, in which no link moves.
	still := with(func(i *clicklog.Impression) { i.Widget = i.ID })
	if _, err := tune.FromEvents(context.Background(), s.corpus, still, tune.Options{}); !errors.Is(err, tune.ErrSamePositions) {
		t.Errorf("of a log in which no link moves the error is %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tune.FromEvents(ctx, s.corpus, s.events(1), tune.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context has ended the error is %v", err)
	}
}

// readsOf is a log of readers who go, from any article, to the one of its 20 nearest
// that has most in common with it in section and tags, or to another at random.
func readsOf(s *shop, readers int, timed bool) (log clicklog.Log) {
	random := rand.New(rand.NewPCG(3, 3))
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for reader := range readers {
		row := int32(random.IntN(len(s.corpus.Cards)))
		for range 4 {
			r := clicklog.Read{Reader: fmt.Sprint("r", reader), Item: string(s.corpus.Cards[row].ID)}
			if timed {
				at = at.Add(time.Minute)
				r.Time = at
			}
			log.Reads = append(log.Reads, r)
			near := s.corpus.Own.Row(int(row))[:20]
			next, best := near[random.IntN(len(near))].Row, 0.0
			for range 3 {
				to := near[random.IntN(len(near))].Row
				if like := sameKind(&s.corpus.Cards[row], &s.corpus.Cards[to]); like > best {
					next, best = to, like
				}
			}
			row = next
		}
	}
	return log
}

func TestFromReads(t *testing.T) {
	s := newShop(t, 10, sameKind)
	for split, timed := range map[string]bool{"time": true, "readers": false} {
		log := readsOf(s, 3000, timed)
		r, err := tune.FromReads(context.Background(), s.corpus, log, tune.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.Split != split || timed == r.From.IsZero() {
			t.Errorf("split by %s from %v, want by %s", r.Split, r.From, split)
		}
		if !r.Better() || r.Tested.Clicks < 500 {
			t.Errorf("split by %s: not better, or of few steps: %+v", split, r)
		}
		if got, want := r.Weights[rank.Popularity], rank.DefaultWeights()[rank.Popularity]; got != want {
			t.Errorf("split by %s: popularity weighs %v, want %v as shipped", split, got, want)
		}
	}
	var few *tune.TooFewError
	if _, err := tune.FromReads(context.Background(), s.corpus, readsOf(s, 20, true), tune.Options{}); !errors.As(err, &few) {
		t.Errorf("of a small log the error is %v", err)
	}
}
