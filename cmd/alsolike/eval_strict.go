package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// readStrict decodes YAML into the struct that into points to. A key that the
// struct does not have is refused with the nearest that it has in that place.
func readStrict(path string, text []byte, into any) (*ast.File, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, usagef("%s", yamlReason(path, err))
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			if err := checkKeys(path, doc.Body, reflect.TypeOf(into).Elem()); err != nil {
				return nil, err
			}
		}
	}
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, usagef("%s", yamlReason(path, err))
	}
	return file, nil
}

// yamlReason is a fault of YAML with its place: "eval.yaml:3: …".
func yamlReason(path string, err error) string {
	var fault yaml.Error
	if errors.As(err, &fault) && fault.GetToken() != nil {
		return fmt.Sprintf("%s:%d: %s", path, fault.GetToken().Position.Line, fault.GetMessage())
	}
	return path + ": " + strings.TrimSpace(yaml.FormatError(err, false, false))
}

// checkKeys refuses keys that t, a struct or a list of structs, does not have.
func checkKeys(path string, node ast.Node, t reflect.Type) error {
	if list, ok := node.(*ast.SequenceNode); ok && t.Kind() == reflect.Slice {
		for _, v := range list.Values {
			if err := checkKeys(path, v, t.Elem()); err != nil {
				return err
			}
		}
		return nil
	}
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	types := map[string]reflect.Type{}
	var known []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" {
			types[name] = t.Field(i).Type
			known = append(known, name)
		}
	}
	if len(known) == 0 {
		return nil
	}
	for _, v := range values {
		key := v.Key.GetToken()
		of, ok := types[key.Value]
		if !ok {
			return usagef("%s:%d: unknown key %s%s; here may stand %s", path, key.Position.Line, key.Value, didYouMean(key.Value, known), strings.Join(known, ", "))
		}
		if err := checkKeys(path, v.Value, of); err != nil {
			return err
		}
	}
	return nil
}

// place is the file and the line of a YAML path such as $.gates[1], or of what it
// stands in.
func place(path string, file *ast.File, at string) string {
	for at != "" && at != "$" {
		p, err := yaml.PathString(at)
		if err == nil {
			if node, err := p.FilterFile(file); err == nil && node != nil {
				return fmt.Sprintf("%s:%d", path, node.GetToken().Position.Line)
			}
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	return path
}
