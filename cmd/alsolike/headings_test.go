package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/recommend/web/widget"
)

func TestHeadings(t *testing.T) {
	s := newShell(t)
	load := func(yaml string, environ ...string) widget.Headings {
		t.Helper()
		e := &env{configFile: s.file("alsolike.yaml", yaml), environ: environ}
		conf, err := e.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		return conf.Headings
	}
	check := func(name string, got, want widget.Headings) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +\n%s", name, diff)
		}
	}
	check("none", load("lsa.rank: 3\n"), nil)
	check("nested", load("heading:\n  en: More like this, and that\n  de_AT: 'Mehr: \"davon\"'\n  nb: Mer\n"),
		widget.Headings{"en": "More like this, and that", "de-AT": `Mehr: "davon"`, "no": "Mer"})
	check("dotted", load("heading.fr: À lire aussi\nheading.en: 2026\n"), widget.Headings{"fr": "À lire aussi", "en": "2026"})
	check("Chinese in both scripts", load("heading: {zh-Hant: 相關, zh: 相关}\n"), widget.Headings{"zh-Hans": "相关", "zh-Hant": "相關"})
	check("Chinese in one", load("heading: {zh: 相关}\n"), widget.Headings{"zh-Hans": "相关", "zh-Hant": "相关"})
	check("environment over file", load("heading: {en: a, fr: b}\n", `ALSOLIKE_HEADING={"en": "More, please"}`), widget.Headings{"en": "More, please", "fr": "b"})

	s.ok("import", s.sampleFile())
	fails := func(name, yaml string, parts ...string) {
		t.Helper()
		path := s.file("alsolike.yaml", yaml)
		s.fails(2, append(parts, path), "status", "--config", path)
	}
	fails("no keys", "heading: More\n", ":1:", "heading holds languages and words", "en: More like this")
	fails("no language", "heading:\n  klingonish: More\n", ":2:", "heading.klingonish is for no language")
	fails("undetermined", "heading:\n  und: More\n", ":2:", "heading.und is for no language")
	fails("empty", "heading:\n  en: ''\n", ":2:", "heading.en must be the words over a list")
	fails("two lines", "heading:\n  en: \"a\\nb\"\n", ":2:", "on one line")
	fails("a list", "heading:\n  en: [a, b]\n", ":2:", "heading.en must be the words")
	fails("misspelt", "headings:\n  en: More\n", "did you mean heading?")
	s.environ = []string{`ALSOLIKE_HEADINGS={}`}
	s.fails(2, []string{"did you mean ALSOLIKE_HEADING?"}, "status")
}
