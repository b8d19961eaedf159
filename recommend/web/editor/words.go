package editor

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
)

// A lang is a language of the interface, its place in every text.
type lang int

const (
	english lang = iota
	simplified
	traditional
)

// tags are the languages as browsers name them, and as they call themselves.
var tags = [...]struct{ tag, name string }{english: {"en", "English"}, simplified: {"zh-Hans", "简体"}, traditional: {"zh-Hant", "繁體"}}

// A table holds texts in English, 简体 and 繁體 by their keys, PAGE.WHAT. A text may
// hold verbs of package fmt; one with a "|" has a form for the number 1 and one for others.
type table map[string][len(tags)]string

// texts is the translation table: that of the frame and those of the pages.
var texts = join(
	articleTexts, articlesTexts, changesTexts, clicksTexts, effectTexts, evaluationTexts, frameTexts, historyTexts,
	invalidTexts, rulesTexts, settingsTexts, signInTexts, todayTexts,
)

func join(tables ...table) table {
	all := table{}
	for _, t := range tables {
		for key := range t {
			if _, twice := all[key]; twice {
				panic("editor: two texts are " + key)
			}
		}
		maps.Copy(all, t)
	}
	return all
}

// translate is the text of that key in a language. A key that is none is shown as it is, which
// a test finds.
func translate(l lang, key string, args ...any) string {
	text, ok := texts[key]
	if !ok {
		return key
	}
	one, many, plural := strings.Cut(text[l], "|")
	if plural && (len(args) == 0 || args[0] != 1) {
		one = many
	}
	if len(args) == 0 {
		return one
	}
	return fmt.Sprintf(one, args...)
}

// words write in one language.
type words struct {
	lang     lang
	location *time.Location
	now      time.Time
}

// Lang is the language's tag.
func (w words) Lang() string { return tags[w.lang].tag }

// T is the text of that key.
func (w words) T(key string, args ...any) string { return translate(w.lang, key, args...) }

// When is a time as a day and an hour where the newsroom is.
func (w words) When(at time.Time) string {
	return at.In(w.location).Format([...]string{"2 Jan 2006, 15:04", "2006年1月2日 15:04", "2006年1月2日 15:04"}[w.lang])
}

// Day is the day of a time where the newsroom is.
func (w words) Day(at time.Time) string {
	return at.In(w.location).Format([...]string{"2 Jan 2006", "2006年1月2日", "2006年1月2日"}[w.lang])
}

// Machine is a time as programs read it.
func (w words) Machine(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Ago is how long ago a time was.
func (w words) Ago(at time.Time) string {
	d := w.now.Sub(at)
	if d < time.Minute {
		return w.T("ago.now")
	}
	return w.T("ago", w.Span(d))
}

// Span is a length of time in its greatest unit.
func (w words) Span(d time.Duration) string {
	switch {
	case d < time.Hour:
		return w.T("span.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return w.T("span.hours", int(d/time.Hour))
	}
	return w.T("span.days", int(d/(24*time.Hour)))
}

// words are those in which the reader of c has the interface.
func (s *Server) words(c echo.Context) words {
	return words{lang: languageOf(c.Request()), location: s.Location, now: s.Now()}
}

// text is the text of that key for the reader of c.
func (s *Server) text(c echo.Context, key string, args ...any) string {
	return translate(languageOf(c.Request()), key, args...)
}

// languageOf is the language that a reader has chosen, else the one that his browser
// prefers.
func languageOf(r *http.Request) lang {
	if cookie, err := r.Cookie(languageCookie); err == nil {
		if l, ok := parseLang(cookie.Value); ok {
			return l
		}
	}
	// What cannot be read of the header prefers nothing.
	asked, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	_, i, _ := matcher.Match(asked...)
	return lang(i)
}

var matcher = language.NewMatcher([]language.Tag{english: language.English, simplified: language.SimplifiedChinese, traditional: language.TraditionalChinese})

func parseLang(tag string) (lang, bool) {
	i := slices.IndexFunc(tags[:], func(t struct{ tag, name string }) bool { return t.tag == tag })
	return lang(max(i, 0)), i >= 0
}

const (
	languagePath   = Prefix + "/language"
	languageCookie = "alsolike_language"
)

// A languageChoice is a language that a reader may change to.
type languageChoice struct {
	Lang, Name string
	Current    bool
}

func (s *Server) languageChoices(c echo.Context) []languageChoice {
	var all []languageChoice
	for i, tag := range tags {
		all = append(all, languageChoice{tag.tag, tag.name, lang(i) == languageOf(c.Request())})
	}
	return all
}

// handleLanguage serves POST /editor/language: the interface is in another language
// from now on.
func (s *Server) handleLanguage(c echo.Context) error {
	if err := s.checkOrigin(c, nil); err != nil {
		return err
	}
	if l, ok := parseLang(c.FormValue("lang")); ok {
		c.SetCookie(&http.Cookie{
			Name: languageCookie, Value: tags[l].tag, Path: Prefix, MaxAge: int((365 * 24 * time.Hour).Seconds()),
			HttpOnly: true, Secure: s.Secure(c.Request()), SameSite: http.SameSiteLaxMode,
		})
	}
	return c.Redirect(http.StatusSeeOther, localPath(c.FormValue("next")))
}
