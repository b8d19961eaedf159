package eval

import (
	"context"
	"fmt"
	"math"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/pack"
)

// A clickEval is a log made ready for rankings to be measured on.
type clickEval struct {
	p      *pack.Pack
	opts   ClickOptions
	x      *clickIndex
	e      *experiment
	blocks *standing
	rowOf  map[data.ArticleID]int32
	k      int
	level  Level

	curve        *curve
	curveRefusal string
	table        *clickTable
	refits       []*refit // only if thorough

	served *mixture // of all variants; nil if it cannot be told what they showed
	drawn  *mixture // of what was drawn at random; nil if nothing was
	main   *mixture // the one that estimates rest on: served, else drawn, else nil
	n      []float64
	nDrawn []float64
	note   string // why main is not served; a doubt
	reason string // why no ranking can be measured; empty if they can

	rewards []reward
	base    *ranked
	free    []*weighed // to be used again

	known       []baseTotals
	baseRefusal string // why nothing can be compared with the baseline; empty if it can
	baseShown   shownSums

	slices []clickSlice

	calibrationZ float64 // NaN: not known
	result       *ClickResult
}

// A reward is what a click counts for a metric.
type reward struct {
	metric string
	value  []float64 // by click
}

func newClickEval(p *pack.Pack, opts ClickOptions) *clickEval {
	v := &clickEval{p: p, opts: opts, level: LevelShown, calibrationZ: math.NaN(), rowOf: make(map[data.ArticleID]int32, len(p.Articles))}
	for i := range p.Articles {
		v.rowOf[data.ArticleID(p.Articles[i].ID)] = int32(i)
	}
	v.x = newClickIndex(p, opts.Cluster)
	v.k = v.x.slots
	if opts.K > 0 {
		v.k = min(opts.K, v.x.slots)
	}
	v.e = newExperiment(v.x, opts.Planned)
	v.e.learn(v.x)
	v.blocks = newStanding(p, "block", "unblock")
	v.findRewards()
	for _, a := range v.e.arms {
		if a.drawn {
			v.level = LevelDrawn
		}
	}
	v.findCurve()
	if v.reason == "" {
		v.findMixtures()
	}
	if opts.Thorough && v.main != nil && v.curve.fit != nil {
		v.findRefits()
	}
	return v
}

// refuse gives the reason why no ranking can be measured. The first counts.
func (v *clickEval) refuse(reason string) {
	if v.reason == "" {
		v.reason = reason
	}
}

func (v *clickEval) findCurve() {
	switch {
	case v.p.Unordered && v.x.slots > 1:
		v.curveRefusal = "the log does not tell in which order the links stood, so clicks cannot be told from places"
	case len(v.opts.Theta) > 0 && len(v.opts.Theta) < v.x.slots:
		v.curveRefusal = fmt.Sprintf("the given position curve has %d slots and the lists of the log %d", len(v.opts.Theta), v.x.slots)
	case len(v.opts.Theta) > 0:
		v.curve = &curve{theta: v.opts.Theta}
	case v.x.slots > 1 && v.e.oneRanking():
		v.curveRefusal = "the position curve cannot be told from this log: all its lists are of one ranking, so an article stands in another slot only when others come or go. " +
			"Log a second ranking, or draw a small share of the lists at random"
	default:
		var err error
		if v.curve, err = fitCurve(v.x); err != nil {
			v.curve, v.curveRefusal = nil, err.Error()
		}
	}
	if v.curve == nil {
		v.refuse(v.curveRefusal)
		return
	}
	v.table = newClickTable(v.x, v.curve.theta)
}

// wrongLimit is the share of impressions that may show something else than the
// snapshot of their variant says.
const wrongLimit = 0.01

func (v *clickEval) findMixtures() {
	unknown, drawn := 0, 0
	for _, a := range v.e.arms {
		if !hasLists(v.p, a.snapshot) {
			unknown += a.n
		}
		if a.drawn {
			drawn += a.n
		}
	}
	if drawn > 0 {
		v.drawn, _ = newMixture(v.x, v.e, v.blocks, true, v.opts.Workers)
		v.drawn.look(v.curve.theta)
		v.since(v.drawn)
		v.nDrawn = v.count(v.drawn)
	}
	n := v.x.im.Len()
	problem := ""
	switch {
	case float64(unknown) > wrongLimit*float64(n):
		problem = fmt.Sprintf("%s of the lists were served from snapshots that the log does not name or the pack does not hold", percent(float64(unknown)/float64(n)))
	default:
		problem = v.findServed()
	}
	switch {
	case problem == "":
		v.main = v.served
	case v.drawn != nil:
		v.main = v.drawn
		v.note = problem + "; so only the lists drawn at random count, which makes the interval wider"
	default:
		v.refuse(problem + ", so nobody knows what else readers could have been shown; attach the snapshots, or draw a share of the lists at random and log the policy")
		return
	}
	if v.main.n == 0 {
		v.refuse("no list was served since " + v.opts.From.UTC().Format("2006-01-02 15:04"))
	}
	v.n = v.count(v.main)
}

// since takes the impressions before From out of m.
func (v *clickEval) since(m *mixture) {
	if v.opts.From.IsZero() {
		return
	}
	from := int32(v.opts.From.Unix() / 3600)
	for t, hour := range v.x.hour {
		if hour < from && m.of[t] >= 0 {
			m.of[t] = -1
			m.n--
		}
	}
}

// findServed builds the mixture of all variants, or says why that cannot be done.
func (v *clickEval) findServed() string {
	for _, a := range v.e.arms {
		if a.drawn && math.IsNaN(a.policy.slope) && a.policy.pool > 1 {
			return "the lists of variant " + data.Quote(v.p.Variants[a.variant]) + " are drawn by scores that the pack does not hold"
		}
	}
	m, wrong := newMixture(v.x, v.e, v.blocks, false, v.opts.Workers)
	n, bad := map[int]int{}, map[int]int{}
	for i, a := range v.e.arms {
		n[a.line()] += a.n
		bad[a.line()] += wrong[i]
	}
	for _, a := range v.e.arms {
		line := a.line()
		if share := float64(bad[line]) / float64(n[line]); share > wrongLimit {
			return fmt.Sprintf("variant %s showed something else than its snapshot says in %s of its lists", data.Quote(v.p.Variants[a.variant]), percent(share))
		}
	}
	m.look(v.curve.theta)
	v.since(m)
	v.served = m
	return ""
}

// count is how many impressions of every cluster take part in m.
func (v *clickEval) count(m *mixture) []float64 {
	n := make([]float64, v.x.clusters)
	for t, c := range v.x.cluster {
		if m.of[t] >= 0 {
			n[c]++
		}
	}
	return n
}

func (v *clickEval) findRewards() {
	im, clicks := v.x.im, v.x.clicks
	one := reward{"clicks", make([]float64, len(clicks))}
	lists := reward{"clicked-lists", make([]float64, len(clicks))}
	satisfied := reward{"satisfied", make([]float64, len(clicks))}
	dwell := reward{"dwell", make([]float64, len(clicks))}
	anySatisfied := false
	for c, k := range clicks {
		one.value[c] = 1
		t := k.impression
		lists.value[c] = 1 / float64(v.x.clickFrom[t+1]-v.x.clickFrom[t])
		if im.Flags[k.shown]&pack.Satisfied != 0 {
			satisfied.value[c], anySatisfied = 1, true
		}
		if im.Dwell != nil {
			dwell.value[c] = float64(im.Dwell[k.shown])
		}
	}
	v.rewards = []reward{one, lists}
	if anySatisfied {
		v.rewards = append(v.rewards, satisfied)
	}
	if im.Dwell != nil {
		v.rewards = append(v.rewards, dwell)
	}
}

// setBaseline weighs the ranking that the others are compared with.
func (v *clickEval) setBaseline(ctx context.Context, e Entry) error {
	base, err := v.rank(ctx, e, true)
	if err != nil {
		return err
	}
	v.base = base
	v.findSlices()
	if v.main != nil {
		if _, refusal := v.diagnose(base.main); refusal != "" {
			v.baseRefusal = "of the baseline " + e.Name + ": " + refusal
		}
		for _, rw := range v.rewards {
			if len(rw.value) == 0 {
				break
			}
			v.ofBase(v.main, base.main, rw.value) // so that several goroutines only read it
		}
	}
	v.findCalibration()
	v.baseShown = v.shownSetSums(base.rows)
	return nil
}

// A ranked is a ranking weighed on the mixtures of the log.
type ranked struct {
	entry Entry
	rows  rows
	main  *weighed // nil if no ranking can be measured
	drawn *weighed // on what was drawn at random; nil if that is main, nothing was, or nobody asks
}

// rank weighs a ranking; thoroughly, for other estimators too.
func (v *clickEval) rank(ctx context.Context, e Entry, thoroughly bool) (*ranked, error) {
	if v.base != nil && v.base.entry.Name == e.Name {
		return v.base, nil
	}
	r := &ranked{entry: e}
	var err error
	if r.rows, err = rowsOf(ctx, e, v.x, v.rowOf, max(v.k, shownSetK), v.opts.Workers); err != nil {
		return nil, err
	}
	if v.main == nil {
		return r, nil
	}
	weigh := func(m *mixture) *weighed {
		var table *clickTable
		if thoroughly && m == v.main {
			table = v.table
		}
		w := v.newWeighed(m)
		if table != nil {
			w.model = make([]float32, v.x.im.Len())
		}
		failed := w.weigh(v.x, v.e, v.blocks, r.rows, v.curve, table, v.k, v.opts.Workers)
		if failed != nil {
			err = fmt.Errorf("eval: %s: %w", e.Name, failed)
		}
		return w
	}
	r.main = weigh(v.main)
	if thoroughly && v.drawn != nil && v.drawn != v.main && err == nil {
		r.drawn = weigh(v.drawn)
	}
	return r, err
}

// newWeighed is room for a ranking to be weighed on m.
func (v *clickEval) newWeighed(m *mixture) *weighed {
	if n := len(v.free); n > 0 {
		w := v.free[n-1]
		v.free = v.free[:n-1]
		w.reset(m)
		return w
	}
	n, clicks := v.x.im.Len(), len(v.x.clicks)
	return &weighed{
		mixture: m,
		weight:  make([]float64, clicks), slot: make([]uint8, clicks), slotWeight: make([]float64, clicks),
		lists: make([]weighedList, n), equal: make([]int, len(v.e.arms)),
	}
}

// release gives back the room of r, unless it is the baseline's.
func (v *clickEval) release(r *ranked) {
	if r == v.base {
		return
	}
	for _, w := range []*weighed{r.main, r.drawn} {
		if w != nil {
			v.free = append(v.free, w)
		}
	}
	r.main, r.drawn = nil, nil
}

// percent writes a share in percent.
func percent(share float64) string {
	if share < 0.1 {
		return fmt.Sprintf("%.2g %%", 100*share)
	}
	return fmt.Sprintf("%.0f %%", 100*share)
}

// spell writes a result with its interval, for messages.
func spell(r estimate.Result) string {
	return fmt.Sprintf("%+.4f (%+.4f to %+.4f)", r.Value, r.Low, r.High)
}
