package simulate

import (
	"fmt"
	"math"
	"time"

	"github.com/alsolike/alsolike/data"
)

// Options say what kind of log is made. The zero value works.
type Options struct {
	// Seed is of what readers like: worlds of the same seed, articles and
	// snapshots have the same truth. The seed of a log is given when it is drawn.
	Seed uint64

	Impressions int       // lists served; default 20,000
	Days        int       // default 14
	From        time.Time // first day; default: the last article appears in the middle of the days

	Theta     []float64 // chance to look at each slot, as a share of the first; default 1, .68, .47, .38, .30
	ClickRate float64   // clicks on a list of the first snapshot; default 0.12

	// Variants share the lists served. Default: A; B with 10 % if there is a
	// second snapshot; X with Explore.
	Variants []Variant
	Explore  float64 // share of X; default 5 %, below 0: none

	Pool        int     // items at the top from which X draws; default 12
	Temperature float64 // X draws with logits score/Temperature; default: half the mean difference of score within a pool

	Overrides   int  // how many links editors pin or block meanwhile
	NoPageViews bool // leaves out which articles were opened
}

// A Variant is an arm of the experiment.
type Variant struct {
	Name     string
	Share    float64 // of all lists served; the shares sum to 1
	Snapshot int     // place of its lists among the snapshots
	Drawn    bool    // whether its lists are drawn at random from the top of those
}

const (
	maxImpressions = 20_000_000
	maxDays        = 3660
	maxVariants    = 200
)

func (o Options) withDefaults(snapshots int) Options {
	if o.Impressions == 0 {
		o.Impressions = 20_000
	}
	if o.Days == 0 {
		o.Days = 14
	}
	if o.Theta == nil {
		o.Theta = []float64{1, .68, .47, .38, .30}
	}
	if o.ClickRate == 0 {
		o.ClickRate = .12
	}
	switch {
	case o.Explore == 0:
		o.Explore = .05
	case o.Explore < 0:
		o.Explore = 0
	}
	if o.Pool == 0 {
		o.Pool = 12
	}
	if o.Variants == nil {
		a := Variant{Name: "A", Share: 1 - o.Explore}
		if snapshots > 1 {
			a.Share -= .1
			o.Variants = append(o.Variants, Variant{Name: "B", Share: .1, Snapshot: 1})
		}
		o.Variants = append([]Variant{a}, o.Variants...)
		if o.Explore > 0 {
			o.Variants = append(o.Variants, Variant{Name: "X", Share: o.Explore, Drawn: true})
		}
	}
	return o
}

func (o *Options) validate(snapshots int) error {
	invalid := func(field, format string, args ...any) error {
		return &data.InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case o.Impressions < 1 || o.Impressions > maxImpressions:
		return invalid("impressions", "is %d; it may be 1 to %d", o.Impressions, maxImpressions)
	case o.Days < 1 || o.Days > maxDays:
		return invalid("days", "is %d; it may be 1 to %d", o.Days, maxDays)
	case len(o.Theta) > 255 || len(o.Theta) == 0:
		return invalid("theta", "has %d slots; it may have 1 to 255", len(o.Theta))
	case !(o.ClickRate > 0 && o.ClickRate < float64(len(o.Theta))):
		return invalid("click rate", "is %v; it is above 0, and below the number of slots", o.ClickRate)
	case o.Pool < len(o.Theta):
		return invalid("pool", "is %d; it holds at least as many items as there are slots, %d", o.Pool, len(o.Theta))
	case o.Temperature < 0 || math.IsNaN(o.Temperature):
		return invalid("temperature", "is %v; it is above 0", o.Temperature)
	case o.Explore > .8:
		return invalid("explore", "is %v; at most 80 %% of the lists may be drawn at random", o.Explore)
	case o.Overrides < 0:
		return invalid("overrides", "is %d; it is at least 0", o.Overrides)
	case len(o.Variants) > maxVariants:
		return invalid("variants", "are %d; at most %d", len(o.Variants), maxVariants)
	}
	for k, theta := range o.Theta {
		if !(theta > 0 && theta <= 1) {
			return invalid("theta", "of slot %d is %v; it is above 0 and at most 1", k+1, theta)
		}
	}
	var sum float64
	for i, v := range o.Variants {
		switch {
		case !(v.Share > 0):
			return invalid("variant "+v.Name, "has the share %v; it is above 0", v.Share)
		case v.Snapshot < 0 || v.Snapshot >= snapshots:
			return invalid("variant "+v.Name, "shows snapshot %d of %d", v.Snapshot, snapshots)
		case i > 0 && v.Name <= o.Variants[i-1].Name:
			return invalid("variant "+v.Name, "comes after %s; variants stand in the order of their names", o.Variants[i-1].Name)
		}
		sum += v.Share
	}
	if math.Abs(sum-1) > 1e-9 {
		return invalid("variants", "have shares that sum to %v; they sum to 1", sum)
	}
	return nil
}
