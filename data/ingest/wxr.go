package ingest

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/record"
)

// itemBytes bounds what is read of one item of an export: an article with all
// its comments.
var itemBytes int64 = 8 * data.MaxArticleBytes

// openWXR opens an export of WordPress, which is read item by item.
func openWXR(s *Source) error {
	f, err := s.openFile()
	if err != nil {
		return err
	}
	defer f.Close()
	x := &wxr{source: s}
	s.readFile(f, x.records)
	return nil
}

// A wxr is an export of WordPress.
type wxr struct {
	source *Source

	mu     sync.Mutex
	images map[string]data.Image // by the id of their post; nil: not read yet
}

// A wxrItem is an item of an export: a post, a page, a picture or any other.
type wxrItem struct {
	line int

	title, link, published, creator        string
	body, excerpt                          string
	id, kind, status, password             string
	dateGMT, modifiedGMT, date, attachment string
	categories                             []wxrCategory
	meta                                   map[string]string
}

type wxrCategory struct{ domain, name string }

// A wxrReader reads an export from its start.
type wxrReader struct {
	*xml.Decoder
	limit   *itemLimit
	authors map[string]string // login -> name that readers see
	lang    string            // of the site
}

// records reads posts and pages.
func (x *wxr) records(ctx context.Context, f *record.File) iter.Seq[Record] {
	return func(yield func(Record) bool) {
		images, err := x.readImages(ctx)
		if err != nil {
			if ctx.Err() == nil {
				yield(x.source.refused(err.Error()))
			}
			return
		}
		r := newWXRReader(f.Text())
		for {
			item, err := r.next(ctx)
			switch {
			case errors.Is(err, io.EOF) || ctx.Err() != nil:
				return
			case err != nil:
				line, _ := r.InputPos()
				yield(Record{Line: line, Err: &RecordError{File: x.source.name, Line: line, Reason: xmlReason(err)}})
				return
			}
			one := Record{Line: item.line}
			x.source.refuse(&one, one.setWXR(item, r, images, &x.source.opts))
			if !yield(one) {
				return
			}
		}
	}
}

// readImages reads the addresses of the pictures, which may stand after the
// posts that they belong to. They are read once for all readings.
func (x *wxr) readImages(ctx context.Context) (map[string]data.Image, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.images != nil {
		return x.images, nil
	}
	f, err := x.source.openFile()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	images := map[string]data.Image{}
	r := newWXRReader(f.Text())
	for {
		item, err := r.next(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil { // told when the articles are read
			break
		}
		if item.kind == "attachment" && item.attachment != "" {
			images[item.id] = data.Image{Src: item.attachment, Alt: item.meta["_wp_attachment_image_alt"]}
		}
	}
	x.images = images
	return images, nil
}

func newWXRReader(r io.Reader) *wxrReader {
	limit := &itemLimit{from: &soundXML{from: bufio.NewReader(r)}, left: itemBytes}
	d := xml.NewDecoder(limit)
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel
	return &wxrReader{Decoder: d, limit: limit, authors: map[string]string{}}
}

// next reads on to the end of the next item, or to io.EOF.
func (r *wxrReader) next(ctx context.Context) (*wxrItem, error) {
	for {
		token, err := r.Token()
		if err != nil {
			return nil, err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		switch start.Name.Local {
		case "item":
			line, _ := r.InputPos()
			r.limit.left = itemBytes
			item := &wxrItem{line: line, meta: map[string]string{}}
			return item, r.readItem(item)
		case "author":
			err = r.readAuthor()
		case "language":
			r.lang, err = r.text()
		}
		if err != nil {
			return nil, err
		}
	}
}

// text reads the text of the element that has just begun, to its end. Elements
// within it are left out.
func (r *wxrReader) text() (string, error) {
	var b strings.Builder
	for {
		token, err := r.Token()
		if err != nil {
			return "", err
		}
		switch token := token.(type) {
		case xml.CharData:
			b.Write(token)
		case xml.StartElement:
			if err := r.Skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return strings.TrimSpace(b.String()), nil
		}
	}
}

// each calls f with every element within the one that has just begun; f reads
// it to its end.
func (r *wxrReader) each(f func(xml.StartElement) error) error {
	for {
		token, err := r.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if err := f(token); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (r *wxrReader) readAuthor() error {
	var login, name string
	err := r.each(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "author_login":
			login, err = r.text()
		case "author_display_name":
			name, err = r.text()
		default:
			err = r.Skip()
		}
		return err
	})
	if login != "" && name != "" {
		r.authors[login] = name
	}
	return err
}

// readItem reads the item that has just begun. Comments are passed over.
func (r *wxrReader) readItem(item *wxrItem) error {
	return r.each(func(e xml.StartElement) (err error) {
		name := e.Name.Local
		if name == "encoded" { // content:encoded and excerpt:encoded
			name = "body"
			if strings.Contains(e.Name.Space, "excerpt") {
				name = "excerpt"
			}
		}
		to := map[string]*string{
			"title": &item.title, "link": &item.link, "pubDate": &item.published, "creator": &item.creator,
			"body": &item.body, "excerpt": &item.excerpt, "post_id": &item.id, "post_type": &item.kind,
			"status": &item.status, "post_password": &item.password, "post_date_gmt": &item.dateGMT, "post_date": &item.date,
			"post_modified_gmt": &item.modifiedGMT, "attachment_url": &item.attachment,
		}[name]
		switch {
		case to != nil:
			*to, err = r.text()
		case name == "category":
			var c wxrCategory
			for _, attribute := range e.Attr {
				if attribute.Name.Local == "domain" {
					c.domain = attribute.Value
				}
			}
			c.name, err = r.text()
			item.categories = append(item.categories, c)
		case name == "postmeta":
			err = r.readMeta(item)
		default:
			err = r.Skip()
		}
		return err
	})
}

func (r *wxrReader) readMeta(item *wxrItem) error {
	var key, value string
	err := r.each(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "meta_key":
			key, err = r.text()
		case "meta_value":
			value, err = r.text()
		default:
			err = r.Skip()
		}
		return err
	})
	if key == "_thumbnail_id" || key == "_wp_attachment_image_alt" {
		item.meta[key] = value
	}
	return err
}

// setWXR stores an item in r, or says why it cannot.
func (r *Record) setWXR(item *wxrItem, from *wxrReader, images map[string]data.Image, o *SourceOptions) (reason string) {
	switch {
	case item.kind != "post" && item.kind != "page":
		r.Skipped = "no post or page"
		return ""
	case item.status == "trash" || item.status == "auto-draft":
		r.Skipped = item.status
		return ""
	}
	a := &r.Article
	a.ID, a.Title, a.URL, a.Type = data.ArticleID(item.id), item.title, item.link, item.kind
	a.Body, a.Summary = removeShortcodes(item.body), removeShortcodes(item.excerpt)
	if len(item.body) > data.MaxArticleBytes {
		return fmt.Sprintf("the article is over %d MB", data.MaxArticleBytes>>20)
	}
	if item.status != "publish" && item.status != "future" || item.password != "" {
		a.State = data.Unpublished
	}
	if lang, err := o.Languages.Parse(from.lang); err == nil && lang != data.Undetermined {
		a.Lang, r.claim = lang, general
	}
	r.setItemDates(item)
	if name := from.authors[item.creator]; name != "" {
		a.Authors = []string{name}
	} else if item.creator != "" {
		a.Authors = []string{item.creator}
	}
	for _, c := range item.categories {
		switch {
		case c.name == "" || c.domain == "category" && strings.EqualFold(c.name, "uncategorized"):
		case c.domain == "category" && a.Section == "":
			a.Section = c.name
		case (c.domain == "category" || c.domain == "post_tag") && c.name != a.Section && !slices.Contains(a.Tags, c.name):
			a.Tags = append(a.Tags, c.name)
		}
	}
	a.Image = images[item.meta["_thumbnail_id"]]
	if a.State == data.Unpublished && a.ID != "" && a.Validate() != nil {
		r.Skipped = "draft" // one that was never written
		return ""
	}
	return r.finish(o)
}

// setItemDates takes the first date that is one: a draft's are all zeros.
func (r *Record) setItemDates(item *wxrItem) {
	const none = "0000-00-00 00:00:00"
	date := func(t *time.Time, candidates ...string) {
		for _, s := range candidates {
			if s != none && !strings.HasPrefix(s, "Mon, 30 Nov -0001") {
				r.setPageDate(t, s)
			}
			if !t.IsZero() {
				return
			}
		}
	}
	date(&r.Article.PublishedAt, item.dateGMT, item.published, item.date)
	date(&r.Article.UpdatedAt, item.modifiedGMT)
}

// xmlReason says in plain words what is wrong with an export.
func xmlReason(err error) string {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, errItemTooLarge):
		return err.Error()
	case errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return "the export ends too early: it was cut off here, and only what stands before was read"
	case errors.As(err, &syntax):
		return "the export is broken XML here, and nothing after it was read: " + syntax.Msg
	}
	return record.ReadingReason(err)
}

var errItemTooLarge = errors.New("an item of the export is too large, and nothing after it was read")

// An itemLimit bounds what is read until left is set anew.
type itemLimit struct {
	from io.Reader
	left int64
}

func (l *itemLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errItemTooLarge
	}
	n, err := l.from.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

// soundXML replaces bytes that XML does not allow, which WordPress lets
// through: control characters by blanks and, unless the file names another
// charset, what is no UTF-8 by U+FFFD.
type soundXML struct {
	from    *bufio.Reader
	begun   bool
	foreign bool // the charset is not UTF-8
	out     []byte
}

func (s *soundXML) Read(p []byte) (int, error) {
	if !s.begun {
		s.begun = true
		start, _ := s.from.Peek(200)
		declaration, _, _ := strings.Cut(strings.ToLower(string(start)), "?>")
		s.foreign = strings.Contains(declaration, "encoding=") && !strings.Contains(declaration, "utf-8")
	}
	if len(s.out) == 0 {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.out)
	s.out = s.out[n:]
	return n, nil
}

// fill reads some more, up to the end of a character.
func (s *soundXML) fill() error {
	const most = 4 << 10
	chunk, err := s.from.Peek(most)
	if len(chunk) == 0 {
		return err
	}
	n := len(chunk)
	if !s.foreign && err == nil { // leave a character that goes on behind the chunk
		for back := 1; back < utf8.UTFMax && back < n; back++ {
			if b := chunk[n-back]; utf8.RuneStart(b) {
				if !utf8.FullRune(chunk[n-back:]) {
					n -= back
				}
				break
			}
		}
	}
	s.out = slices.Clone(chunk[:n])
	s.from.Discard(n)
	for i, b := range s.out {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			s.out[i] = ' '
		}
	}
	if !s.foreign && !utf8.Valid(s.out) {
		s.out = []byte(strings.ToValidUTF8(string(s.out), "\ufffd"))
	}
	return nil
}
