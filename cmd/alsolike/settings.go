package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/recommend/web/editor"
)

// note keeps what a key was set to, as it was written, for whoever looks at the settings.
func (c *config) note(name, value string) {
	if c.given == nil {
		c.given = map[string]string{}
	}
	c.given[name] = value
}

// noteNode is note for a value that is more than one word. It begins at the margin.
func (c *config) noteNode(name string, node ast.Node) {
	text := strings.TrimRight(node.String(), " \n")
	margin := text[:len(text)-len(strings.TrimLeft(text, " "))]
	c.note(name, strings.TrimPrefix(strings.ReplaceAll(text, "\n"+margin, "\n"), margin))
}

// settings are all keys of the configuration with what each is set to, in the order of
// their names. Passwords in addresses are left out.
func (c *config) settings() []editor.Setting {
	var all []editor.Setting
	known := map[string]bool{}
	for _, k := range configKeys {
		effect, standard := splitDoc(k.doc)
		all = append(all, editor.Setting{Name: k.name, Value: withoutPasswords(c.given[k.name]), Default: standard, Effect: effect})
		known[k.name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(c.given)) {
		if !known[name] {
			key := yamlKeys[slices.IndexFunc(yamlKeys, func(key string) bool { return name == key || strings.HasPrefix(name, key+".") })]
			all = append(all, editor.Setting{Name: name, Value: withoutPasswords(c.given[name]), Default: "none", Effect: yamlEffects[key]})
		}
	}
	slices.SortFunc(all, func(a, b editor.Setting) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// yamlEffects say what each of yamlKeys is for.
var yamlEffects = map[string]string{
	sourcesKey:    "what serve imports again and again",
	placementsKey: "what the lists of a place on the site's pages have in common",
	headingKey:    "the words over a list in that language",
	sectionsKey:   "after what time an article of that section is half old",
	denyKey:       "articles that never link to others",
	apartKey:      "pairs of articles that are no near-duplicates, whatever their texts",
}

// splitDoc parts a key's doc into what it is for and its default.
func splitDoc(doc string) (effect, standard string) {
	effect, standard, found := strings.Cut(doc, " (default ")
	if !found {
		effect, standard, _ = strings.Cut(doc, " (default: ")
	}
	return effect, strings.TrimSuffix(standard, ")")
}

var passwordInAddress = regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`)

func withoutPasswords(value string) string {
	return passwordInAddress.ReplaceAllString(value, "${1}…@")
}
