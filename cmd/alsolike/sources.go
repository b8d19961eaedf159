package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/alsolike/alsolike/data/ingest"
)

// A watchedSource is one entry of sources: what serve imports again and again.
type watchedSource struct {
	Name         string
	Path         string // of a file or folder, or a URL
	Every        time.Duration
	Mirror       bool // what the source no longer has becomes unpublished
	AllowPrivate bool // hosts may have private addresses
	Options      ingest.SourceOptions
	lang, langAt string // as it is written, and where; see readSourceLanguages
}

// sourceEvery is how often a source is imported that does not say.
const sourceEvery = time.Hour

// A sourceKey is one setting of a source: its name in the file, and how its
// value is read.
type sourceKey struct {
	name string
	set  func(*watchedSource, string) error
}

var sourceKeys = []sourceKey{
	{"name", func(s *watchedSource, v string) error { s.Name = v; return nil }},
	{"source", func(s *watchedSource, v string) error { s.Path = v; return nil }},
	{"format", func(s *watchedSource, v string) error {
		s.Options.Format = ingest.Format(v)
		if s.Options.Format != ingest.Auto && !slices.Contains(ingest.Formats, s.Options.Format) {
			return errors.New("may be " + formatChoice())
		}
		return nil
	}},
	{"every", func(s *watchedSource, v string) (err error) {
		s.Every, err = parseEvery(v)
		return err
	}},
	{"mirror", func(s *watchedSource, v string) (err error) {
		s.Mirror, err = parseBool(v)
		return err
	}},
	{"map", func(s *watchedSource, v string) (err error) {
		if s.Options.Map, err = parseMap(v); err != nil {
			return errors.New("must be of the form field=column,field=column, or a list of keys and values")
		}
		return nil
	}},
	{"lang", func(s *watchedSource, v string) error { s.lang = v; return nil }},
	{"section", func(s *watchedSource, v string) error { s.Options.Section = v; return nil }},
	{"permalink", func(s *watchedSource, v string) error { s.Options.Permalink = v; return nil }},
	{"allow_private", func(s *watchedSource, v string) (err error) {
		s.AllowPrivate, err = parseBool(v)
		return err
	}},
}

func parseBool(v string) (bool, error) {
	b, err := strconv.ParseBool(v)
	if err != nil {
		return false, errors.New("must be true or false")
	}
	return b, nil
}

// formatChoice is "auto, jsonl, …".
func formatChoice() string {
	names := []string{string(ingest.Auto)}
	for _, f := range ingest.Formats {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// readSources sets the sources that the node of key sources lists; at says
// where it comes from. Paths are taken from folder.
func (c *config) readSources(path, at string, node ast.Node, folder string) error {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return usagef("%s: sources is a list, such as\nsources:\n  - source: https://example.org/feed.xml\n    every: 15m", at)
	}
	c.Sources = nil
	for i, entry := range list.Values {
		at := fmt.Sprintf("%s:%d", path, entry.GetToken().Position.Line)
		s := watchedSource{Every: sourceEvery}
		if err := s.read(path, at, entry); err != nil {
			return err
		}
		if s.Path == "" {
			return usagef("%s: source %d of the list names no source: a file, folder or URL", at, i+1)
		}
		if strings.Contains(s.Path, "://") && !isRemote(s.Path) {
			return usagef("%s: source %d of the list is no address on the web; write it like https://example.org/feed.xml", at, i+1)
		}
		s.Name = cmp.Or(s.Name, s.hide(s.Path))
		if !isRemote(s.Path) && !filepath.IsAbs(s.Path) {
			s.Path = filepath.Join(folder, s.Path)
		}
		if slices.ContainsFunc(c.Sources, func(o watchedSource) bool { return o.Name == s.Name }) {
			return usagef("%s: there are two sources %q; give one of them another name", at, s.Name)
		}
		c.Sources = append(c.Sources, s)
	}
	return nil
}

// read sets what one entry of the list says.
func (s *watchedSource) read(path, at string, entry ast.Node) error {
	values := mappingValues(entry)
	if values == nil {
		return usagef("%s: a source is a list of keys and values, such as\n  - source: https://example.org/feed.xml\n    every: 15m", at)
	}
	for _, v := range values {
		at := fmt.Sprintf("%s:%d", path, v.Key.GetToken().Position.Line)
		name := v.Key.GetToken().Value
		value, ok := scalar(v.Value)
		if pairs := mappingText(v.Value); name == "map" && pairs != "" {
			value, ok = pairs, true
		}
		if !ok {
			return usagef("%s: %s of a source must be a single value", at, name)
		}
		if err := s.set(at, name, value); err != nil {
			return err
		}
		if name == "lang" {
			s.langAt = at
		}
	}
	return nil
}

func (s *watchedSource) set(at, name, value string) error {
	var names []string
	for _, k := range sourceKeys {
		if k.name == name {
			if err := k.set(s, value); err != nil {
				return usagef("%s: %s is %q; it %v", at, name, value, err)
			}
			return nil
		}
		names = append(names, k.name)
	}
	return usagef("%s: a source has no key %s%s", at, name, didYouMean(name, names))
}

// scalar is the text of a node that is a single value.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case ast.ScalarNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// mappingText is a mapping of single values as key=value,key=value; "" if n is
// none.
func mappingText(n ast.Node) string {
	var pairs []string
	for _, v := range mappingValues(n) {
		value, ok := scalar(v.Value)
		if !ok {
			return ""
		}
		pairs = append(pairs, v.Key.GetToken().Value+"="+value)
	}
	return strings.Join(pairs, ",")
}

// hide is text without the password that the source's address may hold: status
// is for all to see who reach the server.
func (s *watchedSource) hide(text string) string {
	if u, err := url.Parse(s.Path); err == nil && u.User != nil {
		if password, ok := u.User.Password(); ok && password != "" {
			return strings.ReplaceAll(strings.ReplaceAll(text, s.Path, u.Redacted()), ":"+password+"@", ":xxxxx@")
		}
	}
	return text
}

// isRemote reports whether a source is to be fetched.
func isRemote(source string) bool {
	u, err := url.Parse(source)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
