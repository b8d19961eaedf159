package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// sectionsKey is the setting that says how fast the articles of which section age.
const sectionsKey = "freshness.sections"

const sectionsExample = "such as\nfreshness:\n  sections:\n    Sport: 3d"

// rankingKeys are the settings of how links are ranked.
var rankingKeys = []configKey{
	{"list.variety", "how much a link loses that is like one above it, from 0, nothing, to 1 (default 0.1)", func(c *config, v string) error {
		variety, err := strconv.ParseFloat(v, 64)
		if err != nil || !(variety >= 0 && variety <= 1) {
			return errors.New("must be a number from 0 to 1")
		}
		if c.Ranking.Variety = variety; variety == 0 {
			c.Ranking.Variety = -1
		}
		return nil
	}},
	{"list.max_per_author", "of five links that follow one another at most so many are of one author, unless more than a quarter of the articles are theirs; or any (default 2)", func(c *config, v string) (err error) {
		c.Ranking.PerAuthor, err = parseMost(v)
		return err
	}},
	{"list.max_per_section", "and so many of one section, or any (default any)", func(c *config, v string) (err error) {
		c.Ranking.PerSection, err = parseMost(v)
		return err
	}},
	{"list.max_per_story", "links to one of several near-duplicates: it is always 1 (default 1)", func(_ *config, v string) error {
		if v != "1" {
			return errors.New("can only be 1: of several near-duplicates one is linked")
		}
		return nil
	}},
	{"list.max_links_in", "so many lists at most have one article among their first ten, or any (default 60)", func(c *config, v string) (err error) {
		c.Ranking.MaxLinksIn, err = parseMost(v)
		return err
	}},
	{"freshness.half_life", "an article is half old after this time, such as 30d or 12h, and ranks lower the older it is, unless it is evergreen (default off: age does not count)", func(c *config, v string) error {
		return c.setHalfLife("", v)
	}},
}

// parseMost reads a number of links, of which one below 0 is any.
func parseMost(v string) (int, error) {
	if v == "any" || isOff(v) {
		return -1, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 1<<30 {
		return 0, errors.New("must be any or a whole number above 0")
	}
	return n, nil
}

// setHalfLife reads after what time the articles of a section, "" of all others, are
// half old.
func (c *config) setHalfLife(section, v string) error {
	var d time.Duration
	if !isOff(v) {
		var err error
		if d, err = parseDays(v); err != nil {
			if d, err = time.ParseDuration(v); err != nil || d < time.Minute {
				return errors.New("must be off, or a time such as 30d or 12h")
			}
		}
	}
	if c.Ranking.HalfLife == nil {
		c.Ranking.HalfLife = map[string]time.Duration{}
	}
	c.Ranking.HalfLife[section] = d
	return nil
}

// isSectionFreshness reports whether a key is sectionsKey, or freshness.sections.NAME.
func isSectionFreshness(name string) bool {
	return name == sectionsKey || strings.HasPrefix(name, sectionsKey+".")
}

// readSectionFreshness sets what the node says of the key name: freshness.sections as a
// whole, or freshness.sections.NAME. at says where it comes from.
func (c *config) readSectionFreshness(path, at, name string, node ast.Node) error {
	if section, found := strings.CutPrefix(name, sectionsKey+"."); found {
		value, ok := scalar(node)
		if !ok || section == "" {
			return usagef("%s: %s names a section and a time, %s", at, name, sectionsExample)
		}
		if err := c.setHalfLife(section, value); err != nil {
			return usagef("%s: %s is %q; it %v", at, name, value, err)
		}
		return nil
	}
	values := mappingValues(node)
	if values == nil {
		return usagef("%s: %s holds sections and times, %s", at, name, sectionsExample)
	}
	for _, v := range values {
		at := fmt.Sprintf("%s:%d", path, v.Key.GetToken().Position.Line)
		if err := c.readSectionFreshness(path, at, name+"."+v.Key.GetToken().Value, v.Value); err != nil {
			return err
		}
	}
	return nil
}
