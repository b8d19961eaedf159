package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
)

// aliasesKey is a setting that may be written in YAML as keys and values.
const aliasesKey = "languages.aliases"

// languageKeys are the settings of languages.
var languageKeys = []configKey{
	{"languages.expected", "languages of the site, such as en,zh-Hans,zh-Hant; detection chooses among them (default all)", (*config).setExpected},
	{"languages.default", "language of articles of which nothing tells it, or und (default the site's main one)", func(c *config, v string) (err error) {
		if c.Languages.Default = data.Undetermined; v == string(data.Undetermined) {
			return nil
		}
		c.Languages.Default, err = parseLanguage(v)
		return err
	}},
	{"languages.detect", "tell the language by the text where no source names it (default true)", func(c *config, v string) error {
		detect, err := parseBool(v)
		c.Languages.NoDetect = !detect
		return err
	}},
	{aliasesKey, "what the site means by a code, such as tw=zh-Hant,kr=ko", (*config).addAliases},
}

func parseLanguage(v string) (data.Lang, error) {
	lang, err := data.ParseLang(v)
	if err != nil || lang == data.Undetermined {
		return "", errors.New("must be a language such as en or zh-Hant")
	}
	return lang, nil
}

func (c *config) setExpected(v string) error {
	c.Languages.Expected = nil
	for code := range strings.SplitSeq(v, ",") {
		lang, err := parseLanguage(code)
		if err != nil {
			return fmt.Errorf("must be languages such as en, zh-Hans; %q is none", strings.TrimSpace(code))
		}
		if _, err := ingest.NewLanguages(ingest.LanguageOptions{Expected: []data.Lang{lang}}); err != nil {
			return fmt.Errorf("names %s, which cannot be told by its text; leave it out, and let the articles name it", lang)
		}
		c.Languages.Expected = append(c.Languages.Expected, lang)
		if strings.EqualFold(strings.TrimSpace(code), "zh") { // Chinese, in whatever characters
			c.Languages.Expected = append(c.Languages.Expected, "zh-Hant")
		}
	}
	return nil
}

// addAliases reads code=language,code=language.
func (c *config) addAliases(v string) error {
	pairs, err := parseMap(v)
	if err != nil || len(pairs) == 0 {
		return errors.New("must be of the form code=language,code=language, or a list of keys and values")
	}
	for code, name := range pairs {
		lang, err := parseLanguage(name)
		if err != nil {
			return fmt.Errorf("says %s=%s; %s must be a language such as en or zh-Hant", code, name, name)
		}
		if c.Languages.Aliases == nil {
			c.Languages.Aliases = map[string]data.Lang{}
		}
		c.Languages.Aliases[code] = lang
	}
	return nil
}

// languageNode is the setting that a key of YAML stands for, and its value on one
// line; ok: it is one that holds keys and values.
func languageNode(name string, node ast.Node) (key, value string, ok bool) {
	if code, found := strings.CutPrefix(name, aliasesKey+"."); found {
		value, ok = scalar(node)
		return aliasesKey, code + "=" + value, ok
	}
	if name == aliasesKey {
		value = mappingText(node)
		return name, value, value != ""
	}
	return "", "", false
}

// readSourceLanguages reads lang of the sources, when all aliases are known.
func (c *config) readSourceLanguages() error {
	languages, err := c.languages()
	if err != nil {
		return err
	}
	for i := range c.Sources {
		s := &c.Sources[i]
		if s.lang == "" {
			continue
		}
		if s.Options.Lang, err = languages.Parse(s.lang); err != nil {
			return usagef("%s: lang is %q; it must be a language such as en or zh-Hant", s.langAt, s.lang)
		}
	}
	return nil
}

// languages settle the language of what is imported.
func (c *config) languages() (*ingest.Languages, error) { return ingest.NewLanguages(c.Languages) }

// languagesTold is "en 215 (3 taken for the site's main language), zh-Hans 180
// (12 detected), undetermined 3".
func languagesTold(c data.LangCounts) string {
	var parts []string
	for _, lang := range slices.SortedFunc(maps.Keys(c.All), func(a, b data.Lang) int { return cmp.Or(compareLast(a, b), cmp.Compare(a, b)) }) {
		name := string(lang)
		if isUndetermined(lang) {
			name = "undetermined"
		}
		var told []string
		for _, kind := range []struct {
			n    int
			what string
		}{{c.Detected[lang], "detected"}, {c.Assumed[lang], "taken for the site's main language"}} {
			switch {
			case kind.n == c.All[lang]:
				told = append(told, kind.what)
			case kind.n > 0:
				told = append(told, count(kind.n)+" "+kind.what)
			}
		}
		part := name + " " + count(c.All[lang])
		if told != nil {
			part += " (" + strings.Join(told, ", ") + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

func isUndetermined(lang data.Lang) bool { return lang == "" || lang == data.Undetermined }

// compareLast puts what is undetermined last.
func compareLast(a, b data.Lang) int {
	switch {
	case isUndetermined(a) == isUndetermined(b):
		return 0
	case isUndetermined(a):
		return 1
	}
	return -1
}

// undetermined says how many articles are in no known language, and what to do.
func undetermined(n int) string {
	return plural(n, "article") + ` in no known language, linked to such only; let the source name it, or see "alsolike help languages"`
}
