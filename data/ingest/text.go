package ingest

import (
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

func openText(s *Source) error {
	wanted := func(name string) bool {
		return isText(name) && !slices.Contains([]string{"robots.txt", "humans.txt", "ads.txt", "security.txt", "llms.txt"}, path.Base(name))
	}
	var t *tree
	prepare := func(docs []document) { t = newTree(docs, &s.opts) }
	return s.openDocuments(wanted, prepare, func(r *Record, d *document) (reason string) {
		content, reason := plain(d.content)
		if reason != "" {
			return reason
		}
		p, at, a := parsePage(content), t.positions[d.path], &r.Article
		r.claim = s.opts.Languages.claimOf(at.folder)
		a.ID, a.Lang, a.TranslationOf, a.URL = d.id(), at.lang, at.original, d.url
		a.Title, a.Body, a.Authors, a.PublishedAt, a.Section = p.title, p.body, p.authors, p.published, p.section
		if a.Section == "" && s.opts.Section == "" {
			a.Section = at.section
		}
		return r.finish(&s.opts)
	})
}

// A textPage is a page as a reader copies it off the screen, taken apart.
type textPage struct {
	section   string
	title     string
	published time.Time
	authors   []string
	body      string // paragraphs parted by empty lines
}

// headLines is how many lines that are not empty may stand before the text.
const headLines = 12

// parsePage tells the head of a page (where it stands, title, date, authors
// and what they are) from its text, and leaves out what belongs to the page and
// not to the article.
func parsePage(content string) textPage {
	var lines []string // trimmed; empty ones part paragraphs
	for line := range strings.Lines(content) {
		if line = strings.TrimSpace(line); !isFurniture(line) {
			lines = append(lines, line)
		}
	}
	lines = cutTail(lines)
	h := head{lines: lines}
	for i, line := range lines {
		if line != "" && len(h.at) < headLines {
			h.at = append(h.at, i)
		}
	}
	h.read()
	for _, i := range h.taken {
		lines[i] = ""
	}
	h.page.body = paragraphs(lines)
	return h.page
}

// A head reads the first lines of a page.
type head struct {
	lines []string
	at    []int // lines that may belong to the head
	taken []int // lines that do
	page  textPage
}

func (h *head) line(i int) string { return h.lines[h.at[i]] }

func (h *head) take(i int) { h.taken = append(h.taken, h.at[i]) }

// read reads the title, which stands before the date or right after it, and
// what is known by its form: the date and the authors.
func (h *head) read() {
	date := -1
	for i := range h.at {
		if published, ok := parseDateLine(h.line(i)); ok {
			h.page.published, date = published, i
			h.take(i)
			break
		}
		if isProse(h.line(i)) && i > 0 { // the text has begun
			break
		}
	}
	title := 0
	if date == 0 {
		title = 1
	} else if date > 1 && isRubric(h.line(0), h.line(1)) {
		h.page.section = h.line(0)
		h.take(0)
		title = 1
	}
	if title >= len(h.at) {
		return
	}
	h.page.title = h.line(title)
	if isProse(h.page.title) { // there is none: the text's own beginning stands in
		h.page.title = firstWords(h.page.title)
	} else {
		h.take(title)
	}
	h.readAuthors(title+1, date)
}

// readAuthors looks for the line that names the authors: near title and date.
func (h *head) readAuthors(from, date int) {
	const reach = 3
	end := min(len(h.at), max(from, date+1)+reach)
	for i := from; i < end; i++ {
		line := h.line(i)
		if i == date {
			continue
		}
		names, ok := authorLine(line)
		if !ok && date >= 0 && i > date && isBullet(line) && !isProse(line) {
			names, ok = splitNames(strings.TrimLeft(line, bullets)), true
		}
		if !ok {
			continue
		}
		h.page.authors = names
		h.take(i)
		for next := i + 1; next < len(h.at) && next <= i+2 && isBullet(line); next++ { // what the author is
			if next == date || isProse(h.line(next)) {
				break
			}
			h.take(next)
		}
		return
	}
}

// isRubric reports whether a line before another, the title, may be the part of
// the site where the page stands: a few words, and far fewer than the title.
func isRubric(line, title string) bool {
	length := utf8.RuneCountInString(line)
	return len(strings.Fields(line)) <= 3 && length <= 30 && 2*length < utf8.RuneCountInString(title) && !endsSentence(line)
}

// isProse reports whether a line is surely a part of the text: long, or a
// sentence that is not short.
func isProse(line string) bool {
	n := 0
	for _, r := range line {
		n++
		if r >= 0x2e80 {
			n += 2 // a Chinese or Japanese character says as much as three letters
		}
	}
	return n >= 160 || n >= 60 && endsSentence(line)
}

func endsSentence(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line, `"”’»」』)）`))
	return strings.ContainsRune(".!?。！？…", last)
}

// firstWords are the first 80 characters of a text, cut at a blank.
func firstWords(text string) string {
	const most = 80
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	start := string(runes[:most])
	if i := strings.LastIndexByte(start, ' '); i > 0 {
		start = start[:i]
	}
	return start + "…"
}

// paragraphs joins lines into a text whose paragraphs are parted by one empty
// line each.
func paragraphs(lines []string) string {
	var b strings.Builder
	gap := false
	for _, line := range lines {
		if line == "" {
			gap = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
			if gap {
				b.WriteByte('\n')
			}
		}
		gap = false
		b.WriteString(line)
	}
	return b.String()
}
