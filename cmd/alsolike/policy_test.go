package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

func TestPolicy(t *testing.T) {
	s := newShell(t)
	path := s.file("alsolike.yaml", "list:\n  max_age: 52w\n  only_older: true\ndeny:\n  light:\n    from_section: Deaths\n    from_tag: [war, \"fire, flood\"]\n    to_type: quiz\n")
	conf, err := (&env{configFile: path, environ: nil}).loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	want := recommend.Policy{MaxAge: 364 * 24 * time.Hour, OnlyOlder: true, Deny: []recommend.Denial{{
		From: recommend.Kind{Sections: []string{"Deaths"}, Tags: []string{"war", "fire, flood"}}, To: recommend.Kind{Types: []string{"quiz"}},
	}}}
	if diff := cmp.Diff(want, conf.Policy); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
	conf, err = (&env{configFile: path, environ: []string{`ALSOLIKE_DENY={"x": {"from_tag": "a", "to_tag": "b"}}`}}).loadConfig()
	if err != nil || len(conf.Policy.Deny) != 1 || conf.Policy.Deny[0].From.Tags[0] != "a" {
		t.Errorf("the environment says %+v: %v", conf.Policy.Deny, err)
	}
	conf, err = (&env{configFile: s.file("alsolike.yaml", "stories:\n  apart:\n    - [a/1, \"b, c\"]\n    - [d, 5]\n")}).loadConfig()
	if want := [][2]data.ArticleID{{"a/1", "b, c"}, {"d", "5"}}; err != nil || !cmp.Equal(conf.Ranking.Apart, want) {
		t.Errorf("got %v apart, want %v: %v", conf.Ranking.Apart, want, err)
	}
	for yaml, parts := range map[string][]string{
		"list.max_age: 0.5d\n":                   {":1:", "list.max_age", "90d"},
		"list.max_age: 10000d\n":                 {"from 1 to 9999"},
		"list.only_older: maybe\n":               {"true or false"},
		"stories.apart: a\n":                     {":1:", "a list of pairs of ids", "budget-2025"},
		"stories:\n  apart: [[a, a]]\n":          {":2:", "pairs of different ids"},
		"stories:\n  apart: [[a, b, c]]\n":       {"pairs of different ids"},
		"deny: [a]\n":                            {":1:", "denials by name", "light-under-deaths"},
		"deny:\n  x:\n    from_sections: a\n":    {":3:", "from_sections", "did you mean from_section?"},
		"deny:\n  x:\n    from_section: a\n":     {":2:", "deny.x", "to_section, to_tag, to_type"},
		"deny:\n  x:\n    to_type: a\n":          {":2:", "deny.x", "from_section, from_tag, from_type"},
		"deny:\n  x:\n    from_section: [a, ]\n": {":2:", "to_section"},
		"deny:\n  x:\n    from_tag: {a: b}\n":    {":3:", "deny.x.from_tag", "a name or a list of names"},
	} {
		path := s.file("alsolike.yaml", yaml)
		s.fails(2, append(parts, path), "status", "--config", path)
	}
}
