package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
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
	set  func(*recommend.Placement, string) error
}

var placementKeys = []placementKey{
	{"languages", func(p *recommend.Placement, v string) (err error) {
		p.Languages, err = recommend.ParseLanguages(v)
		if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
			return errors.New(invalid.Reason)
		}
		return err
	}},
}

// readPlacements sets what the node says of the key name: placements as a whole,
// one of them as placements.NAME, or one setting as placements.NAME.KEY. at says
// where it comes from.
func (c *config) readPlacements(path, at, name string, node ast.Node) error {
	placement, key, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(name, placementsKey), "."), ".")
	if key != "" {
		value, ok := scalar(node)
		if list := listText(node); list != "" {
			value, ok = list, true
		}
		if !ok {
			return usagef("%s: %s must be a single value or a list of them, %s", at, name, placementsExample)
		}
		return c.setPlacement(at, placement, key, value)
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

func (c *config) setPlacement(at, placement, key, value string) error {
	if !placementName.MatchString(placement) {
		return usagef("%s: %s is no name of a placement; use letters, digits, - and _", at, data.Quote(placement))
	}
	var names []string
	for _, k := range placementKeys {
		if k.name == key {
			p := c.placement(placement)
			if err := k.set(&p, value); err != nil {
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
func listText(n ast.Node) string {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return ""
	}
	var values []string
	for _, v := range list.Values {
		value, ok := scalar(v)
		if !ok {
			return ""
		}
		values = append(values, value)
	}
	return strings.Join(values, ",")
}
