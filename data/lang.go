package data

import (
	"strings"

	"golang.org/x/text/language"
)

// A Lang is a BCP 47 language tag in canonical form, such as "en", "pt-BR" or
// "zh-Hant". The empty Lang and Undetermined both mean that nobody has said.
type Lang string

// Undetermined is the tag of text whose language is not known.
const Undetermined Lang = "und"

// ParseLang brings a language tag into canonical form. Chinese always comes
// back with its script, "zh-Hans" or "zh-Hant", whether the source named the
// script or a region that implies it ("zh-TW").
// An empty tag is Undetermined; one that is no language is an *InvalidError.
func ParseLang(s string) (Lang, error) {
	if strings.TrimSpace(s) == "" {
		return Undetermined, nil
	}
	tag, err := language.Parse(strings.TrimSpace(s))
	if err != nil {
		return Undetermined, &InvalidError{"lang", "is " + Quote(s) + ", which is no language tag (such as en, zh-Hans or pt-BR)"}
	}
	if base, _ := tag.Base(); base.String() == "zh" {
		script, _ := tag.Script()
		return Lang("zh-" + script.String()), nil
	}
	return Lang(tag.String()), nil
}

// Base is the primary language of l: "en" of "en-GB", and "zh" of both scripts of
// Chinese, which are two ways of writing one language. By default only articles
// of one base are linked.
func (l Lang) Base() Lang {
	if l == "" {
		return Undetermined
	}
	primary, _, _ := strings.Cut(string(l), "-")
	return Lang(primary)
}
