package ingest

import (
	"fmt"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/langdetect"
)

// LanguageOptions say what is known of the languages of a site. The zero value
// is the default.
type LanguageOptions struct {
	NoDetect bool                 // the text tells nothing
	Expected []data.Lang          // detection chooses among these alone; nil: among all that it knows
	Default  data.Lang            // of articles whose language nothing tells, be it data.Undetermined; "": the site's main language, see Decisions
	Aliases  map[string]data.Lang // what the site means by a code, in any spelling of case, "-" and "_", such as "tw" -> "zh-Hant"
}

// Languages settle which language an article is in. Nil is that of zero
// LanguageOptions.
type Languages struct {
	detector *langdetect.Detector // nil: the text tells nothing
	standard data.Lang
	aliases  map[string]data.Lang // by aliasKey
}

var allLanguages = &Languages{detector: &langdetect.Detector{}}

// NewLanguages makes Languages. It returns an error if one that is expected
// cannot be told by its text.
func NewLanguages(o LanguageOptions) (*Languages, error) {
	l := &Languages{standard: o.Default, aliases: map[string]data.Lang{}}
	for code, lang := range o.Aliases {
		l.aliases[aliasKey(code)] = lang
	}
	if o.NoDetect {
		return l, nil
	}
	var err error
	if l.detector, err = langdetect.New(o.Expected); err != nil {
		return nil, fmt.Errorf("ingest: %w", err)
	}
	return l, nil
}

func (l *Languages) orAll() *Languages {
	if l == nil {
		return allLanguages
	}
	return l
}

func aliasKey(code string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(code)), "_", "-")
}

// Alias is the language that the site means by a code, if it means one of its own.
func (l *Languages) Alias(code string) (data.Lang, bool) {
	lang, ok := l.orAll().aliases[aliasKey(code)]
	return lang, ok
}

// Parse is data.ParseLang, but for codes that are an alias.
func (l *Languages) Parse(code string) (data.Lang, error) {
	if lang, ok := l.Alias(code); ok {
		return lang, nil
	}
	return data.ParseLang(code)
}

// A claim is what kind of statement the language of a record is.
type claim int

const (
	firm       claim = iota // about this article, or none at all
	scriptless              // "zh", which leaves open in which characters
	general                 // about the whole site or its template, often by mistake
)

// claimOf is the kind of a statement about one article.
func (l *Languages) claimOf(code string) claim {
	if _, ok := l.Alias(code); ok {
		return firm
	}
	switch aliasKey(code) {
	case "zh", "zho", "chi", "cmn":
		return scriptless
	}
	return firm
}

// settle decides on the language of r: what was said, if the text does not
// rule it out, else what the text tells, else the default. It reports whether it
// went against what was said.
func (l *Languages) settle(r *Record) (overruled bool) {
	l = l.orAll()
	a := &r.Article
	if l.detector != nil {
		var told langdetect.Result
		switch {
		case a.Lang == "" || a.Lang == data.Undetermined:
			told = l.detector.Detect(a.Title, a.Summary, a.Body)
		case r.claim == scriptless:
			told = l.detector.Detect(a.Title, a.Summary, a.Body)
			if told.Lang.Base() != a.Lang.Base() {
				told = langdetect.Result{}
			}
		case r.claim == general:
			told, overruled = l.detector.Overrule(a.Lang, a.Title, a.Summary, a.Body)
			if !overruled {
				told = langdetect.Result{}
			}
		}
		if told.Confidence > 0 {
			a.Lang, a.LangConfidence = told.Lang, told.Confidence
		}
	}
	if a.Lang == "" || a.Lang == data.Undetermined {
		a.Lang = data.Undetermined
		if l.standard != "" {
			a.Lang = l.standard
		}
	}
	return overruled
}
