package data

// AssumedConfidence is the LangConfidence of an article whose language nothing
// tells, and which is taken to be in the main one of its site. What a text tells
// is always surer than that.
const AssumedConfidence = 0.01

// LangCounts count articles by their language.
type LangCounts struct {
	All      map[Lang]int
	Detected map[Lang]int // of All: told by the text
	Assumed  map[Lang]int // of All: taken for the site's main language
}

// NewLangCounts returns counts of no articles.
func NewLangCounts() LangCounts {
	return LangCounts{All: map[Lang]int{}, Detected: map[Lang]int{}, Assumed: map[Lang]int{}}
}

// Add counts n articles more, or fewer, of that Lang and LangConfidence.
func (c LangCounts) Add(lang Lang, confidence float64, n int) {
	add := func(counts map[Lang]int) {
		if counts[lang] += n; counts[lang] == 0 {
			delete(counts, lang)
		}
	}
	add(c.All)
	switch {
	case confidence == AssumedConfidence:
		add(c.Assumed)
	case confidence > 0:
		add(c.Detected)
	}
}
