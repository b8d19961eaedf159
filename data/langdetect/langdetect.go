package langdetect

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/RadhiFadlillah/whatlanggo"

	"github.com/alsolike/alsolike/data"
)

// A Result is a language and how sure it is, from 0 to 1. The language is
// data.Undetermined, with a Confidence of 0, where there is too little text or
// too much doubt.
type Result struct {
	Lang       data.Lang
	Confidence float64
}

// A Detector tells languages. Its methods may be called by any number of
// goroutines at once. The zero value knows all languages; see New.
type Detector struct {
	expected  map[data.Lang]data.Lang  // base, or script of Chinese -> the tag that was asked for; nil: all languages
	whitelist map[whatlanggo.Lang]bool // those of expected that the library has a profile of; nil: all
}

// New makes a detector that chooses among the languages of expected, and of none
// among all that it knows. It gives them back as they are spelled there: "pt-BR"
// where that is the one expected. It returns an error for a language that it
// cannot tell.
func New(expected []data.Lang) (*Detector, error) {
	if len(expected) == 0 {
		return &Detector{}, nil
	}
	d := &Detector{expected: map[data.Lang]data.Lang{}, whitelist: map[whatlanggo.Lang]bool{}}
	for _, lang := range expected {
		profiles := profilesOf(lang.Base())
		if len(profiles) == 0 && !slices.Contains(ofScript[:], lang.Base()) {
			return nil, fmt.Errorf("langdetect: %s cannot be told by its text", lang)
		}
		for _, profile := range profiles {
			d.whitelist[profile] = true
		}
		key := lang
		if lang.Base() != "zh" {
			key = lang.Base()
		}
		if _, twice := d.expected[key]; !twice {
			d.expected[key] = lang
		}
	}
	return d, nil
}

// MinConfidence is the least that a language needs: more likely right than not.
const MinConfidence = 0.5

// Detect tells the language that most of the texts is written in: of an article,
// its title, summary and body, plain or HTML. It looks at their beginning only
// (see Decisions).
func (d *Detector) Detect(texts ...string) Result {
	s := newSample(texts)
	return d.detect(&s)
}

// Overrule tells the language of texts that lang cannot be the language of, since
// nearly all of their letters are of a script that it is never written in: Han
// characters are no English. If it can be, or if nothing better is found, ok is
// false.
func (d *Detector) Overrule(lang data.Lang, texts ...string) (r Result, ok bool) {
	const nearlyAll, enough = 0.9, 50 // of the letters; letters
	s := newSample(texts)
	script, share := s.script()
	own := scriptsOf(lang)
	if script == none || share < nearlyAll || s.counts[script]*weight(script) < enough || len(own) == 0 {
		return Result{}, false
	}
	if slices.Contains(own, script) && !(lang.Base() == "zh" && script == han) {
		return Result{}, false
	}
	r = d.detect(&s)
	ok = r.Lang != data.Undetermined && r.Lang != lang
	if r.Lang.Base() == lang.Base() { // the other script of Chinese
		ok = ok && r.Confidence >= nearlyAll
	}
	return r, ok
}

// Letters are what most of a text is written in.
type Letters struct {
	script int
	lean   int // of Chinese: above 0 if more characters are only simplified than only traditional, below 0 if fewer
}

// LettersOf looks at the beginning of texts, as Detect does.
func LettersOf(texts ...string) Letters {
	s := newSample(texts)
	script, _ := s.script()
	l := Letters{script: script}
	if script == han {
		simplified, traditional := countScripts(s.letters(han))
		l.lean = cmp.Compare(simplified, traditional)
	}
	return l
}

// Fit reports whether lang is usually written in such letters, Chinese in such
// characters. No language fits a text without letters, or in a script that nobody
// here knows.
func (l Letters) Fit(lang data.Lang) bool {
	switch {
	case !slices.Contains(usualScripts(lang), l.script):
		return false
	case lang == "zh-Hans":
		return l.lean >= 0
	case lang == "zh-Hant":
		return l.lean <= 0
	}
	return true
}

func (d *Detector) detect(s *sample) Result {
	r := d.guess(s)
	r.Confidence = math.Round(r.Confidence*100) / 100
	if r.Lang == "" || r.Confidence < MinConfidence {
		return Result{Lang: data.Undetermined}
	}
	return r
}

// guess is the likeliest language, however unlikely.
func (d *Detector) guess(s *sample) Result {
	script, share := s.script()
	if script == none {
		return Result{}
	}
	letters := float64(s.counts[script] * weight(script))
	if lang := ofScript[script]; lang != "" {
		return d.among(lang, share*letters/(letters+3))
	}
	confidence := share * letters / (letters + 12) // so many letters are worth a half
	if script == han {
		return d.chinese(s, confidence)
	}
	return d.byWords(s, script, confidence)
}

// among is lang as it is expected, or nothing where others are.
func (d *Detector) among(lang data.Lang, confidence float64) Result {
	if d.expected != nil {
		lang = d.expected[lang]
	}
	if lang == "" {
		return Result{}
	}
	return Result{lang, confidence}
}

// chinese tells the script of Chinese from the characters that only one of them has.
func (d *Detector) chinese(s *sample, confidence float64) Result {
	if d.expected != nil {
		hans, hant := d.expected["zh-Hans"], d.expected["zh-Hant"]
		if hans == "" || hant == "" {
			return Result{hans + hant, confidence}
		}
	}
	simplified, traditional := countScripts(s.letters(han))
	lang, most := data.Lang("zh-Hans"), simplified
	if traditional > simplified {
		lang, most = "zh-Hant", traditional
	}
	// One sign of each besides, so that texts without any are of either, by a chance of a half.
	return Result{lang, confidence * float64(most+1) / float64(simplified+traditional+2)}
}

// byWords tells apart the languages of one script.
func (d *Detector) byWords(s *sample, script int, confidence float64) Result {
	if d.expected != nil && len(d.whitelist) == 0 {
		return Result{}
	}
	info := whatlanggo.DetectWithOptions(s.letters(script), whatlanggo.Options{Whitelist: d.whitelist})
	lang, err := data.ParseLang(info.Lang.Iso6393())
	if err != nil || lang == data.Undetermined {
		return Result{}
	}
	return d.among(lang, confidence*info.Confidence)
}

// profilesOf are the profiles of the library for a language: of Norwegian, the
// one of Bokmål.
func profilesOf(base data.Lang) []whatlanggo.Lang {
	var found []whatlanggo.Lang
	for profile := whatlanggo.Afr; profile <= whatlanggo.Zul; profile++ {
		if lang, err := data.ParseLang(profile.Iso6393()); err == nil && lang.Base() == base {
			found = append(found, profile)
		}
	}
	return found
}
