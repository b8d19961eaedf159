package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web"
)

// placementsKey is the setting that names the places of links on the site's
// pages; see readPlacements.
const placementsKey = "placements"

const placementsExample = "such as\nplacements:\n  sidebar:\n    languages: [en, zh-Hant]"

var placementName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// A placementKey is one setting of a placement: its name in the file, and how
// its value is read.
type placementKey struct {
	name string
	set  func(*recommend.Placement, []string) error // one value or several
}

var placementKeys = []placementKey{
	{"count", one(func(p *recommend.Placement, v string) (err error) {
		p.Count, err = parseWithin(v, 1, web.MaxLimit)
		return err
	})},
	{"languages", func(p *recommend.Placement, values []string) (err error) {
		p.Languages, err = recommend.ParseLanguages(strings.Join(values, ","))
		return err
	}},
	{"section", nameList(func(p *recommend.Placement) *[]string { return &p.Filter.Sections })},
	{"not_section", nameList(func(p *recommend.Placement) *[]string { return &p.Filter.NotSections })},
	{"tag", nameList(func(p *recommend.Placement) *[]string { return &p.Filter.Tags })},
	{"not_tag", nameList(func(p *recommend.Placement) *[]string { return &p.Filter.NotTags })},
	{"since", one(func(p *recommend.Placement, v string) (err error) {
		p.Since, err = recommend.ParseSince(v)
		return err
	})},
	{"threshold", one(func(p *recommend.Placement, v string) error {
		n, err := parseWithin(v, 0, 100)
		p.Threshold = &n
		return err
	})},
	{"fallback", one(func(p *recommend.Placement, v string) (err error) {
		p.Fallback, err = recommend.ParseFallback(v)
		return err
	})},
}

// one sets what has a single value.
func one(set func(*recommend.Placement, string) error) func(*recommend.Placement, []string) error {
	return func(p *recommend.Placement, values []string) error {
		if len(values) != 1 {
			return errors.New("must be a single value")
		}
		return set(p, values[0])
	}
}

// nameList sets a list of names, which stay as they are: they may hold commas.
func nameList(of func(*recommend.Placement) *[]string) func(*recommend.Placement, []string) error {
	return func(p *recommend.Placement, values []string) error {
		if slices.Contains(values, "") {
			return errors.New("holds an empty name")
		}
		*of(p) = values
		return nil
	}
}

// parseWithin reads a whole number from least to most.
func parseWithin(v string, least, most int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("must be a whole number from %d to %d", least, most)
	}
	return n, nil
}

// readPlacements sets what the node says of the key name: placements as a whole,
// one of them as placements.NAME, or one setting as placements.NAME.KEY. at says
// where it comes from.
func (c *config) readPlacements(path, at, name string, node ast.Node) error {
	placement, key, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, placementsKey), "."), ".")
	if key != "" {
		values := listValues(node)
		if value, ok := scalar(node); ok {
			values = []string{value}
		}
		if len(values) == 0 {
			return usagef("%s: %s must be a single value or a list of them, %s", at, name, placementsExample)
		}
		return c.setPlacement(at, placement, key, values)
	}
	if placement != "" && !placementName.MatchString(placement) {
		return usagef("%s: %s is no name of a placement; use letters, digits, - and _", at, data.Quote(placement))
	}
	if _, empty := node.(*ast.NullNode); empty {
		if placement != "" {
			c.placement(placement)
		}
		return nil
	}
	values := mappingValues(node)
	if values == nil {
		return usagef("%s: %s holds other keys, %s", at, name, placementsExample)
	}
	if placement != "" {
		c.placement(placement)
	}
	for _, v := range values {
		at := fmt.Sprintf("%s:%d", path, v.Key.GetToken().Position.Line)
		if err := c.readPlacements(path, at, name+"."+v.Key.GetToken().Value, v.Value); err != nil {
			return err
		}
	}
	return nil
}

// placement is the placement of that name, made if there was none.
func (c *config) placement(name string) recommend.Placement {
	if c.Placements == nil {
		c.Placements = map[string]recommend.Placement{}
	}
	p := c.Placements[name]
	c.Placements[name] = p
	return p
}

func (c *config) setPlacement(at, placement, key string, values []string) error {
	if !placementName.MatchString(placement) {
		return usagef("%s: %s is no name of a placement; use letters, digits, - and _", at, data.Quote(placement))
	}
	var names []string
	for _, k := range placementKeys {
		if k.name == key {
			p := c.placement(placement)
			err := k.set(&p, values)
			if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
				err = errors.New(invalid.Reason)
			}
			if err != nil {
				return usagef("%s: %s.%s.%s %v", at, placementsKey, placement, key, err)
			}
			c.Placements[placement] = p
			return nil
		}
		names = append(names, k.name)
	}
	return usagef("%s: a placement has no key %s%s", at, key, didYouMean(key, names))
}

// mappingValues are the keys and values of a node; nil if it holds none.
func mappingValues(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// listText is a list of single values as value,value; "" if n is none.
func listText(n ast.Node) string { return strings.Join(listValues(n), ",") }

// listValues is a list of single values; nil if n is none.
func listValues(n ast.Node) []string {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil
	}
	var values []string
	for _, v := range list.Values {
		value, ok := scalar(v)
		if !ok {
			return nil
		}
		values = append(values, value)
	}
	return values
}
