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

// ParseLang brings a language tag into canonical form, whether it is written
// as BCP 47 ("pt-BR"), with "_", as locales are ("de_DE.UTF-8"), or as one of
// the codes that are no tags but are often taken for one ("cn", "jp").
//
//   - Chinese always comes back with its script, "zh-Hans" or "zh-Hant", whether
//     the source named the script or a region that implies it ("zh-TW").
//   - Codes that were replaced or go by two names come back as one: "iw" is "he",
//     "in" is "id", "cmn" is Chinese, "arb" is "ar", "nb" (Bokmål) is "no".
//   - "mul", "mis" and "zxx" (several languages, no code, no language) are
//     Undetermined, as is an empty tag.
//
// One that is no language is an *InvalidError.
func ParseLang(s string) (Lang, error) {
	code := strings.TrimSpace(s)
	if code == "" {
		return Undetermined, nil
	}
	tag, err := language.Parse(toTag(code))
	if err != nil {
		return Undetermined, &InvalidError{"lang", "is " + Quote(s) + ", which is no language tag (such as en, zh-Hans or pt-BR)"}
	}
	primary, rest, _ := strings.Cut(tag.String(), "-")
	switch primary {
	case "zh", "cmn":
		script, _ := tag.Script()
		if script.String() != "Hant" {
			return "zh-Hans", nil // or Latin letters and the like, which nobody publishes in
		}
		return "zh-Hant", nil
	case "mul", "mis", "zxx":
		return Undetermined, nil
	}
	if same, ok := sameLanguage[primary]; ok {
		primary = same
	}
	if rest != "" {
		primary += "-" + rest
	}
	return Lang(primary), nil
}

// sameLanguage are codes of languages that are better known by another.
var sameLanguage = map[string]string{"nb": "no", "arb": "ar"}

// tagOf are codes of countries and the like that stand where a language should,
// and are no code of any language. Missing are those that are one, such as "kr"
// (Kanuri) and "tw" (Twi).
var tagOf = map[string]string{
	"cn": "zh", "hk": "zh-HK",
	"jp": "ja", "ua": "uk", "cz": "cs", "dk": "da", "gr": "el", "vn": "vi",
}

// toTag is the tag that a code means.
func toTag(code string) string {
	code, modifier, _ := strings.Cut(code, "@") // sr_RS.UTF-8@latin
	code, _, _ = strings.Cut(code, ".")
	code = strings.ReplaceAll(code, "_", "-")
	switch strings.ToLower(code) {
	case "zh-chs": // as Windows had them
		return "zh-Hans"
	case "zh-cht":
		return "zh-Hant"
	}
	primary, rest, found := strings.Cut(code, "-")
	if tag, ok := tagOf[strings.ToLower(primary)]; ok {
		primary = tag
	}
	if strings.EqualFold(modifier, "latin") {
		primary += "-Latn"
	}
	if found {
		primary += "-" + rest
	}
	return primary
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
