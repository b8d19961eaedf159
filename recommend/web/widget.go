package web

import (
	"bytes"
	"cmp"
	"errors"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	pages "github.com/alsolike/alsolike/recommend/web/html"
	"github.com/alsolike/alsolike/recommend/web/widget"
)

const fragmentPath = "/v1/fragment"

func (s *Server) registerWidget(headings widget.Headings, events bool) {
	s.headings = widget.NewHeadings(headings)
	read := []string{http.MethodGet, http.MethodHead}
	s.echo.Match(read, fragmentPath, s.handleFragment)
	s.echo.Match(read, "/widget.js", serveAsset("text/javascript; charset=utf-8", widget.Script(s.headings, events)))
	s.echo.Match(read, "/widget.css", serveAsset("text/css; charset=utf-8", widget.Style))
}

// serveAsset serves what pages of other sites load, and a new version may change. It
// is compressed once, and as much as can be.
func serveAsset(contentType string, b []byte) echo.HandlerFunc {
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(b)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // cannot be: a buffer takes everything
	}
	a := newAnswer([]string{contentType}, b)
	a.keepZipped(zipped.Bytes())
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderCacheControl, "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin") // pages that isolate themselves load it too
		return sendAnswer(c, a)
	}
}

// handleFragment serves GET /v1/fragment, with the parameters of /v1/related: the
// list as HTML; nothing for an empty one.
func (s *Server) handleFragment(c echo.Context) error {
	return s.sendList(c, fragmentPath+"?"+c.Request().URL.RawQuery, func(q recommend.Query, list *recommend.List) (*answer, error) {
		var b bytes.Buffer
		if len(list.Links) > 0 {
			if err := s.fragmentView(q, list).Render(&b); err != nil {
				return nil, err
			}
		}
		return newAnswer(htmlType, b.Bytes()), nil
	})
}

func (s *Server) fragmentView(q recommend.Query, list *recommend.List) pages.Fragment {
	of := cmp.Or(spoken(list.Article.Lang), spoken(list.Links[0].Card.Lang)) // a list that only fills in has no article
	v := pages.Fragment{Lang: string(of), Dir: widget.Direction(of), List: string(appendClaim(nil, q.Placement, list))}
	heading, spoken := s.headings.In(of)
	if v.Heading = heading; spoken != of {
		v.HeadingLang = string(spoken)
	}
	for i := range list.Links {
		v.Items = append(v.Items, fragmentItem(&list.Links[i].Card, of))
	}
	return v
}

// fragmentItem is the link to c in a list in the language of. One to another
// language says so.
func fragmentItem(c *data.Card, of data.Lang) pages.FragmentItem {
	item := pages.FragmentItem{Words: c.Section, Title: cmp.Or(c.Title, c.URL), URL: webAddress(c.URL), Image: pages.Image(c.Image)}
	lang := spoken(c.Lang)
	if lang != "" && lang != of {
		item.Lang, item.Dir = string(lang), widget.Direction(lang)
	}
	if lang != "" && lang.Base() != of.Base() {
		item.Words = strings.TrimSuffix(display.Self.Name(language.Make(string(lang)))+" · "+c.Section, " · ")
	}
	return item
}

// spoken is lang, or empty where nobody knows it.
func spoken(lang data.Lang) data.Lang {
	if lang == data.Undetermined {
		return ""
	}
	return lang
}

// webAddress is address if a link may lead there: not one with a scheme such as
// "javascript:".
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}

// appendClaim appends what events say of l, which is for that placement; see
// recommend.Claim.
func appendClaim(b []byte, placement string, l *recommend.List) []byte {
	b = append(b, '{')
	b = appendField(b, `"recommendation_id":`, l.RecommendationID)
	b = appendField(b, `"snapshot":`, l.Snapshot)
	b = appendField(b, `"article":`, string(l.Article.ID))
	b = appendField(b, `"placement":`, placement)
	b = append(b, `"items":[`...)
	for i := range l.Links {
		b = append(b, '{')
		b = appendField(b, `"id":`, string(l.Links[i].Card.ID))
		b = appendField(b, `"source":`, string(l.Links[i].Source))
		if l.Draw != nil {
			b = append(appendFloat(append(b, `"p":`...), l.Draw.P[i]), ',')
		}
		b = append(b, `"position":`...)
		b = append(strconv.AppendInt(b, int64(l.Links[i].Position), 10), `},`...)
	}
	b = closed(b, ']')
	if l.Draw != nil {
		b = appendDraw(b, l.Draw)
	}
	return append(b, '}')
}

// wantsComment reports whether a problem goes into somebody's page, where readers
// must not see it: that of a fragment asked for on behalf of a browser.
func wantsComment(c echo.Context) bool {
	return c.Path() == fragmentPath && strings.Contains(c.Request().Header.Get(echo.HeaderAccept), "text/html")
}

// writeComment answers with p as a comment of HTML.
func writeComment(c echo.Context, p problem) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	detail := strings.ReplaceAll(html.EscapeString(p.Detail), "--", "-&#45;")
	return c.HTML(p.Status, "<!-- alsolike: "+detail+" -->\n")
}
