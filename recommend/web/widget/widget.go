// Package widget holds what stands on the pages of a site: the script that puts a
// list where its tag stands, the style sheet of lists, and the words over them. The
// same list in HTML is html.Fragment.
//
// # Decisions
//
// The script holds the style sheet and adopts it as a constructed one, so that a page
// whose content security policy forbids foreign styles needs no exception for it.
// It makes elements and never markup, which trusted types would refuse. What a page
// must allow is the script itself, and connections to the server that it came from.
//
// Colours are those of the text around the list, thinned where they should be soft.
// A list is dark where the page is, however the page comes to be, and never on a page
// that stays light.
//
// An empty card is as high as one with a picture and three lines, so that the list
// holds its place before it is there. Cards do not cut headlines off; one of four
// lines grows.
//
// Which words stand over a list goes by the language of the article, not of the page.
// The script has those of all languages, since it does not know the article before
// the list is there.
package widget

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"maps"
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"github.com/alsolike/alsolike/data"
)

// Style is the style sheet of lists.
//
//go:embed widget.css
var Style []byte

//go:embed widget.js
var script string

// Headings are the words over a list by its language.
type Headings map[data.Lang]string

var headings = Headings{
	"ar":      "قد يعجبك أيضًا",
	"da":      "Måske kan du også lide",
	"de":      "Das könnte Sie auch interessieren",
	"en":      "You might also like",
	"es":      "También te puede interesar",
	"fi":      "Saatat pitää myös näistä",
	"fr":      "Vous aimerez aussi",
	"he":      "אולי יעניין אותך גם",
	"id":      "Anda mungkin juga suka",
	"it":      "Potrebbe interessarti anche",
	"ja":      "あわせて読みたい",
	"ko":      "함께 보면 좋은 글",
	"nl":      "Misschien ook interessant",
	"no":      "Les også",
	"pl":      "Może Cię też zainteresować",
	"pt":      "Você também pode gostar",
	"ru":      "Читайте также",
	"sv":      "Du kanske också gillar",
	"tr":      "Bunlar da ilginizi çekebilir",
	"uk":      "Читайте також",
	"vi":      "Có thể bạn cũng thích",
	"zh-Hans": "你可能也喜欢",
	"zh-Hant": "你可能也喜歡",
}

// NewHeadings are the headings in the languages that we speak, with those of a site
// in their place or beside them.
func NewHeadings(own Headings) Headings {
	all := maps.Clone(headings)
	maps.Copy(all, own)
	return all
}

// In is the heading in lang, or in the nearest language that has one: "de" for
// "de-AT". Where there is none it is the English one, and spoken is "en"; else it is
// lang.
func (h Headings) In(lang data.Lang) (heading string, spoken data.Lang) {
	for known := string(lang); known != ""; {
		if heading, ok := h[data.Lang(known)]; ok {
			return heading, lang
		}
		known = known[:max(0, strings.LastIndexByte(known, '-'))]
	}
	return h["en"], "en"
}

// Direction is that in which lang is written: "ltr" or "rtl".
func Direction(lang data.Lang) string {
	script, _ := language.Make(string(lang)).Script()
	switch script.String() {
	case "Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa":
		return "rtl"
	}
	return "ltr"
}

// Script is the script with the headings of h in it, for a server that takes events
// or does not.
func Script(h Headings, events bool) []byte {
	var b strings.Builder
	for line := range strings.Lines(script) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return []byte(strings.NewReplacer(`"$CSS"`, literal(compactStyle()), `"$HEADINGS"`, literal(h), `"$EVENTS"`, literal(events)).Replace(b.String()))
}

// literal is v in JavaScript.
func literal(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // cannot be: v is plain
	}
	return strings.TrimSpace(b.String())
}

// compactStyle is the style sheet without what only its readers need.
func compactStyle() string {
	s := regexp.MustCompile(`(?s)/\*.*?\*/|\n`).ReplaceAllString(string(Style), "")
	return strings.NewReplacer(" { ", "{", "; }", "}", " }", "}", ": ", ":", "; ", ";", ", ", ",").Replace(s)
}
