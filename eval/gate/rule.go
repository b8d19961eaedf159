package gate

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/eval"
)

// An Amount is a number as rules write it: "3%" or "24".
type Amount struct {
	Value   float64 // 0.03 for 3%
	Percent bool
}

// ParseAmount reads a number with or without a percent sign.
func ParseAmount(s string) (Amount, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return Amount{}, fmt.Errorf("%q is no amount; write a number, or a percentage such as 3%%", s)
	}
	if percent {
		v /= 100
	}
	return Amount{v, percent}, nil
}

func (a Amount) String() string {
	if a.Percent {
		return Number(100*a.Value) + " %"
	}
	return Number(a.Value)
}

// A Policy says what to do with a verdict that tells nothing.
type Policy string

// The policies. The zero value is Warn.
const (
	Warn Policy = "warn"
	Pass Policy = "pass"
	Fail Policy = "fail"
)

// A Rule is one gate.
type Rule struct {
	Metric    string     // as eval names it, whatever the case of its letters
	Level     eval.Level // "": the strongest at which it was measured
	Slice     string     // "": everything
	Average   string     // preferred where there are several; "": by traffic
	Candidate string     // "": every candidate

	// Just one of these three is set. A Margin in percent is one of the
	// baseline's value. A Max or Min in percent is a share: 0.5% is 0.005.
	Margin, Max, Min *Amount

	Better         string  // "lower" or "higher"; "": as the measure says
	OnInconclusive Policy  // "": Warn
	WarnOnly       bool    // it never fails, whatever it finds
	Alpha          float64 // how often each end of the interval may be wrong; 0: 0.05
}

const defaultAlpha = 0.05

func (r Rule) withDefaults() Rule {
	if r.OnInconclusive == "" {
		r.OnInconclusive = Warn
	}
	if r.Alpha == 0 {
		r.Alpha = defaultAlpha
	}
	return r
}

// Validate says what is wrong with the rule, by the names of its keys.
func (r Rule) Validate() error {
	kinds := 0
	for _, a := range []*Amount{r.Margin, r.Max, r.Min} {
		if a != nil {
			kinds++
		}
	}
	switch {
	case r.Metric == "":
		return errors.New("metric is missing; it names what the gate looks at, such as clicks")
	case kinds != 1:
		return errors.New("write one of margin, max and min: how much may be lost (margin: 3%), or how far the value may go (max: 0)")
	case r.Margin != nil && r.Margin.Value <= 0:
		return errors.New("margin must be above 0; it is how much may be lost, such as 3% (to forbid a thing altogether, write max: 0)")
	case r.Level != "" && r.Level != eval.LevelList && r.Level != eval.LevelReads && r.Level != eval.LevelShown && r.Level != eval.LevelDrawn:
		return fmt.Errorf("level is %q; it may be L3 or L2 (clicks), L1 (agreement with reading) or list", r.Level)
	case r.Better != "" && r.Better != "lower" && r.Better != "higher":
		return fmt.Errorf("better is %q; it may be lower or higher", r.Better)
	case r.Better != "" && r.Margin == nil:
		return errors.New("better goes with margin; max and min say by themselves which way is good")
	case r.OnInconclusive != "" && r.OnInconclusive != Warn && r.OnInconclusive != Pass && r.OnInconclusive != Fail:
		return fmt.Errorf("on_inconclusive is %q; it may be warn, pass or fail", r.OnInconclusive)
	case r.Average != "" && r.Average != "traffic" && r.Average != "reader" && r.Average != "seed":
		return fmt.Errorf("average is %q; it may be traffic, reader or seed", r.Average)
	case r.Alpha != 0 && !(r.Alpha > 0 && r.Alpha < 0.5):
		return fmt.Errorf("alpha is %v; it is how often an end of the interval may be wrong, above 0 and below 0.5", r.Alpha)
	}
	return nil
}
