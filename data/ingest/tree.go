package ingest

import (
	"path"
	"regexp"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// A tree is what the paths of a site's files say about them.
type tree struct {
	positions map[string]position // by path
}

// A position is what its path says about one file.
type position struct {
	lang     data.Lang // "": nothing
	folder   string    // the language as the folder or the suffix spells it
	suffix   string    // of the name, with its dot: ".fr" of "about.fr.md"
	section  string
	original data.ArticleID // that the file translates
}

var langCode = regexp.MustCompile(`^(?i:[a-z]{2}([-_][a-z]{2,4}){0,2})$`)

// folderLang is the language that a folder or suffix is the code of; sure: the
// name can hardly mean anything else.
func folderLang(name string, l *Languages) (lang data.Lang, sure, ok bool) {
	if lang, ok := l.Alias(name); ok {
		return lang, true, true
	}
	if !langCode.MatchString(name) {
		return "", false, false
	}
	lang, err := data.ParseLang(name)
	return lang, len(name) > 2, err == nil && lang != data.Undetermined
}

// newTree looks for languages among the folders and file names, and for the
// same page in several of them: the one in language o.Lang, else in none, else
// in English, else the first is the original of the others.
func newTree(docs []document, o *SourceOptions) *tree {
	t := &tree{positions: make(map[string]position, len(docs))}
	folders := languageFolders(docs, o.Languages)
	suffixes := languageSuffixes(docs, o.Languages)
	pages := map[string][]*document{} // path without language -> its versions
	for i := range docs {
		p, page := locate(docs[i].path, folders, suffixes)
		p.lang, _, _ = folderLang(p.folder, o.Languages)
		t.positions[docs[i].path] = p
		pages[page] = append(pages[page], &docs[i])
	}
	for _, versions := range pages {
		if len(versions) < 2 {
			continue
		}
		original := t.original(versions, o.Lang)
		for _, d := range versions {
			if p := t.positions[d.path]; p.lang != t.positions[original.path].lang {
				p.original = original.id()
				t.positions[d.path] = p
			}
		}
	}
	return t
}

func (t *tree) original(versions []*document, prefer data.Lang) *document {
	for _, lang := range []data.Lang{prefer, "", "en"} {
		for _, d := range versions {
			if t.positions[d.path].lang == lang {
				return d
			}
		}
	}
	return versions[0]
}

// langDepth is how deep below the root folders of languages are looked for.
const langDepth = 3

// languageFolders are the folders that hold one language each. A code alone
// proves nothing ("it" may be a department), so a folder counts if its code
// names a region too, or if at least two folders beside one another are such
// and they are no minority, or if beside it there are only the generator's own.
func languageFolders(docs []document, l *Languages) map[string]bool {
	children := map[string]map[string]bool{} // folder -> folders in it
	for _, d := range docs {
		parts := strings.Split(path.Dir(d.path), "/")
		for i, part := range parts[:min(len(parts), langDepth)] {
			parent := strings.Join(parts[:i], "/")
			if children[parent] == nil {
				children[parent] = map[string]bool{}
			}
			children[parent][part] = true
		}
	}
	found := map[string]bool{}
	for parent, names := range children {
		codes, others := 0, 0
		for name := range names {
			if _, _, ok := folderLang(name, l); ok {
				codes++
			} else if name != "." && !strings.HasPrefix(name, "_") {
				others++
			}
		}
		for name := range names {
			_, sure, ok := folderLang(name, l)
			if ok && (sure || others == 0 || codes >= 2 && codes >= others) {
				found[path.Join(parent, name)] = true
			}
		}
	}
	return found
}

// languageSuffixes are the paths without extension whose last part after a dot
// is a language, since the same name stands without it or with another one.
func languageSuffixes(docs []document, l *Languages) map[string]bool {
	stems := map[string]int{}
	split := func(d *document) (name, stem string, coded bool) {
		name = trimExtension(d.path)
		ext := path.Ext(name)
		_, _, coded = folderLang(strings.TrimPrefix(ext, "."), l)
		if !coded {
			return name, name, false
		}
		return name, strings.TrimSuffix(name, ext), true
	}
	for i := range docs {
		_, stem, _ := split(&docs[i])
		stems[stem]++
	}
	found := map[string]bool{}
	for i := range docs {
		if name, stem, coded := split(&docs[i]); coded && stems[stem] > 1 {
			found[name] = true
		}
	}
	return found
}

// locate tells what a path says of its file, and the path without language.
func locate(file string, folders, suffixes map[string]bool) (p position, page string) {
	name := trimExtension(file)
	if suffixes[name] {
		p.suffix = path.Ext(name)
		p.folder = p.suffix[1:]
		name = strings.TrimSuffix(name, p.suffix)
	}
	parts := strings.Split(name, "/")
	at := -1 // of the language among the folders
	for i := range parts[:min(len(parts)-1, langDepth)] {
		if folders[strings.Join(parts[:i+1], "/")] {
			at = i
			break
		}
	}
	if at >= 0 {
		if p.folder == "" {
			p.folder = parts[at]
		}
		parts = append(parts[:at:at], parts[at+1:]...)
	}
	folded := parts[:len(parts)-1]
	if parts[len(parts)-1] == "index" && len(folded) > 0 {
		folded = folded[:len(folded)-1] // the folder is the page
	}
	for _, folder := range folded {
		if folder != "content" && !strings.HasPrefix(folder, "_") {
			p.section = folder
			break
		}
	}
	return p, strings.Join(parts, "/")
}
