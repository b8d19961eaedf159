package ingest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/adrg/frontmatter"

	"github.com/alsolike/alsolike/data"
)

// frontMatter is what stands before the text of a page, by keys that are lower
// case and without "_" and "-": site generators spell them in many ways.
type frontMatter map[string]value

// A value of front matter: text, a list or fields. Text is as it is written,
// so that a title of 3.10 is no number and the language "no" not false.
type value struct {
	text   string
	list   []value
	fields frontMatter
}

// UnmarshalYAML takes any YAML.
func (v *value) UnmarshalYAML(unmarshal func(any) error) error {
	if unmarshal(&v.text) == nil {
		return nil
	}
	if unmarshal(&v.list) == nil {
		return nil
	}
	var fields map[string]value
	if err := unmarshal(&fields); err != nil {
		return err
	}
	v.fields = normalKeys(fields)
	return nil
}

// UnmarshalJSON takes any JSON.
func (v *value) UnmarshalJSON(raw []byte) error {
	switch raw[0] {
	case '"':
		return json.Unmarshal(raw, &v.text)
	case '[':
		return json.Unmarshal(raw, &v.list)
	case '{':
		var fields map[string]value
		err := json.Unmarshal(raw, &fields)
		v.fields = normalKeys(fields)
		return err
	case 'n':
		return nil
	}
	v.text = string(raw)
	return nil
}

// UnmarshalTOML takes any TOML.
func (v *value) UnmarshalTOML(decoded any) error {
	switch decoded := decoded.(type) {
	case string:
		v.text = decoded
	case time.Time:
		v.text = decoded.Format(time.RFC3339Nano)
	case float64:
		v.text = strconv.FormatFloat(decoded, 'g', -1, 64)
	case []any:
		v.list = make([]value, len(decoded))
		for i := range decoded {
			v.list[i].UnmarshalTOML(decoded[i])
		}
	case []map[string]any:
		v.list = make([]value, len(decoded))
		for i := range decoded {
			v.list[i].UnmarshalTOML(decoded[i])
		}
	case map[string]any:
		fields := map[string]value{}
		for key, one := range decoded {
			var field value
			field.UnmarshalTOML(one)
			fields[key] = field
		}
		v.fields = normalKeys(fields)
	default:
		v.text = fmt.Sprint(decoded)
	}
	return nil
}

func normalKeys(fields map[string]value) frontMatter {
	m := frontMatter{}
	for key, v := range fields {
		m[normalKey(key)] = v
	}
	return m
}

func normalKey(key string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(key)))
}

// parseFrontMatter parts a page into front matter, which may be none, and text.
func parseFrontMatter(page string) (m frontMatter, text, reason string) {
	var fields map[string]value
	rest, err := frontmatter.Parse(strings.NewReader(page), &fields)
	if err != nil {
		return nil, "", "the front matter cannot be read: " + strings.Join(strings.Fields(err.Error()), " ")
	}
	if fields == nil && strings.HasPrefix(page, string(rest)) {
		return nil, string(rest), "" // none at all
	}
	return normalKeys(fields), string(rest), ""
}

// empty reports whether v says nothing.
func (v value) empty() bool {
	return strings.TrimSpace(v.text) == "" && len(v.list) == 0 && len(v.fields) == 0
}

// texts are the texts that v holds: itself, those of its list, or what the
// first of keys gives of its fields.
func (v value) texts(keys ...string) []string {
	if text := strings.TrimSpace(v.text); text != "" {
		return []string{text}
	}
	var all []string
	for _, one := range v.list {
		all = append(all, one.texts(keys...)...)
	}
	for _, key := range keys {
		if found := v.fields[key].texts(); len(found) > 0 {
			return append(all, found...)
		}
	}
	return all
}

// first is the first text of the fields named, in this order.
func (m frontMatter) first(keys ...string) string {
	for _, key := range keys {
		if texts := m[key].texts("name", "title", "src", "url", "image", "path", "feature"); len(texts) > 0 {
			return texts[0]
		}
	}
	return ""
}

// is reports whether the field says so.
func (m frontMatter) is(key string) bool {
	b, err := parseBool(m[key].text)
	return err == nil && b
}

// isNot reports whether the field denies.
func (m frontMatter) isNot(key string) bool {
	b, err := parseBool(m[key].text)
	return err == nil && !b
}

// The keys of front matter by what they say; the first that is there counts.
var (
	titleKeys     = []string{"title"}
	summaryKeys   = []string{"summary", "description", "excerpt"}
	publishedKeys = []string{"publishdate", "pubdate", "publishedat", "datepublished", "date", "created", "createdat"}
	updatedKeys   = []string{"lastmod", "lastmodifiedat", "updatedat", "updated", "modified", "lastupdated", "lastmodified"}
	expiryKeys    = []string{"expirydate", "unpublishdate"}
	langKeys      = []string{"lang", "language", "locale"}
	authorKeys    = []string{"authors", "author"}
	tagKeys       = []string{"tags", "tag", "keywords"}
	categoryKeys  = []string{"categories", "category"}
	imageKeys     = []string{"image", "images", "featuredimage", "featureimage", "cover", "coverimage", "thumbnail", "header"}
	altKeys       = []string{"imagealt", "featuredimagealt", "coveralt"}
	canonicalKeys = []string{"canonicalurl", "canonical"}
	urlKeys       = []string{"url", "permalink"}
	seriesKeys    = []string{"series"}
	otherKeys     = []string{"section", "type", "part", "translationof", "evergreen", "linkto", "linkfrom", "slug", "draft", "published", "state"}

	// presentation says how a page is made or shown, and nothing of what it is about.
	presentation = []string{
		"layout", "toc", "comments", "aliases", "redirectfrom", "math", "mathjax", "menu", "weight", "sitemap", "outputs", "id", "translationkey",
	}
)

var knownKeys = slices.Concat(titleKeys, summaryKeys, publishedKeys, updatedKeys, expiryKeys, langKeys, authorKeys, tagKeys, categoryKeys,
	imageKeys, altKeys, canonicalKeys, urlKeys, seriesKeys, otherKeys, presentation)

// setFrontMatter stores what m says in r, or says why it cannot.
func (r *Record) setFrontMatter(m frontMatter, o *SourceOptions) (reason string) {
	a := &r.Article
	for key, v := range m {
		if !v.empty() && !slices.Contains(knownKeys, key) {
			r.Unknown = append(r.Unknown, key)
		}
	}
	slices.Sort(r.Unknown)
	if m.is("draft") || m.isNot("published") {
		r.Skipped = "draft"
		return ""
	}
	a.Title, a.Summary = m.first(titleKeys...), m.first(summaryKeys...)
	r.setPageDate(&a.PublishedAt, m.first(publishedKeys...))
	r.setPageDate(&a.UpdatedAt, m.first(updatedKeys...))
	var expires time.Time
	if r.setPageDate(&expires, m.first(expiryKeys...)); !expires.IsZero() && !expires.After(o.Now()) {
		a.State = data.Unpublished
	}
	if state := m.first("state"); state != "" {
		a.State = data.State(state)
	}
	if lang := m.first(langKeys...); lang != "" {
		r.setLang(lang, o.Languages)
	}
	for _, key := range authorKeys {
		if a.Authors == nil {
			a.Authors = m[key].texts("name", "title")
		}
	}
	r.setTags(m)
	a.Image = data.Image{Src: m.first(imageKeys...), Alt: m.first(altKeys...)}
	for _, key := range imageKeys {
		if alt := m[key].fields.first("alt"); alt != "" && a.Image.Alt == "" {
			a.Image.Alt = alt
		}
	}
	a.CanonicalURL, a.URL = m.first(canonicalKeys...), m.first(urlKeys...)
	a.Series, a.Type = m.first(seriesKeys...), m.first("type")
	a.TranslationOf = data.ArticleID(m.first("translationof"))
	a.Evergreen, a.NoLinkTo, a.NoLinks = m.is("evergreen"), m.isNot("linkto"), m.isNot("linkfrom")
	if part := m.first("part"); part != "" {
		var err error
		if a.Part, err = strconv.Atoi(part); err != nil {
			return fmt.Sprintf("part is %s; a whole number is expected", data.Quote(part))
		}
	}
	return ""
}

// setTags stores section and tags: of several categories, the first is the
// section, the others are tags.
func (r *Record) setTags(m frontMatter) {
	a := &r.Article
	var categories []string
	for _, key := range categoryKeys {
		categories = append(categories, listOf(m[key])...)
	}
	if a.Section = m.first("section"); a.Section == "" && len(categories) > 0 {
		a.Section, categories = categories[0], categories[1:]
	}
	for _, key := range tagKeys {
		a.Tags = append(a.Tags, listOf(m[key])...)
	}
	for _, tag := range slices.Concat(categories) {
		if tag != a.Section && !slices.Contains(a.Tags, tag) {
			a.Tags = append(a.Tags, tag)
		}
	}
}

// listOf is a list of v, whose text is parted at commas or, as Jekyll does, at
// blanks.
func listOf(v value) []string {
	texts := v.texts("name", "title")
	if len(v.list) > 0 || len(texts) != 1 {
		return texts
	}
	if list := splitList(texts[0], ","); len(list) != 1 {
		return list
	}
	return strings.Fields(texts[0])
}

// setPageDate stores a date as people write it into pages.
func (r *Record) setPageDate(t *time.Time, s string) {
	if s = strings.TrimSpace(s); s == "" {
		return
	}
	for _, layout := range []string{
		"2006-01-02 15:04:05 -0700", "2006-01-02 15:04 -0700", "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05 MST",
		"2006-1-2", "2006-1-2 15:04:05", "2006-1-2 15:04", "2006/1/2", "2006/1/2 15:04:05", time.RFC1123Z, time.RFC1123,
	} {
		if date, err := time.Parse(layout, s); err == nil && !date.UTC().IsZero() && date.UTC().Year() > 0 && date.UTC().Year() < 10_000 {
			*t = date.UTC()
			return
		}
	}
	r.setDate(t, s)
}
