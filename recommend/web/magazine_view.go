package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/html"
)

// How the front page shares out its articles, newest first: one leads, some
// have pictures, the others stand under their sections.
const (
	frontLatest = 6
	frontColumn = 3 // most in one section's column
)

func (m *magazine) frontView(ed *edition) html.Front {
	v := html.Front{Page: m.frame(ed, "", func(of *edition) string { return of.root() })}
	v.Description = ed.Tagline
	shown, seen := map[data.ArticleID]bool{}, pictures{}
	for i, a := range ed.articles[:min(len(ed.articles), 1+frontLatest)] {
		shown[a.ID] = true
		if i == 0 {
			v.Lead = seen.show(cardOf(ed, a))
		} else {
			card := cardOf(ed, a)
			card.Teaser = ""
			v.Latest = append(v.Latest, seen.show(card))
		}
	}
	for _, s := range ed.sections {
		col := html.Column{Section: html.Link{Text: s.name, URL: s.url}}
		for _, a := range s.articles {
			if !shown[a.ID] && len(col.Cards) < frontColumn {
				col.Cards = append(col.Cards, cardOf(ed, a))
			}
		}
		if len(col.Cards) > 0 {
			v.Columns = append(v.Columns, col)
		}
	}
	return v
}

func (m *magazine) sectionView(ed *edition, s *section) html.Section {
	v := html.Section{Name: s.name}
	v.Page = m.frame(ed, s.name, func(of *edition) string {
		for _, a := range s.articles {
			if same := of.translation(a); same != nil && same.Section != "" {
				return of.sectionURL(same.Section)
			}
		}
		return ""
	})
	v.Description = s.name + " · " + ed.Magazine
	for i := range v.Sections {
		v.Sections[i].Current = v.Sections[i].URL == s.url
	}
	seen := pictures{}
	for _, a := range s.articles {
		card := cardOf(ed, a)
		card.Section = ""
		v.Cards = append(v.Cards, seen.show(card))
	}
	return v
}

func (m *magazine) articleView(ed *edition, a *data.Article, links []recommend.Link) html.Article {
	v := html.Article{
		Headline:   a.Title,
		Standfirst: a.Summary,
		Authors:    strings.Join(a.Authors, ed.AuthorComma),
		Published:  html.NewDate(ed.Edition, a.PublishedAt),
		Image:      html.Image(a.Image),
		Paragraphs: paragraphs(a),
		Tags:       a.Tags,
		RelatedURL: m.relatedURL(a.ID),
	}
	v.Page = m.frame(ed, a.Title, func(of *edition) string {
		if same := of.translation(a); same != nil {
			return same.URL
		}
		return ""
	})
	v.Description = teaser(a)
	if a.Section != "" {
		v.Section = html.Link{Text: a.Section, URL: ed.sectionURL(a.Section)}
	}
	seen := pictures{v.Image.Src: 1}
	for _, l := range links {
		v.Related = append(v.Related, seen.show(m.linkCard(ed, &l.Card)))
	}
	return v
}

// pictures counts how often each picture stands on a page.
type pictures map[string]int

// show is card with a part of its picture that the page does not show yet, for
// articles of one subject may share a picture.
func (p pictures) show(card html.Card) html.Card {
	card.Detail = p[card.Image.Src] % (html.Details + 1)
	p[card.Image.Src]++
	return card
}

// linkCard is the card of a link on a page of ed. One to another language or
// script says so, and is in the words of that language throughout.
func (m *magazine) linkCard(ed *edition, c *data.Card) html.Card {
	card := html.Card{Title: c.Title, URL: c.URL, Section: c.Section, Image: html.Image(c.Image)}
	if i := slices.IndexFunc(m.editions, func(of *edition) bool { return of.Lang == string(c.Lang) }); i >= 0 && m.editions[i] != ed {
		ed = m.editions[i]
		card.Lang, card.Language = ed.Lang, ed.Name
	}
	card.Published = html.NewDate(ed.Edition, c.PublishedAt)
	return card
}

// relatedURL is where a site asks for the links that the page of an article shows.
func (m *magazine) relatedURL(id data.ArticleID) string {
	q := url.Values{"id": {string(id)}, "limit": {strconv.Itoa(relatedOnPage)}}
	if m.placement != "" {
		q.Set("placement", m.placement)
	}
	return "/v1/related?" + q.Encode()
}

func (m *magazine) problemView(ed *edition, p problem) html.Problem {
	v := html.Problem{Headline: ed.BrokenTitle, Detail: ed.BrokenDetail, RequestID: p.RequestID}
	if p.Status < http.StatusInternalServerError {
		v.Headline, v.Detail = ed.MissingTitle, ed.MissingDetail
	}
	v.Page = m.frame(ed, v.Headline, func(*edition) string { return "" })
	return v
}

// frame is what stands around a page of ed; sameIn is the address of the same
// page in another edition, or empty if that has no such page: then the language
// bar leads to its front page.
func (m *magazine) frame(ed *edition, title string, sameIn func(*edition) string) html.Page {
	p := html.Page{Edition: ed.Edition, Title: title}
	if m.evaluation != nil {
		p.EvaluationURL = evaluationPath
	}
	for _, of := range m.editions {
		l := html.Language{Lang: of.Lang, Name: of.Name, URL: sameIn(of), Current: of == ed}
		if l.URL == "" {
			l.URL = of.root()
			if !l.Current {
				l.Missing = of.OtherwiseHome
			}
		}
		p.Languages = append(p.Languages, l)
	}
	for _, s := range ed.sections {
		p.Sections = append(p.Sections, html.Link{Text: s.name, URL: s.url})
	}
	return p
}

// translation is the article of this edition that says the same as a, or nil.
func (e *edition) translation(a *data.Article) *data.Article { return e.byGroup[a.Group()] }

func cardOf(ed *edition, a *data.Article) html.Card {
	return html.Card{
		Title: a.Title, URL: a.URL, Section: a.Section, Image: html.Image(a.Image),
		Published: html.NewDate(ed.Edition, a.PublishedAt), Teaser: teaser(a),
	}
}

// teaser is the summary of a, or else its first paragraph; pages show as much
// of it as there is room for.
func teaser(a *data.Article) string {
	if a.Summary != "" {
		return a.Summary
	}
	if p := paragraphs(a); len(p) > 0 {
		return p[0]
	}
	return ""
}

// paragraphs is the text of a, split at blank lines.
func paragraphs(a *data.Article) []string {
	var ps []string
	for p := range strings.SplitSeq(data.PlainText(a.Body), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			ps = append(ps, p)
		}
	}
	return ps
}
