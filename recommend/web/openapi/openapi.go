// Package openapi holds the contract of the API: one OpenAPI document, written by
// hand, and a page made of it for people to read.
//
// The document is YAML in the source, for it is easier to write and to review, and
// JSON for those who ask for it; goccy/go-yaml, which reads the configuration too,
// keeps the order of the members. It is OpenAPI 3.0, which more programs read than
// 3.1. That it says what the handlers do is tested in package web, by kin-openapi:
// in tests alone, since checking every request and answer in service would cost more
// than making it.
//
// The page is of our own making, since the usual ones are scripts of a megabyte that
// show nothing without them.
package openapi

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed openapi.yaml docs.html docs.css
var files embed.FS

// JSON is the document.
var JSON = func() []byte {
	b, err := yaml.YAMLToJSON(file("openapi.yaml"))
	if err != nil {
		panic(err) // it is part of the program
	}
	return b
}()

// Page is the document as HTML. It needs nothing but the styles in it.
var Page = func() []byte {
	var d document
	if err := yaml.UnmarshalWithOptions(JSON, &d, yaml.UseOrderedMap()); err != nil {
		panic(err)
	}
	page := template.New("docs.html").Funcs(template.FuncMap{
		"words": words, "kind": d.kind, "parameter": d.parameter, "response": d.response, "example": example, "anchor": anchor,
		"needed": func(s schema, name string) bool { return slices.Contains(s.Required, name) },
		"style":  func() template.CSS { return template.CSS(file("docs.css")) },
	})
	var b bytes.Buffer
	if err := template.Must(page.ParseFS(files, "docs.html")).Execute(&b, &d); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// PagePolicy is the content security policy under which Page looks as it should.
var PagePolicy = func() string {
	sum := sha256.Sum256(file("docs.css"))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

func file(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

// A document is what the page shows of OpenAPI.
type (
	document struct {
		Info struct{ Title, Version, Description string }
		Tags []struct{ Name, Description string }

		Paths      ordered[path]
		Components struct {
			Parameters map[string]parameter
			Responses  map[string]response
			Schemas    ordered[schema]
		}
	}
	path struct {
		Parameters                    []parameter
		Get, Post, Put, Patch, Delete *operation
	}
	operation struct {
		Tags                 []string
		Summary, Description string
		Parameters           []parameter
		RequestBody          *struct {
			Description string
			Content     ordered[media]
		} `yaml:"requestBody"`
		Responses ordered[response]
		Security  []map[string]any
	}
	parameter struct {
		Ref                   string `yaml:"$ref"`
		Name, In, Description string
		Required              bool
		Schema                schema
	}
	response struct {
		Ref         string `yaml:"$ref"`
		Description string
		Headers     ordered[parameter]
		Content     ordered[media]
	}
	media struct {
		Schema  schema
		Example any
	}
	schema struct {
		Ref                       string `yaml:"$ref"`
		Type, Format, Description string
		Enum                      []any
		Minimum, Maximum          *int
		MinItems, MaxItems        int `yaml:",omitempty"`
		Items                     *schema
		Properties                ordered[schema]
		Required                  []string
		OneOf                     []schema `yaml:"oneOf"`
	}
)

// An ordered mapping is in the order of the document.
type ordered[T any] []entry[T]

type entry[T any] struct {
	Name  string
	Value T
}

// UnmarshalYAML implements yaml.InterfaceUnmarshaler.
func (o *ordered[T]) UnmarshalYAML(unmarshal func(any) error) error {
	var order yaml.MapSlice
	var values map[string]T
	if err := unmarshal(&order); err != nil {
		return err
	}
	if err := unmarshal(&values); err != nil {
		return err
	}
	for _, item := range order {
		name := fmt.Sprint(item.Key)
		*o = append(*o, entry[T]{name, values[name]})
	}
	return nil
}

// Methods are the operations of p.
func (p path) Methods() (all []entry[*operation]) {
	for _, m := range []entry[*operation]{{"GET", p.Get}, {"POST", p.Post}, {"PUT", p.Put}, {"PATCH", p.Patch}, {"DELETE", p.Delete}} {
		if m.Value != nil {
			all = append(all, m)
		}
	}
	return all
}

// Is reports whether o has that tag.
func (o *operation) Is(tag string) bool { return slices.Contains(o.Tags, tag) }

// Needs reports whether o may be asked for with what that security scheme shows.
func (o *operation) Needs(scheme string) bool {
	return slices.ContainsFunc(o.Security, func(one map[string]any) bool { _, ok := one[scheme]; return ok })
}

func refName(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

func (d *document) parameter(p parameter) parameter {
	if p.Ref != "" {
		return d.Components.Parameters[refName(p.Ref)]
	}
	return p
}

func (d *document) response(r response) response {
	if r.Ref != "" {
		return d.Components.Responses[refName(r.Ref)]
	}
	return r
}

// kind says in words what a value is.
func (d *document) kind(s schema) template.HTML {
	switch {
	case s.Ref != "":
		name := refName(s.Ref)
		return template.HTML(`<a href="#` + anchor(name) + `">` + template.HTMLEscapeString(name) + `</a>`)
	case len(s.OneOf) > 0:
		var kinds []string
		for _, one := range s.OneOf {
			kinds = append(kinds, string(d.kind(one)))
		}
		return template.HTML(strings.Join(kinds, " or "))
	case len(s.Enum) > 0:
		var values []string
		for _, v := range s.Enum {
			values = append(values, "<code>"+template.HTMLEscapeString(fmt.Sprint(v))+"</code>")
		}
		return template.HTML(strings.Join(values, ", "))
	case s.Type == "array" && s.Items != nil:
		return "list of " + d.kind(*s.Items)
	case s.Minimum != nil && s.Maximum != nil:
		return template.HTML(fmt.Sprintf("%s, %d to %d", kinds[s.Type], *s.Minimum, *s.Maximum))
	case s.Format == "date-time":
		return "date and time"
	}
	return template.HTML(kinds[s.Type])
}

var kinds = map[string]string{
	"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "object": "object", "array": "list",
}

// example is one as JSON, or as the text that it is.
func example(v any) (string, error) {
	if text, ok := v.(string); ok {
		return strings.TrimSpace(text), nil
	}
	b, err := yaml.MarshalWithOptions(v, yaml.JSON())
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = json.Indent(&out, bytes.TrimSpace(b), "", "  ")
	return out.String(), err
}

// words are text in which `this` is code, in paragraphs.
func words(text string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(template.HTMLEscapeString(strings.TrimSpace(text)), "`") {
		switch {
		case i%2 == 1:
			b.WriteString("<code>" + part + "</code>")
		default:
			b.WriteString(strings.ReplaceAll(part, "\n\n", "</p><p>"))
		}
	}
	return template.HTML("<p>" + b.String() + "</p>")
}

// anchor is the name of a place on the page.
func anchor(parts ...string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune("/{} .", r) {
			return '-'
		}
		return r
	}, strings.ToLower(strings.Join(parts, "-"))), "-")
}
