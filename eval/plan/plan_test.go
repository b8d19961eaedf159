package plan

import (
	"math"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
	"github.com/alsolike/alsolike/eval/simulate"
)

func near(t *testing.T, name string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*want) {
		t.Errorf("%s is %v, want about %v", name, got, want)
	}
}

// The numbers that rules of thumb give: ±5 % needs about 800 clicks on drawn
// lists, ±3 % 2,100, ±2 % 4,800, ±1 % 19,000; a margin of 3 % at 80 % power 3,400.
func TestNewClicks(t *testing.T) {
	p, err := New(Options{ClicksPerDay: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{19_000, 4_800, 2_100, 800} {
		near(t, "clicks for the width", p.Rows[i].Width, want, .05)
	}
	near(t, "clicks for a margin of 3 %", p.Rows[2].Clicks, 3_400, .02)
	near(t, "clicks needed", p.Needed, 3_400, .02)
	// 1,000 clicks a day, 5 % drawn, of which 20 % are lost: 40 a day.
	if p.Explore != .05 || p.Days != 86 || p.Rows[2].Days[2] != 86 {
		t.Errorf("explore %v of lists for %d days (table: %d), want .05 and 86", p.Explore, p.Days, p.Rows[2].Days[2])
	}
	near(t, "cost", p.Cost, .01, 1e-9)
	near(t, "half-width", p.Width, 1.96*math.Sqrt(.5/(86*40)), 1e-9)
	near(t, "margin in 28 days", p.Within, .03*math.Sqrt(3435.0/(28*40)), .001)
	// 2·((1.645+.842)/.03)² = 13,739 clicks on each half, 500 a day.
	if p.ABDays != 28 {
		t.Errorf("an A/B test takes %d days, want 28", p.ABDays)
	}
}

// The share goes by the traffic, unless it is asked for.
func TestNewExplore(t *testing.T) {
	for _, tc := range []struct{ clicks, asked, want float64 }{
		{300, 0, .1}, {1000, 0, .05}, {20_000, 0, .02}, {20_000, .3, .3},
	} {
		p, err := New(Options{ClicksPerDay: tc.clicks, Explore: tc.asked})
		if err != nil {
			t.Fatal(err)
		}
		if p.Explore != tc.want {
			t.Errorf("at %v clicks a day the share is %v, want %v", tc.clicks, p.Explore, tc.want)
		}
	}
}

// Two gates at 80 % need 90 % each: ((1.645+1.282)/(1.645+.842))² = 1.385 times the clicks.
func TestNewGates(t *testing.T) {
	one, _ := New(Options{ClicksPerDay: 1000})
	two, err := New(Options{ClicksPerDay: 1000, Gates: 2})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "power of each gate", two.GatePower, .9, 1e-12)
	near(t, "clicks", two.Needed/one.Needed, 1.385, .001)
}

func TestNewRefuses(t *testing.T) {
	for _, tc := range []struct {
		opts Options
		want string
	}{
		{Options{}, "clicks per day is 0; without clicks there is nothing to plan"},
		{Options{ClicksPerDay: 1, Margin: 1}, "margin is 1; it is above 0 and below 100 %"},
		{Options{ClicksPerDay: 1, Power: .4}, "power is 0.4; it is above 50 % and below 100 %"},
		{Options{ClicksPerDay: 1, Gates: -1}, "gates is -1; it is at least 1"},
		{Options{ClicksPerDay: 1, Explore: 2}, "explore is 2; it is above 0 and at most 100 %"},
	} {
		_, err := New(tc.opts)
		if _, ok := err.(*data.InvalidError); !ok || err.Error() != tc.want {
			t.Errorf("%+v: %v, want %q", tc.opts, err, tc.want)
		}
	}
}

func TestWriteText(t *testing.T) {
	p, err := New(Options{ClicksPerDay: 1000, ImpressionsPerDay: 9000, Gates: 2, Loss: Assumed{.17, "week.evp"}})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := p.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	want := `Clicks on the links a day      1,000
Lists shown a day              9,000, with a click on every 9
What a click tells (c)         0.5 (assumed; --pack measures it)
Loss on a list drawn at random 17 % (measured on week.evp)

Days of logging until a ranking as good as production passes a gate, by its margin
and the share of lists drawn at random (80 % power for 2 gates that must all pass, so 90 % for each):

               margin  clicks needed     1 %     2 %     5 %   10 %   20 %
                  1 %         42,820   5,159   2,580   1,032    516    258
                  2 %         10,705   1,290     645     258    129     65
                  3 %          4,758     574     287     115     58     29
                  5 %          1,713     207     104      42     21     11
                 10 %            429      52      26      11      6      3
  costs of all clicks                 0.17 %  0.34 %  0.85 %  1.7 %  3.4 %

Draw 5 % of the lists at random (10,000 to 300,000 clicks a month) and log for 115 days: that gives the 4,758 clicks with which a ranking as good as production is shown, in 80 % of cases, to be no more than 3 % worse. Its difference is then known to ±2 %, and the drawing costs 0.85 % of all clicks while it lasts. Within 28 days that share allows a margin of 6.1 %. Where the log names the snapshot of every list, the lists of all variants count, which halved the wait in simulations. A live test of half the readers against the other half would take 39 days, for each ranking anew.
`
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The loss told from the clicks of one log at a temperature is what a world that
// draws at that temperature loses.
func TestDraws(t *testing.T) {
	articles, snapshots := simulate.Site(60, 1)
	theta := []float64{1, .6, .4}
	world := func(temperature float64) *simulate.World {
		w, err := simulate.New(articles, snapshots[:1], simulate.Options{
			Impressions: 80_000, Theta: theta, Temperature: temperature, NoPageViews: true, Explore: .5,
		})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := world(.2)
	draws, err := Draws(w.Pack(1), theta)
	if err != nil {
		t.Fatal(err)
	}
	last := math.Inf(-1)
	for _, d := range draws {
		p := world(.2 * d.Temperature).Pack(2)
		var clicks, lists [2]float64
		for i, v := range p.Impressions.Variant {
			lists[v]++
			for _, f := range p.Impressions.Flags[p.Impressions.Start[i]:p.Impressions.Start[i+1]] {
				clicks[v] += float64(f & 1)
			}
		}
		want := 1 - clicks[1]/lists[1]/(clicks[0]/lists[0])
		se := math.Hypot(d.Loss.SE, math.Sqrt(1/clicks[0]+1/clicks[1]))
		if math.Abs(d.Loss.Value-want) > 3*se {
			t.Errorf("temperature × %v loses %.3f ± %.3f, and a world with it %.3f", d.Temperature, d.Loss.Value, d.Loss.SE, want)
		}
		if d.Loss.Value < last {
			t.Errorf("temperature × %v loses less than a colder one", d.Temperature)
		}
		last = d.Loss.Value
	}
	if own, hot := draws[3].Wait, draws[5].Wait; own != 1 || hot < 1.1 {
		t.Errorf("the log's own temperature has the waiting time × %v, twice as much × %v", own, hot)
	}
}

func TestBest(t *testing.T) {
	draws := func(losses ...float64) (all []Draw) {
		for i, loss := range losses {
			all = append(all, Draw{Temperature: temperatures[i], Loss: estimate.Result{Value: loss}})
		}
		return all
	}
	for _, tc := range []struct {
		draws []Draw
		want  float64
	}{
		{draws(.01, .05, .08, .12, .14, .2), 1},
		{draws(.01, .05, .08, .16, .18, .2), .75},
		{draws(.2, .21, .22, .23, .24, .25), .25},
	} {
		if got := Best(tc.draws).Temperature; got != tc.want {
			t.Errorf("best is × %v, want × %v", got, tc.want)
		}
	}
}

func TestDrawsRefuses(t *testing.T) {
	articles, snapshots := simulate.Site(60, 1)
	w, err := simulate.New(articles, snapshots, simulate.Options{Impressions: 1000, Explore: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Draws(w.Pack(1), []float64{1, 1, 1, 1, 1}); err == nil || !strings.Contains(err.Error(), "0 clicks on lists drawn at random") {
		t.Errorf("a pack without drawn lists: %v", err)
	}
}
