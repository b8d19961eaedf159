package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
)

const (
	// MaxBulkBytes bounds the body of POST /v1/articles.
	MaxBulkBytes = 256 << 20
	// A batch is stored in one transaction and then in service.
	batchArticles = 250
	batchBytes    = 4 << 20
)

// maxAnswerBytes is where an answer ends, which is whole in memory: a body may
// hold millions of lines that are no articles.
var maxAnswerBytes = 64 << 20

// A pushedLine is the answer about one line of many.
type pushedLine struct {
	Line   int `json:"line"`   // counted from 1
	Status int `json:"status"` // as PUT would answer
	*pushed
	Error string `json:"error,omitempty"`
}

// handleArticlesPost serves POST /v1/articles: a body of JSON lines, answered
// line by line. Good lines are stored whatever becomes of the others.
func (s *Server) handleArticlesPost(c echo.Context) error {
	if _, err := parseQuery(c.Request().URL.RawQuery, nil, nil); err != nil {
		return err
	}
	if err := plainBody(c); err != nil {
		return err
	}
	if c.Request().ContentLength > MaxBulkBytes {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is over %d MB; send it in parts", MaxBulkBytes>>20))
	}
	b := bulk{s: s, c: c}
	lines := lineReader{text: bufio.NewReaderSize(http.MaxBytesReader(c.Response(), c.Request().Body, MaxBulkBytes), 64<<10)}
	extend(c)
	for {
		line, err := lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			b.store()
			b.refuse(lines.number, asHTTP(bodyError(err, MaxBulkBytes)))
			break
		}
		b.take(lines.number, line, lines.tooLong)
		if err != nil {
			b.store()
			break
		}
		if b.answer.Len() > maxAnswerBytes {
			b.store()
			b.refuse(lines.number+1, echo.NewHTTPError(http.StatusRequestEntityTooLarge, "the answer is too long; this line and those after it were not read: send them again"))
			break
		}
	}
	if c.Request().Context().Err() != nil {
		return c.Request().Context().Err()
	}
	return c.Blob(http.StatusOK, "application/x-ndjson", b.answer.Bytes())
}

// A bulk is one request of many lines.
type bulk struct {
	s      *Server
	c      echo.Context
	answer bytes.Buffer

	batch []bulkLine // read, but not answered
	size  int        // bytes of its texts
}

// A bulkLine is one line of the body.
type bulkLine struct {
	number  int
	record  ingest.Record
	refused *echo.HTTPError // nil: the record is good
}

// take reads one line, which may be blank, and stores the batch that it fills.
func (b *bulk) take(number int, text []byte, tooLong bool) {
	line := bulkLine{number: number}
	switch text = bytes.TrimSpace(text); {
	case tooLong:
		line.refused = echo.NewHTTPError(http.StatusRequestEntityTooLarge, fmt.Sprintf("the line is over %d MB", data.MaxArticleBytes>>20))
	case len(text) == 0:
		return
	default:
		var err error
		if line.record, err = ingest.ParseArticle(text, "", b.s.articles.Languages); err != nil {
			line.refused = echo.NewHTTPError(http.StatusBadRequest, err.Error())
		}
	}
	b.batch, b.size = append(b.batch, line), b.size+len(text)
	if len(b.batch) >= batchArticles || b.size >= batchBytes {
		b.store()
	}
}

// store stores what is good of the batch, puts it into service and answers.
func (b *bulk) store() {
	var articles []data.Article
	var ids []data.ArticleID
	for i := range b.batch {
		if b.batch[i].refused == nil {
			articles, ids = append(articles, b.batch[i].record.Article), append(ids, b.batch[i].record.Article.ID)
		}
	}
	var changes []data.Change
	if len(articles) > 0 {
		ctx := b.c.Request().Context()
		err := b.s.articles.Languages.Assume(ctx, b.s.articles.Store, articles)
		if err == nil {
			changes, err = b.s.articles.Store.PutEach(ctx, articles)
		}
		if err == nil {
			err = b.s.articles.Engine.Update(ctx, ids...)
		}
		if err != nil {
			b.s.logError(b.c, err)
			changes = nil
		}
	}
	for i := range b.batch {
		line := &b.batch[i]
		switch {
		case line.refused != nil:
			b.refuse(line.number, line.refused)
		case len(changes) == 0:
			b.refuse(line.number, echo.NewHTTPError(http.StatusServiceUnavailable, "the article could not be stored or put into service; send it again"))
		default:
			done := newPushed(&line.record, changes[0])
			b.write(pushedLine{Line: line.number, Status: putStatus(changes[0]), pushed: &done})
			changes = changes[1:]
		}
	}
	clear(b.batch)
	b.batch, b.size = b.batch[:0], 0
	extend(b.c)
}

func (b *bulk) refuse(number int, err *echo.HTTPError) {
	b.write(pushedLine{Line: number, Status: err.Code, Error: fmt.Sprint(err.Message)})
}

func asHTTP(err error) *echo.HTTPError {
	refused, _ := errors.AsType[*echo.HTTPError](err)
	return refused
}

func (b *bulk) write(line pushedLine) {
	enc := json.NewEncoder(&b.answer)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(line) // text and numbers, into memory
}

// A lineReader reads lines of at most data.MaxArticleBytes; what goes beyond
// is never in memory as a whole.
type lineReader struct {
	text    *bufio.Reader
	line    []byte
	number  int  // of the last line, counted from 1
	tooLong bool // the last line was
}

// next is the next line, until the one after it is asked for. With io.EOF it
// is the last.
func (r *lineReader) next() ([]byte, error) {
	r.line, r.tooLong = r.line[:0], false
	r.number++
	for {
		piece, err := r.text.ReadSlice('\n')
		if r.tooLong = r.tooLong || len(r.line)+len(piece) > data.MaxArticleBytes; r.tooLong {
			r.line = r.line[:0]
		} else {
			r.line = append(r.line, piece...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return r.line, err
		}
	}
}
