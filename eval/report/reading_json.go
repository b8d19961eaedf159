package report

import (
	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/eval/estimate"
)

// A readingJSON is what the report of agreement with reading adds at the top.
type readingJSON struct {
	Join        joinJSON                `json:"join"`
	Level       string                  `json:"level"`
	Meaning     string                  `json:"meaning"`
	Time        string                  `json:"time"`
	Articles    int                     `json:"articles"` // with text: the candidates of every list
	Readers     int                     `json:"readers"`  // with at least one pair
	Pairs       int                     `json:"pairs"`
	Differences []differenceJSON        `json:"differences"`
	Languages   map[string]languageJSON `json:"languages"` // of the article that the list stands under
}

type joinJSON struct {
	Reads          int `json:"reads"`           // the sum of the next four
	Unreadable     int `json:"unreadable"`      // lines that are no reads
	WithoutReader  int `json:"without_reader"`  // that name no reader
	WithoutArticle int `json:"without_article"` // of something else than an article with text
	Joined         int `json:"joined"`
	AsNumber       int `json:"as_number"` // of joined: ids that agree only as numbers
	Readers        int `json:"readers"`   // with at least one joined read
}

type languageJSON struct {
	Articles    int                               `json:"articles"`
	Readers     int                               `json:"readers"` // with at least one pair that starts there
	Pairs       int                               `json:"pairs"`
	Metrics     map[string]map[string]float64     `json:"metrics"` // as above; empty where there are no pairs
	Intervals   map[string]map[string][2]*float64 `json:"intervals"`
	WithoutList map[string]int                    `json:"without_list"` // by ranking
}

type differenceJSON struct {
	Candidate string   `json:"candidate"`
	Baseline  string   `json:"baseline"`
	Metric    string   `json:"metric"`
	Delta     float64  `json:"delta"`
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
}

// A rankingReadingJSON is what it adds to a ranking.
type rankingReadingJSON struct {
	MostLinksIn int            `json:"most_links_in"`
	MostLinked  data.ArticleID `json:"most_linked,omitempty"`
	WithoutList int            `json:"without_list"`
	Dropped     droppedJSON    `json:"dropped"`
}

type droppedJSON struct {
	Unknown  int `json:"unknown"`
	Itself   int `json:"itself"`
	Repeated int `json:"repeated"`
}

func (r reading) json() *readingJSON {
	truth := r.result.Truth
	j := truth.Join
	out := &readingJSON{
		Join: joinJSON{
			Reads: j.Reads, Unreadable: j.Unreadable, WithoutReader: j.WithoutReader, WithoutArticle: j.WithoutArticle,
			Joined: j.Joined, AsNumber: j.AsNumber, Readers: truth.Readers,
		},
		Level: level, Meaning: meaning, Time: r.time(),
		Articles: len(truth.Articles), Readers: truth.ReadersWithPairs(), Pairs: truth.Pairs(),
		Differences: []differenceJSON{}, Languages: map[string]languageJSON{},
	}
	for _, d := range r.result.Differences {
		for m, name := range r.result.Metrics {
			v := d.Values[m]
			out.Differences = append(out.Differences, differenceJSON{d.Candidate, d.Baseline, name, v.Value, known(v.Low), known(v.High)})
		}
	}
	for s, slice := range r.result.Slices {
		l := languageJSON{
			Articles: slice.Articles, Readers: slice.Readers, Pairs: slice.Pairs,
			Metrics: map[string]map[string]float64{}, Intervals: map[string]map[string][2]*float64{}, WithoutList: map[string]int{},
		}
		for _, ranking := range r.rankings() {
			l.Metrics[ranking.Name], l.Intervals[ranking.Name] = r.named(ranking.Slices[s].Values)
			l.WithoutList[ranking.Name] = ranking.Slices[s].WithoutList
		}
		out.Languages[slice.Name] = l
	}
	return out
}

// named is values and their intervals by metric.
func (r reading) named(values []estimate.Result) (map[string]float64, map[string][2]*float64) {
	byName, intervals := map[string]float64{}, map[string][2]*float64{}
	for m, v := range values {
		name := r.result.Metrics[m]
		byName[name], intervals[name] = v.Value, interval(v)
	}
	return byName, intervals
}
