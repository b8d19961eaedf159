package plan

import (
	"fmt"
	"math"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
)

// Options say what is planned. The zero value of a field is its default, but for
// ClicksPerDay, which is needed.
type Options struct {
	ClicksPerDay      float64 // on the widget's links
	ImpressionsPerDay float64 // lists shown; 0: not known

	Margin  float64 // by how much, at most, a ranking may be worse: a share of production's clicks; default 3 %
	Power   float64 // default 80 %
	Alpha   float64 // one-sided; default 5 %
	Gates   int     // gates that must all pass; default 1
	Explore float64 // share of lists drawn at random; 0: chosen by the traffic

	Margins []float64 // rows of the table; default 1, 2, 3, 5 and 10 %
	Shares  []float64 // columns; default 1, 2, 5, 10 and 20 %

	Variance Assumed // c
	Loss     Assumed // share of the clicks that a drawn list loses
}

// An Assumed is a number that is either measured, which From tells, or taken
// from elsewhere; 0 is the default.
type Assumed struct {
	Value float64 `json:"value"`
	From  string  `json:"measured_on,omitempty"` // "": not measured
}

// DefaultLoss is the loss of a drawn list where it was not measured: 17 to 25 % in
// simulations.
const DefaultLoss = .2

const (
	daysPerMonth = 30
	patience     = 28 // days that a team will wait
)

// A Plan is how long to log.
type Plan struct {
	ClicksPerDay      float64 `json:"clicks_per_day"`
	ImpressionsPerDay float64 `json:"impressions_per_day,omitempty"`
	Margin            float64 `json:"margin"`
	Power             float64 `json:"power"`
	GatePower         float64 `json:"power_of_each_gate"`
	Alpha             float64 `json:"alpha"`
	Gates             int     `json:"gates"`
	Variance          Assumed `json:"variance"`
	Loss              Assumed `json:"loss"`

	Rows   []Row     `json:"rows"`
	Shares []float64 `json:"shares"`
	Costs  []float64 `json:"costs"` // by share: how many of all clicks are lost

	Explore float64 `json:"explore"` // the share that is recommended, or was asked for
	Chosen  string  `json:"chosen"`  // why that share
	Needed  float64 `json:"clicks_needed"`
	Days    int     `json:"days"`
	Cost    float64 `json:"cost"`
	Width   float64 `json:"half_width"`         // of the 95 % interval after Days
	Within  float64 `json:"margin_in_28_days"`  // the smallest that can be had
	ABDays  int     `json:"days_of_an_ab_test"` // of half against half, for one candidate
}

// A Row is the days that a margin needs at every share.
type Row struct {
	Margin float64 `json:"margin"`
	Clicks float64 `json:"clicks_needed"` // on drawn lists
	Width  float64 `json:"clicks_for_width"`
	Days   []int   `json:"days"`
}

func (o Options) withDefaults() Options {
	set := func(x *float64, value float64) {
		if *x == 0 {
			*x = value
		}
	}
	set(&o.Margin, .03)
	set(&o.Power, .8)
	set(&o.Alpha, .05)
	set(&o.Variance.Value, estimate.ClicksVariance)
	set(&o.Loss.Value, DefaultLoss)
	if o.Gates == 0 {
		o.Gates = 1
	}
	if o.Margins == nil {
		o.Margins = []float64{.01, .02, .03, .05, .1}
	}
	if o.Shares == nil {
		o.Shares = []float64{.01, .02, .05, .1, .2}
	}
	return o
}

func (o *Options) validate() error {
	invalid := func(field, format string, args ...any) error {
		return &data.InvalidError{Field: field, Reason: fmt.Sprintf(format, args...)}
	}
	switch {
	case !(o.ClicksPerDay > 0) || math.IsInf(o.ClicksPerDay, 0):
		return invalid("clicks per day", "is %v; without clicks there is nothing to plan", o.ClicksPerDay)
	case o.ImpressionsPerDay != 0 && !(o.ImpressionsPerDay > 0):
		return invalid("impressions per day", "is %v; it is above 0", o.ImpressionsPerDay)
	case !(o.Margin > 0 && o.Margin < 1):
		return invalid("margin", "is %v; it is above 0 and below 100 %%", o.Margin)
	case !(o.Power > .5 && o.Power < 1):
		return invalid("power", "is %v; it is above 50 %% and below 100 %%", o.Power)
	case !(o.Alpha > 0 && o.Alpha < .5):
		return invalid("alpha", "is %v; it is above 0 and below 50 %%", o.Alpha)
	case o.Gates < 1:
		return invalid("gates", "is %d; it is at least 1", o.Gates)
	case !(o.Explore >= 0 && o.Explore <= 1):
		return invalid("explore", "is %v; it is above 0 and at most 100 %%", o.Explore)
	}
	return nil
}

// New makes the plan. It is an *data.InvalidError if an option is impossible.
func New(o Options) (*Plan, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	p := &Plan{
		ClicksPerDay: o.ClicksPerDay, ImpressionsPerDay: o.ImpressionsPerDay,
		Margin: o.Margin, Power: o.Power, GatePower: estimate.GuardrailPower(o.Power, o.Gates), Alpha: o.Alpha, Gates: o.Gates,
		Variance: o.Variance, Loss: o.Loss,
	}
	p.Explore, p.Chosen = o.Explore, "as asked for"
	if o.Explore == 0 {
		p.Explore, p.Chosen = shareFor(o.ClicksPerDay * daysPerMonth)
	}
	p.Margins(o.Margins, o.Shares)
	p.Needed = p.clicks(o.Margin)
	p.Days = p.days(p.Needed, p.Explore)
	p.Cost = p.Explore * p.Loss.Value
	p.Width = 1.96 * math.Sqrt(p.Variance.Value/(float64(p.Days)*p.perDay(p.Explore)))
	p.Within = o.Margin * math.Sqrt(p.Needed/(patience*p.perDay(p.Explore)))
	ab := estimate.ClicksForMargin(o.Margin, 0, p.Alpha, p.GatePower, 2)
	p.ABDays = wholeDays(ab / (o.ClicksPerDay / 2))
	return p, nil
}

// shareFor is the share to draw at random at so many clicks a month: 5 %, more
// for small sites and less for large ones.
func shareFor(month float64) (share float64, why string) {
	switch {
	case month < 10_000:
		return .1, "fewer than 10,000 clicks a month"
	case month > 300_000:
		return .02, "more than 300,000 clicks a month"
	}
	return .05, "10,000 to 300,000 clicks a month"
}

// Margins fills the table.
func (p *Plan) Margins(margins, shares []float64) {
	p.Shares = slices.Clone(shares)
	for _, share := range shares {
		p.Costs = append(p.Costs, share*p.Loss.Value)
	}
	for _, m := range margins {
		row := Row{Margin: m, Clicks: p.clicks(m), Width: estimate.ClicksForWidth(m, p.Variance.Value)}
		for _, share := range shares {
			row.Days = append(row.Days, p.days(row.Clicks, share))
		}
		p.Rows = append(p.Rows, row)
	}
}

// clicks is how many clicks on drawn lists the margin needs.
func (p *Plan) clicks(margin float64) float64 {
	return estimate.ClicksForMargin(margin, 0, p.Alpha, p.GatePower, p.Variance.Value)
}

// perDay is how many clicks fall on drawn lists in a day.
func (p *Plan) perDay(share float64) float64 { return p.ClicksPerDay * share * (1 - p.Loss.Value) }

func (p *Plan) days(clicks, share float64) int { return wholeDays(clicks / p.perDay(share)) }

func wholeDays(days float64) int { return int(min(math.Ceil(days), math.MaxInt32)) }
