package rank

import "slices"

// Health says how links spread over the articles. Links in are those among the first
// ten of a list.
type Health struct {
	Articles    int     `json:"articles"`     // that may be linked: of a story only one
	Lists       int     `json:"lists"`        // with a link
	Links       int     `json:"links"`        // among the first ten
	Orphans     int     `json:"orphans"`      // articles that may be linked, and to which no link leads
	Rescued     int     `json:"rescued"`      // articles that would have been orphans
	Moved       int     `json:"moved"`        // links out of the first ten, as too many led to the article
	Hubs        int     `json:"hubs"`         // articles with over five times as many links in as the mean
	MostIn      int     `json:"most_in"`      // links into one article
	Gini        float64 `json:"gini"`         // of links in over the articles that may be linked, in [0, 1)
	Leakage     float64 `json:"leakage"`      // share of links to another section, of those between articles that have one
	OrphanShare float64 `json:"orphan_share"` // Orphans of Articles
}

// health measures the lists as chosen.
func (r *ranking) health() Health {
	h := Health{Rescued: r.rescued, Moved: r.moved}
	var in []int
	sum := 0
	for j, n := range r.in {
		if r.sites.eligible[j] {
			in = append(in, n)
			sum += n
		}
	}
	h.Articles, h.Links = len(in), sum
	slices.Sort(in)
	weighted := 0.0
	for at, n := range in {
		if n == 0 {
			h.Orphans++
		}
		if n*len(in) > 5*sum {
			h.Hubs++
		}
		h.MostIn = n
		weighted += float64(n) * float64(2*(at+1)-len(in)-1)
	}
	if sum > 0 {
		h.Gini = weighted / (float64(len(in)) * float64(sum))
	}
	if len(in) > 0 {
		h.OrphanShare = float64(h.Orphans) / float64(len(in))
	}
	known, away := 0, 0
	for i, list := range r.chosen {
		if len(list) > 0 {
			h.Lists++
		}
		own := r.scorer.articles[i].section
		for _, p := range list.first() {
			if other := r.scorer.articles[r.pools[i][p.at].Row].section; own != 0 && other != 0 {
				known++
				if own != other {
					away++
				}
			}
		}
	}
	if known > 0 {
		h.Leakage = float64(away) / float64(known)
	}
	return h
}
