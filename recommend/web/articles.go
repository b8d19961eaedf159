package web

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
)

// Articles is what the routes need by which a CMS pushes articles.
type Articles struct {
	Store  ArticleStore // required
	Keys   KeyStore     // required
	Engine Updater      // required

	Languages *ingest.Languages // of the site; nil: any
}

// An ArticleStore stores what is pushed.
type ArticleStore interface {
	// ChangeArticle stores what f makes of the article of that id, nil if there
	// is none; nobody changes the article in between.
	ChangeArticle(ctx context.Context, id data.ArticleID, f func(old *data.Article) (data.Article, error)) (data.Change, error)
	// PutEach stores articles in order, all of them or, on an error, none.
	PutEach(ctx context.Context, articles []data.Article) ([]data.Change, error)
	ingest.LanguageCounter
}

// A KeyStore knows who may push.
type KeyStore interface {
	// KeyBySecret is the key of that secret, revoked or not, or data.ErrNotFound.
	KeyBySecret(ctx context.Context, secret string) (data.Key, error)
}

// An Updater answers requests for links.
type Updater interface {
	// Update returns when answers are made from what the store holds by now,
	// the named articles' texts included.
	Update(ctx context.Context, named ...data.ArticleID) error
}

const articlesPath = "/v1/articles"

// pushFor is how long a sender may take for one article, or for one batch of many.
const pushFor = time.Minute

func (s *Server) registerArticles() {
	write := s.authorise(data.WriteArticles)
	s.echo.PUT(articlesPath+"/*", s.handleArticlePut, write)
	s.echo.DELETE(articlesPath+"/*", s.handleArticleDelete, write)
	s.echo.POST(articlesPath, s.handleArticlesPost, write)
}

// authorise lets only those pass who show a key with the scope.
func (s *Server) authorise(scope data.Scope) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			kind, secret, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
			if !strings.EqualFold(kind, "Bearer") || secret == "" {
				return s.unauthorised(c, "", "a key is needed, as `Authorization: Bearer alsolike_…`; `alsolike key add` makes one")
			}
			key, err := s.articles.Keys.KeyBySecret(c.Request().Context(), strings.TrimSpace(secret))
			switch {
			case errors.Is(err, data.ErrNotFound):
				return s.unauthorised(c, "invalid_token", "nobody knows this key; `alsolike key list` shows those that there are")
			case err != nil:
				return err
			case !key.Revoked.IsZero():
				return s.unauthorised(c, "invalid_token", "this key was revoked; `alsolike key add` makes another")
			case !key.May(scope):
				return echo.NewHTTPError(http.StatusForbidden, fmt.Sprintf("this key is not for %s; `alsolike key add --scope %s` makes one that is", scope, scope))
			}
			if err := s.limitKey(c, key.ID); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// unauthorised refuses a request without a good key, and counts it to its address.
func (s *Server) unauthorised(c echo.Context, reason, detail string) error {
	if err := s.limitAddress(c); err != nil {
		return err
	}
	challenge := `Bearer realm="alsolike"`
	if reason != "" {
		challenge += fmt.Sprintf(`, error=%q`, reason)
	}
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, challenge)
	return echo.NewHTTPError(http.StatusUnauthorized, detail)
}

// A pushed is the answer about one article.
type pushed struct {
	ID      data.ArticleID `json:"id"`
	Result  data.Change    `json:"result"`
	Ignored []string       `json:"ignored,omitempty"` // names of fields that were left out, and why
}

func newPushed(r *ingest.Record, change data.Change) pushed {
	p := pushed{ID: r.Article.ID, Result: change}
	for _, name := range r.Unknown {
		p.Ignored = append(p.Ignored, name+" is no field of an article")
	}
	if r.BadDate {
		p.Ignored = append(p.Ignored, "a date cannot be read; write it as 2026-12-31 or 2026-12-31T18:00:00Z")
	}
	if r.BadLang {
		p.Ignored = append(p.Ignored, "lang is no language tag (such as en, zh-Hans or pt-BR)")
	}
	return p
}

// handleArticlePut serves PUT /v1/articles/{id}: the article is from now on what
// the body says.
func (s *Server) handleArticlePut(c echo.Context) error {
	id, err := articleID(c)
	if err != nil {
		return err
	}
	body, err := readArticle(c)
	if err != nil {
		return err
	}
	record, err := ingest.ParseArticle(body, id, s.articles.Languages)
	if err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, err.Error())
	}
	fresh := []data.Article{record.Article}
	if err := s.articles.Languages.Assume(c.Request().Context(), s.articles.Store, fresh); err != nil {
		return err
	}
	wanted := newPrecondition(c.Request().Header)
	change, err := s.articles.Store.ChangeArticle(c.Request().Context(), id, func(old *data.Article) (data.Article, error) {
		return fresh[0], wanted.check(old)
	})
	if err != nil {
		return err
	}
	if err := s.articles.Engine.Update(c.Request().Context(), id); err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(&fresh[0]))
	return writeJSON(c, putStatus(change), echo.MIMEApplicationJSON, newPushed(&record, change))
}

// putStatus is the status of an article that was put.
func putStatus(change data.Change) int {
	if change == data.Added {
		return http.StatusCreated
	}
	return http.StatusOK
}

// handleArticleDelete serves DELETE /v1/articles/{id}: the article is off the
// site and in no list from now on.
func (s *Server) handleArticleDelete(c echo.Context) error {
	id, err := articleID(c)
	if err != nil {
		return err
	}
	wanted := newPrecondition(c.Request().Header)
	_, err = s.articles.Store.ChangeArticle(c.Request().Context(), id, func(old *data.Article) (data.Article, error) {
		if old == nil {
			return data.Article{}, echo.NewHTTPError(http.StatusNotFound, fmt.Sprintf("no article has the id %q", string(id)))
		}
		gone := *old
		gone.State = data.Unpublished
		return gone, wanted.check(old)
	})
	if err != nil {
		return err
	}
	if err := s.articles.Engine.Update(c.Request().Context(), id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// articleID is the id in the address, percent-encoded; its slashes may be too.
func articleID(c echo.Context) (data.ArticleID, error) {
	if _, err := parseQuery(c.Request().URL.RawQuery, nil, nil); err != nil {
		return "", err
	}
	id, err := url.PathUnescape(strings.TrimPrefix(c.Request().URL.EscapedPath(), articlesPath+"/"))
	if err != nil {
		return "", &data.InvalidError{Field: "id", Reason: "cannot be read: " + clip(err.Error())}
	}
	return parseID("id", id)
}

// readArticle is the body of a request, one article.
func readArticle(c echo.Context) ([]byte, error) {
	if err := plainBody(c); err != nil {
		return nil, err
	}
	extend(c)
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, data.MaxArticleBytes))
	if err != nil {
		return nil, bodyError(err, data.MaxArticleBytes)
	}
	return body, nil
}

// plainBody refuses a body that is encoded in a way that nobody here decodes.
func plainBody(c echo.Context) error {
	if encoding := c.Request().Header.Get(echo.HeaderContentEncoding); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, fmt.Sprintf("the body is encoded as %s; send it as it is", clip(encoding)))
	}
	return nil
}

// extend gives the sender time: the server's own limits are for requests
// without a body.
func extend(c echo.Context) {
	control, end := http.NewResponseController(c.Response()), time.Now().Add(pushFor)
	_ = control.SetReadDeadline(end) // a writer that knows no deadlines has none to exceed
	_ = control.SetWriteDeadline(end.Add(pushFor))
}

// bodyError says what went wrong with reading a body of at most limit bytes.
func bodyError(err error, limit int64) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is over %d MB", limit>>20))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return echo.NewHTTPError(http.StatusRequestTimeout, "the body did not come in time")
	}
	return echo.NewHTTPError(http.StatusBadRequest, "the body ended before its time: "+clip(err.Error()))
}

// etag names what an article is.
func etag(a *data.Article) string {
	sum := a.Hash()
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// A precondition is what a sender wants an article to be before it is changed
// (RFC 9110, section 13). Lists of entity tags; nil: none.
type precondition struct{ match, noneMatch []string }

func newPrecondition(h http.Header) precondition {
	return precondition{entityTags(h.Values("If-Match")), entityTags(h.Values("If-None-Match"))}
}

// entityTags splits header lines. A tag of ours holds no comma.
func entityTags(lines []string) []string {
	var tags []string
	for _, line := range lines {
		for tag := range strings.SplitSeq(line, ",") {
			tags = append(tags, strings.TrimSpace(tag))
		}
	}
	return tags
}

// check returns an error if old, the stored article or nil, is not what the
// sender wants. An unpublished article is one all the same.
func (p precondition) check(old *data.Article) error {
	is := func(tags []string, weak bool) bool {
		for _, tag := range tags {
			if weak {
				tag = strings.TrimPrefix(tag, "W/")
			}
			if old != nil && (tag == "*" || tag == etag(old)) {
				return true
			}
		}
		return false
	}
	if p.match != nil && !is(p.match, false) {
		return echo.NewHTTPError(http.StatusPreconditionFailed, "the article is not the one that If-Match names: it was changed meanwhile, or is not there")
	}
	if p.noneMatch != nil && is(p.noneMatch, true) {
		return echo.NewHTTPError(http.StatusPreconditionFailed, "there is such an article, which If-None-Match rules out")
	}
	return nil
}
