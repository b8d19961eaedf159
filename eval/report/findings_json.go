package report

import "github.com/alsolike/alsolike/eval"

type logJSON struct {
	Impressions int            `json:"impressions"`
	Clicks      int            `json:"clicks"`
	Readers     int            `json:"readers"`
	Articles    int            `json:"articles"`
	Snapshots   int            `json:"snapshots"`
	From        string         `json:"from"`
	To          string         `json:"to"`
	ClusteredBy string         `json:"clustered_by"`
	Variants    []variantJSON  `json:"variants"`
	Checks      map[string]int `json:"checks"`
}

type variantJSON struct {
	Name        string      `json:"name"`
	Policy      string      `json:"policy"`
	Impressions int         `json:"impressions"`
	Share       float64     `json:"share"`
	Clicks      *resultJSON `json:"clicks"`
}

type curveJSON struct {
	Theta []*resultJSON `json:"theta"`
	Naive []*float64    `json:"naive"`
	Pairs int           `json:"pairs"`
}

type experimentJSON struct {
	ChiSquare *float64   `json:"chi_square"`
	P         *float64   `json:"p"`
	Planned   []*float64 `json:"planned"`
	Sound     bool       `json:"sound"`
	AA        *float64   `json:"aa"`
}

type dayJSON struct {
	Day         string      `json:"day"`
	Variant     string      `json:"variant"`
	Clicks      *resultJSON `json:"clicks"`
	Impressions int         `json:"impressions"`
}

type exposureJSON struct {
	Ranking string    `json:"ranking"`
	Lorenz  []float64 `json:"lorenz"`
	Gini    *float64  `json:"gini"`
}

type backtestJSON struct {
	Ranking   string      `json:"ranking"`
	Variant   string      `json:"variant"`
	Estimated *resultJSON `json:"estimated"`
	Observed  *resultJSON `json:"observed"`
}

type changeJSON struct {
	Source  linkJSON   `json:"source"`
	Ranking string     `json:"ranking"`
	Traffic int        `json:"traffic"`
	RBO     *float64   `json:"rbo"`
	Old     []linkJSON `json:"old"`
	New     []linkJSON `json:"new"`
}

type linkJSON struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Only  bool   `json:"only"` // on this side alone
}

// findingsJSON adds what the outcome found beside its measures.
func (r *Report) findingsJSON(out *reportJSON) {
	if log := r.out.Log; log != nil {
		out.Log = &logJSON{
			log.Impressions, log.Clicks, log.Readers, log.Articles, log.Snapshots, log.From, log.To, log.ClusteredBy,
			[]variantJSON{},
			log.Checks,
		}
		if log.Checks == nil {
			out.Log.Checks = map[string]int{}
		}
		for _, v := range log.Variants {
			out.Log.Variants = append(out.Log.Variants, variantJSON{v.Name, v.Policy, v.Impressions, v.Share, newResultJSON(v.Clicks)})
		}
	}
	if c := r.out.Curve; c != nil {
		out.Curve = &curveJSON{Theta: []*resultJSON{}, Naive: knownAll(c.Naive), Pairs: c.Pairs}
		for _, theta := range c.Theta {
			out.Curve.Theta = append(out.Curve.Theta, newResultJSON(theta))
		}
	}
	if e := r.out.Experiment; e != nil {
		out.Experiment = &experimentJSON{known(e.ChiSquare), known(e.P), knownAll(e.Planned), e.Sound, known(e.AA)}
	}
	for _, d := range r.out.Daily {
		out.Daily = append(out.Daily, dayJSON{d.Day, d.Variant, newResultJSON(d.Clicks), d.N})
	}
	for _, e := range r.out.Exposure {
		out.Exposure = append(out.Exposure, exposureJSON{e.Ranking, e.Lorenz, known(e.Gini)})
	}
	for _, b := range r.out.Backtest {
		out.Backtest = append(out.Backtest, backtestJSON{b.Ranking, b.Variant, newResultJSON(b.Estimated), newResultJSON(b.Observed)})
	}
	for _, c := range r.out.Changed {
		out.Changed = append(out.Changed, changeJSON{linkJSON(c.Source), c.Ranking, c.Traffic, known(c.RBO), linksJSON(c.Old), linksJSON(c.New)})
	}
}

func knownAll(xs []float64) []*float64 {
	out := make([]*float64, len(xs))
	for i, x := range xs {
		out[i] = known(x)
	}
	return out
}

func linksJSON(links []eval.Link) []linkJSON {
	out := make([]linkJSON, len(links))
	for i, l := range links {
		out[i] = linkJSON(l)
	}
	return out
}
