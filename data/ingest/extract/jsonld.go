package extract

import (
	"encoding/json"
	"slices"
	"strings"
)

// linkedData is the article of a page's JSON-LD (schema.org).
type linkedData struct {
	Type, Headline, Description, Body string
	Section, URL, Image, Lang         string
	Published, Modified               string
	Keywords, Authors                 []string
}

// maxDepth bounds how deep objects of JSON-LD are looked at.
const maxDepth = 8

// add reads a script of JSON-LD if no article has been found yet. What is broken
// or of another kind is passed over: pages are full of both.
func (d *linkedData) add(script string) {
	if d.Type != "" {
		return
	}
	script = strings.TrimSpace(script)
	for _, mark := range []string{"<!--", "//<![CDATA[", "<![CDATA["} {
		script = strings.TrimPrefix(script, mark)
	}
	for _, mark := range []string{"-->", "//]]>", "]]>"} {
		script = strings.TrimSuffix(script, mark)
	}
	var v any
	if json.Unmarshal([]byte(script), &v) != nil {
		// line breaks inside of strings are the usual fault
		flat := strings.NewReplacer("\r", " ", "\n", " ", "\t", " ").Replace(script)
		if json.Unmarshal([]byte(strings.TrimRight(flat, "; ")), &v) != nil {
			return
		}
	}
	if article := findArticle(v, maxDepth); article != nil {
		d.read(article)
	}
}

// findArticle is the first object in v whose type is an article's.
func findArticle(v any, depth int) map[string]any {
	if depth == 0 {
		return nil
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if found := findArticle(e, depth-1); found != nil {
				return found
			}
		}
	case map[string]any:
		if slices.ContainsFunc(texts(v["@type"]), isArticleType) {
			return v
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "hasPart"} {
			if found := findArticle(v[key], depth-1); found != nil {
				return found
			}
		}
	}
	return nil
}

func isArticleType(name string) bool {
	name = name[strings.LastIndexAny(name, "/:")+1:]
	return strings.HasSuffix(name, "Article") || strings.HasSuffix(name, "Posting") && name != "JobPosting" || name == "Report"
}

func (d *linkedData) read(o map[string]any) {
	one := func(key string, inner ...string) string {
		if all := texts(o[key], inner...); len(all) > 0 {
			return all[0]
		}
		return ""
	}
	types := texts(o["@type"])
	d.Type = types[slices.IndexFunc(types, isArticleType)]
	d.Type = d.Type[strings.LastIndexAny(d.Type, "/:")+1:]
	d.Headline = first(one("headline"), one("name"))
	d.Description = one("description")
	d.Body = one("articleBody")
	d.Section = one("articleSection", "name")
	d.URL = first(one("url"), one("mainEntityOfPage", "@id"))
	d.Image = one("image", "url", "contentUrl", "@id")
	d.Lang = one("inLanguage", "alternateName", "name")
	d.Published = first(one("datePublished"), one("dateCreated"))
	d.Modified = one("dateModified")
	d.Keywords = texts(o["keywords"], "name")
	d.Authors = texts(o["author"], "name")
}

// texts are the texts in v, which may be one, a list, or objects that hold them
// under one of keys.
func texts(v any, keys ...string) []string {
	switch v := v.(type) {
	case string:
		if s := strings.TrimSpace(v); s != "" {
			return []string{s}
		}
	case []any:
		var all []string
		for _, e := range v {
			if _, nested := e.([]any); !nested {
				all = append(all, texts(e, keys...)...)
			}
		}
		return all
	case map[string]any:
		for _, key := range keys {
			if s, ok := v[key].(string); ok && strings.TrimSpace(s) != "" {
				return []string{strings.TrimSpace(s)}
			}
		}
	}
	return nil
}
