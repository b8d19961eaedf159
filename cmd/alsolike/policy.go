package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// policyKeys are the settings of what the algorithm does not link.
var policyKeys = []configKey{
	{"list.max_age", "nothing published longer ago is linked, such as 400d or 52w, unless it is evergreen (default off)", func(c *config, v string) (err error) {
		c.Policy.MaxAge, err = parseAgeOrOff(v)
		return err
	}},
	{"list.only_older", "an article links to none that was published after it: true or false (default false)", func(c *config, v string) (err error) {
		c.Policy.OnlyOlder, err = parseBool(v)
		return err
	}},
}

// parseAgeOrOff reads hours, days or weeks.
func parseAgeOrOff(v string) (time.Duration, error) {
	if isOff(v) {
		return 0, nil
	}
	units := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	number := strings.TrimRight(v, "hdw")
	n, err := strconv.Atoi(number)
	unit, known := units[v[len(number):]]
	if err != nil || !known || n < 1 || n > 9999 {
		return 0, errors.New("must be off, or hours, days or weeks as 12h, 90d or 4w, from 1 to 9999")
	}
	return time.Duration(n) * unit, nil
}

// denyKey is the setting of which articles do not link to which; see readDenials.
const denyKey = "deny"

const denyExample = "such as\ndeny:\n  light-under-deaths:\n    from_section: Deaths\n    to_type: [quiz, humour]"

// denialKeys are the keys of a denial.
var denialKeys = map[string]func(*recommend.Denial) *[]string{
	"from_section": func(d *recommend.Denial) *[]string { return &d.From.Sections },
	"from_tag":     func(d *recommend.Denial) *[]string { return &d.From.Tags },
	"from_type":    func(d *recommend.Denial) *[]string { return &d.From.Types },
	"to_section":   func(d *recommend.Denial) *[]string { return &d.To.Sections },
	"to_tag":       func(d *recommend.Denial) *[]string { return &d.To.Tags },
	"to_type":      func(d *recommend.Denial) *[]string { return &d.To.Types },
}

// readDenials sets which articles do not link to which, each denial under a name:
// from those of any of its sections, tags and types to those of any of the others.
func (c *config) readDenials(path, at string, node ast.Node) error {
	if _, empty := node.(*ast.NullNode); empty {
		return nil
	}
	denials := mappingValues(node)
	if denials == nil {
		return usagef("%s: %s holds denials by name, %s", at, denyKey, denyExample)
	}
	c.Policy.Deny = nil
	for _, named := range denials {
		name := named.Key.GetToken().Value
		at := fmt.Sprintf("%s:%d", path, named.Key.GetToken().Position.Line)
		var d recommend.Denial
		for _, v := range mappingValues(named.Value) {
			key := v.Key.GetToken().Value
			at := fmt.Sprintf("%s:%d", path, v.Key.GetToken().Position.Line)
			field, known := denialKeys[key]
			if !known {
				return usagef("%s: a denial has no key %s%s", at, key, didYouMean(key, slices.Sorted(maps.Keys(denialKeys))))
			}
			values := listValues(v.Value)
			if value, ok := scalar(v.Value); ok {
				values = []string{value}
			}
			if len(values) == 0 || slices.Contains(values, "") {
				return usagef("%s: %s.%s.%s must be a name or a list of names, %s", at, denyKey, name, key, denyExample)
			}
			*field(&d) = values
		}
		if d.From.Empty() || d.To.Empty() {
			return usagef("%s: %s.%s names no articles %s; it needs keys of both kinds, %s", at, denyKey, name, missingSide(&d), denyExample)
		}
		c.Policy.Deny = append(c.Policy.Deny, d)
	}
	return nil
}

func missingSide(d *recommend.Denial) string {
	if d.From.Empty() {
		return "that do not link (from_section, from_tag, from_type)"
	}
	return "that are not linked (to_section, to_tag, to_type)"
}

// apartKey is the setting of which articles are no near-duplicates, whatever their
// texts say.
const apartKey = "stories.apart"

const apartExample = "such as\nstories:\n  apart:\n    - [budget-2025, budget-2026]"

// readApart sets the pairs of articles that are not of one story.
func (c *config) readApart(at string, node ast.Node) error {
	c.Ranking.Apart = nil
	if _, empty := node.(*ast.NullNode); empty {
		return nil
	}
	pairs, ok := node.(*ast.SequenceNode)
	if !ok {
		return usagef("%s: %s is a list of pairs of ids, %s", at, apartKey, apartExample)
	}
	for _, pair := range pairs.Values {
		ids := listValues(pair)
		if len(ids) != 2 || ids[0] == "" || ids[1] == "" || ids[0] == ids[1] {
			return usagef("%s: %s is a list of pairs of different ids, %s", at, apartKey, apartExample)
		}
		c.Ranking.Apart = append(c.Ranking.Apart, [2]data.ArticleID{data.ArticleID(ids[0]), data.ArticleID(ids[1])})
	}
	return nil
}
