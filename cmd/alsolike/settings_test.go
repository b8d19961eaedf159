package main

import (
	"slices"
	"testing"

	"github.com/alsolike/alsolike/recommend/web/editor"
)

// The settings that editors see are those that hold, with what each is for, and no
// password.
func TestSettings(t *testing.T) {
	s := newShell(t)
	s.environ = []string{"ALSOLIKE_LIST_THRESHOLD=40"}
	path := s.file("alsolike.yaml", `list:
  threshold: 30
  variety: 0.2
placements:
  front: {count: 3}
heading:
  en: Read on
sources:
  - name: wire
    source: https://me:secret@example.org/feed.xml
    every: 15m
`)
	e := &env{configFile: path, environ: s.environ, dataDir: s.data}
	conf, err := e.loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	all := conf.settings()
	if !slices.IsSortedFunc(all, func(a, b editor.Setting) int { return slices.Compare([]byte(a.Name), []byte(b.Name)) }) {
		t.Error("the settings are not in order")
	}
	got := map[string]editor.Setting{}
	for _, one := range all {
		got[one.Name] = one
		if one.Effect == "" {
			t.Errorf("%s has no effect", one.Name)
		}
	}
	for _, want := range []editor.Setting{
		{Name: "list.threshold", Value: "40", Default: "0", Effect: "lowest score, 0 to 100, that a link may have"},
		{Name: "list.variety", Value: "0.2", Default: "0.1", Effect: "how much a link loses that is like one above it, from 0, nothing, to 1"},
		{Name: "lsa.rank", Default: "min(256, articles/8)", Effect: "dimensions of the vectors"},
		{Name: "placements", Value: "front: {count: 3}", Default: "none", Effect: yamlEffects[placementsKey]},
		{Name: "heading", Value: "en: Read on", Default: "none", Effect: yamlEffects[headingKey]},
		{Name: "sources", Value: "- name: wire\n  source: https://me:…@example.org/feed.xml\n  every: 15m", Default: "none", Effect: yamlEffects[sourcesKey]},
	} {
		if got[want.Name] != want {
			t.Errorf("got %+v, want %+v", got[want.Name], want)
		}
	}
	for _, key := range yamlKeys {
		if yamlEffects[key] == "" {
			t.Errorf("nothing says what %s is for", key)
		}
	}
}

// The editors' pages can say in Chinese what every setting is for.
func TestSettingsInChinese(t *testing.T) {
	all := (&config{}).settings()
	for _, key := range yamlKeys {
		all = append(all, editor.Setting{Name: key, Default: "none", Effect: yamlEffects[key]})
	}
	if err := editor.CheckSettings(all); err != nil {
		t.Errorf("see words_effects.go there:\n%v", err)
	}
}
