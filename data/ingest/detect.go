package ingest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data/record"
)

// sniffBytes is how much of a file tells its format.
const sniffBytes = 64 << 10

var (
	isMarkdown = hasExtension(".md", ".markdown", ".mdown", ".mkd", ".mdx")
	isHTML     = hasExtension(".html", ".htm", ".xhtml")
	isText     = hasExtension(".txt", ".text")
)

// detect tells the format of the file or folder at path.
func detect(path string) (Format, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return detectFolder(path)
	}
	f, err := record.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	start, _ := io.ReadAll(io.LimitReader(f.Text(), sniffBytes)) // an error shows when the records are read
	if format := sniff(path, "", start); format != "" {
		return format, nil
	}
	if isSpreadJSON(start) {
		return "", fmt.Errorf("%s is one JSON document over many lines; write one object {…} a line, as jq -c does", path)
	}
	return "", fmt.Errorf("%s is in no format that is known by its name or content; say --format %s", path, formatNames())
}

// detectFolder tells what most pages of a folder are. Markdown wins over
// others, since a site made of it has templates and plain files beside it.
func detectFolder(root string) (Format, error) {
	const enough = 10_000
	count := map[Format]int{}
	total := 0
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name != root && isHidden(entry) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		switch total++; {
		case entry.IsDir():
		case isMarkdown(name):
			count[Markdown]++
		case isHTML(name):
			count[HTML]++
		case isText(name):
			count[Text]++
		}
		if total > enough {
			return fs.SkipAll
		}
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case count[Markdown] > 0 && 2*count[Markdown] >= count[HTML]:
		return Markdown, nil
	case count[HTML] > 0 && count[HTML] >= count[Text]:
		return HTML, nil
	case count[Text] > 0:
		return Text, nil
	}
	return "", fmt.Errorf("%s is a folder that holds no Markdown, HTML or plain text; name the files in it", root)
}

// sniff tells the format of a file or page by its name, the media type that a
// server gives it ("": none), and its start; "" if none of them does.
func sniff(name, contentType string, start []byte) Format {
	start = sniffable(start)
	media, _, _ := mime.ParseMediaType(contentType)
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	if isURL(name) {
		name, _, _ = strings.Cut(name, "?")
		name, _, _ = strings.Cut(name, "#")
	}
	switch {
	case isMarkdown(name), media == "text/markdown":
		return Markdown
	case isHTML(name):
		return HTML
	case slices.Contains([]string{".jsonl", ".ndjson"}, path.Ext(name)), media == "application/x-ndjson", media == "application/jsonl":
		return JSONL
	case path.Ext(name) == ".csv", media == "text/csv":
		return CSV
	case media == "application/feed+json", isJSONFeed(start):
		return Feed
	case isSpreadJSON(start):
		return ""
	case path.Ext(name) == ".json":
		return JSONL
	}
	if format := sniffXML(start); format != "" {
		return format
	}
	first, _, _ := bytes.Cut(start, []byte("\n"))
	switch {
	case media == "text/html", media == "application/xhtml+xml":
		return HTML
	case isText(name):
		return Text
	case len(start) == 0 || start[0] == '{' || start[0] == '[':
		return JSONL
	case string(first) == "---" || string(first) == "+++":
		return Markdown
	case media == "text/plain":
		return Text
	case bytes.IndexByte(first, ',') >= 0 && start[0] != '<':
		return CSV
	}
	return ""
}

// sniffable is the start of a file in something like ASCII.
func sniffable(start []byte) []byte {
	start = start[:min(len(start), sniffBytes)]
	if bytes.HasPrefix(start, []byte("\xff\xfe")) || bytes.HasPrefix(start, []byte("\xfe\xff")) {
		start = bytes.ReplaceAll(start[2:], []byte{0}, nil)
	}
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	first, rest, found := bytes.Cut(start, []byte("\n"))
	if first = bytes.TrimRight(first, "\r \t"); !found {
		return first
	}
	return slices.Concat(first, []byte("\n"), rest)
}

// isJSONFeed reports whether a file starts like a JSON Feed, or like RSS
// written as JSON. Some write every slash as \/.
func isJSONFeed(start []byte) bool {
	object, found := bytes.CutPrefix(start, []byte("{"))
	return found && (bytes.HasPrefix(bytes.TrimSpace(object), []byte(`"rss"`)) ||
		bytes.Contains(bytes.ReplaceAll(start, []byte(`\/`), []byte("/")), []byte("jsonfeed.org/version/")))
}

// isSpreadJSON reports whether a file starts like JSON that is laid out over
// lines, none of which is an article.
func isSpreadJSON(start []byte) bool {
	first, _, found := bytes.Cut(sniffable(start), []byte("\n"))
	return found && (string(first) == "{" || string(first) == "[")
}

// sniffXML tells the format of XML or HTML by its outermost element.
func sniffXML(start []byte) Format {
	switch root := strings.ToLower(rootElement(start)); root {
	case "rss":
		if bytes.Contains(start, []byte("wordpress.org/export/")) {
			return WXR
		}
		return Feed
	case "feed", "rdf:rdf", "rdf":
		return Feed
	case "urlset", "sitemapindex":
		return Sitemap
	case "html", "head", "body", "!doctype html":
		return HTML
	default:
		if _, name, ok := strings.Cut(root, ":"); ok && slices.Contains([]string{"feed", "urlset", "sitemapindex"}, name) {
			return sniffXML([]byte("<" + name + ">"))
		}
	}
	return ""
}

// rootElement is the name of the first element, or "!doctype html".
func rootElement(b []byte) string {
	for {
		b = bytes.TrimSpace(b)
		var end []byte
		switch {
		case len(b) == 0 || b[0] != '<':
			return ""
		case bytes.HasPrefix(b, []byte("<!--")):
			end = []byte("-->")
		case bytes.HasPrefix(b, []byte("<?")):
			end = []byte("?>")
		case len(b) > 14 && strings.EqualFold(string(b[:14]), "<!doctype html"):
			return "!doctype html"
		case bytes.HasPrefix(b, []byte("<!")):
			end = []byte(">")
			if open, closed := bytes.IndexByte(b, '['), bytes.IndexByte(b, '>'); open >= 0 && open < closed {
				end = []byte("]>") // of a document type that declares entities
			}
		default:
			name := b[1:]
			if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
				return string(name[:i])
			}
			return ""
		}
		_, rest, found := bytes.Cut(b, end)
		if !found {
			return ""
		}
		b = rest
	}
}

// formatNames lists the formats for a message.
func formatNames() string {
	names := make([]string, len(Formats))
	for i, f := range Formats {
		names[i] = string(f)
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
