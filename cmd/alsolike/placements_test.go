package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

func TestPlacements(t *testing.T) {
	s := newShell(t)
	load := func(yaml string, environ ...string) map[string]recommend.Placement {
		t.Helper()
		e := &env{configFile: s.file("alsolike.yaml", yaml), environ: environ}
		conf, err := e.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		return conf.Placements
	}
	check := func(name string, got map[string]recommend.Placement, want map[string]recommend.Placement) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +\n%s", name, diff)
		}
	}
	check("none", load("lsa.rank: 3\n"), nil)
	check("nested", load("placements:\n  sidebar:\n    languages: any\n  foot_er-2:\n    languages: [own, en, zh_TW]\n  plain:\n"),
		map[string]recommend.Placement{"sidebar": {Languages: "any"}, "foot_er-2": {Languages: "own,en,zh-Hant"}, "plain": {}})
	check("flow", load("placements: {sidebar: {languages: [no, sv]}}\n"), map[string]recommend.Placement{"sidebar": {Languages: "no,sv"}})
	check("dotted", load("placements.sidebar.languages: en,fr\nplacements.top: {languages: own}\n"),
		map[string]recommend.Placement{"sidebar": {Languages: "en,fr"}, "top": {Languages: "own"}})
	check("everything", load("placements:\n  side:\n    count: 3\n    section: News\n    not_section: [\"Sports, live\", Ads]\n    tag: [rent]\n"+
		"    not_tag: draft\n    since: 90d\n    threshold: 40\n    fallback: latest\n"),
		map[string]recommend.Placement{"side": {
			Count: 3, Since: "90d", Threshold: new(40), Fallback: "latest",
			Filter: recommend.Filter{Sections: []string{"News"}, NotSections: []string{"Sports, live", "Ads"}, Tags: []string{"rent"}, NotTags: []string{"draft"}},
		}})
	check("environment over file", load("placements: {sidebar: {languages: any}, top: {languages: any}}\n",
		`ALSOLIKE_PLACEMENTS={"sidebar": {"languages": ["en", "zh"]}}`),
		map[string]recommend.Placement{"sidebar": {Languages: "en,zh"}, "top": {Languages: "any"}})
}

func TestPlacementsConfiguration(t *testing.T) {
	s := newShell(t)
	s.ok("import", s.sampleFile())
	check := func(name, yaml string, parts ...string) {
		t.Helper()
		path := s.file("alsolike.yaml", yaml)
		s.fails(2, append(parts, path), "status", "--config", path)
	}
	check("no keys", "placements: sidebar\n", ":1:", "placements holds other keys", "languages: [en, zh-Hant]")
	check("a list", "placements:\n  - sidebar\n", ":1:", "placements holds other keys")
	check("no keys of one", "placements:\n  sidebar: any\n", ":2:", "placements.sidebar holds other keys")
	check("misspelt", "placements:\n  sidebar:\n    language: any\n", ":3:", "no key language", "did you mean languages?")
	check("of a later version", "placements:\n  sidebar:\n    heading: x\n", ":3:", "no key heading")
	check("no language", "placements:\n  sidebar:\n    languages: [en, klingonish]\n", ":3:", "placements.sidebar.languages is", "klingonish", "own, any")
	check("any among others", "placements:\n  sidebar:\n    languages: [any, en]\n", ":3:", "any stands alone")
	check("no languages", "placements:\n  sidebar:\n    languages: []\n", ":3:", "placements.sidebar.languages")
	check("keys as languages", "placements:\n  sidebar:\n    languages: {en: 1}\n", ":3:", "single value or a list")
	check("count", "placements:\n  sidebar:\n    count: 51\n", ":3:", "placements.sidebar.count must be a whole number from 1 to 50")
	check("counts", "placements:\n  sidebar:\n    count: [1, 2]\n", ":3:", "placements.sidebar.count must be a single value")
	check("threshold", "placements:\n  sidebar:\n    threshold: high\n", ":3:", "from 0 to 100")
	check("since", "placements:\n  sidebar:\n    since: soon\n", ":3:", "placements.sidebar.since is", "90d")
	check("fallback", "placements:\n  sidebar:\n    fallback: newest\n", ":3:", "placements.sidebar.fallback is", "latest")
	check("no name", "placements:\n  sidebar:\n    tag: [a, \"\"]\n", ":3:", "placements.sidebar.tag holds an empty name")
	check("name", "placements:\n  side bar:\n    languages: any\n", ":2:", "side bar", "letters, digits")
	check("misspelt section", "placement:\n  sidebar:\n    languages: any\n", "did you mean placements?")

	s.environ = []string{`ALSOLIKE_PLACEMENTS={"sidebar":{"languages":"all of them"}}`}
	s.fails(2, []string{"ALSOLIKE_PLACEMENTS:1", "all of them"}, "status")
	s.environ = []string{`ALSOLIKE_PLACEMENT={}`}
	s.fails(2, []string{"did you mean ALSOLIKE_PLACEMENTS?"}, "status")
}

// A reader is led to other languages where the request or the placement says so.
func TestRelatedLanguages(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	settings := "placements: {sidebar: {languages: [zh-Hant, own]}, top: {languages: own}}\n"
	if err := os.WriteFile(filepath.Join(s.data, configFile), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	type card struct {
		Lang data.Lang `json:"lang"`
	}
	type list struct {
		Items []struct {
			ID     data.ArticleID `json:"id"`
			Source string         `json:"source"`
			Card   card           `json:"card"`
		} `json:"items"`
	}
	langs := func(args ...string) (own, other []data.Lang) {
		t.Helper()
		var got list
		s.decode(&got, append([]string{"related", "en/harbour-cranes", "--limit", "50", "--json"}, args...)...)
		for _, item := range got.Items {
			switch {
			case item.Card.Lang == "en" && item.Source == "algorithm" && len(other) == 0:
				own = append(own, item.Card.Lang)
			case item.Card.Lang != "en" && item.Source == "fallback:language":
				other = append(other, item.Card.Lang)
			default:
				t.Errorf("%v: %s (%s) by %s after %d in other languages", args, item.ID, item.Card.Lang, item.Source, len(other))
			}
		}
		return own, other
	}
	only := func(langs []data.Lang, want data.Lang) bool {
		return len(langs) > 0 && !slices.ContainsFunc(langs, func(l data.Lang) bool { return l != want })
	}
	own, other := langs()
	if len(own) == 0 || len(other) > 0 {
		t.Errorf("by default: %d and %d in other languages", len(own), len(other))
	}
	if _, other = langs("--placement", "top"); len(other) > 0 {
		t.Errorf("by a placement of the own language: %v", other)
	}
	if own, other = langs("--lang", "zh"); len(own) > 0 || len(other) == 0 {
		t.Errorf("in Chinese: %d in English and %v", len(own), other)
	}
	if own, other = langs("--placement", "sidebar", "--lang", "zh-Hans"); len(own) > 0 || !only(other[:5], "zh-Hans") {
		t.Errorf("--lang beside a placement: %d in English and %v", len(own), other)
	}
	if own, other = langs("--placement", "sidebar"); len(own) == 0 || len(other) > 0 && !slices.Contains(other, "zh-Hant") {
		t.Errorf("by a placement: %d in English and %v", len(own), other)
	}
	if got := s.ok("related", "en/harbour-cranes", "--lang", "zh"); !strings.Contains(got, "LANG") || !strings.Contains(got, "zh-Hans") {
		t.Errorf("the table does not tell of the language:\n%s", got)
	}
	if got := s.ok("related", "en/harbour-cranes"); strings.Contains(got, "LANG") {
		t.Errorf("the table tells of the article's own language:\n%s", got)
	}
	s.fails(2, []string{"--lang is", "klingonish", "own, any"}, "related", "en/harbour-cranes", "--lang", "klingonish")
	s.fails(2, []string{"--placement is", "did you mean sidebar?"}, "related", "en/harbour-cranes", "--placement", "sidebr")
	s.fails(2, []string{"--placement is", "there are sidebar, top"}, "related", "en/harbour-cranes", "--placement", "newsletter")
}
