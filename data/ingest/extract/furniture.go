package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// furnitureWords are the words of class and id attributes that mark what stands
// around an article's text.
var furnitureWords = words(`advert advertisement affiliate attribution author authors authorbox bio breadcrumb breadcrumbs
	byline bylines caption captions comments copyright credit credits disqus gallerycaption hashtags infobox
	langbar languages metadata morelinks nav navigation newsletter outbrain pager pagination popular promo promobox recommended related
	relatedposts share sharebar sharing sharethis signup social sponsored subscribe taboola tags timestamp toolbar trending translations`)

// furnitureParts are the same, as parts of such words.
var furnitureParts = []string{
	"related-", "-related", "caption", "breadcrumb", "byline", "post-meta", "entry-meta", "content-meta",
	"post-author", "author-", "read-more", "readmore", "share-", "newsletter", "most-read", "most-popular", "also-like", "post-date",
	"pub-date", "publish-date", "back-to-top",
}

// labels are what the headings of such furniture say, in lower case.
var labels = words(`related|related articles|related news|related posts|related post|related stories|related story|related topics|related content|related links|
	you might also like|you may also like|you may like|more from|more on this|more on this story|more stories|recommended|recommended for you|
	most popular|most read|trending|trending now|read more|read next|read also|also read|see also|see more|more to read|up next|don't miss|
	share|share this|share this article|share this post|share on facebook|tweet|print|email|follow us|subscribe|sign up|newsletter|advertisement|
	comments|leave a comment|post a comment|back to top|return to top|top|
	das könnte sie auch interessieren|mehr zum thema|lesen sie auch|auch interessant|nach oben|teilen|
	à lire aussi|lire aussi|sur le même sujet|articles similaires|vous aimerez aussi|haut de page|retour en haut|partager|
	te puede interesar|también te puede interesar|lea también|lee también|artículos relacionados|noticias relacionadas|volver arriba|compartir|
	leia também|leia mais|veja também|notícias relacionadas|voltar ao topo|compartilhar|
	leggi anche|potrebbe interessarti|articoli correlati|torna su|condividi|
	читайте также|по теме|похожие статьи|наверх|поделиться|
	你可能也喜欢|你可能也喜歡|相关文章|相關文章|相关阅读|相關閱讀|推荐阅读|推薦閱讀|延伸阅读|延伸閱讀|返回顶部|回到頂部|返回頂部|分享|
	関連記事|あわせて読みたい|おすすめ記事|ページの先頭へ|トップへ戻る|シェア|관련 기사|관련기사`, "|")

func words(s string, separator ...string) map[string]bool {
	list := strings.Fields(s)
	if len(separator) > 0 {
		list = strings.Split(s, separator[0])
	}
	set := make(map[string]bool, len(list))
	for _, w := range list {
		set[strings.TrimSpace(w)] = true
	}
	return set
}

// mostOfPage is the share of the text above which nothing is furniture, whatever
// its element or class says.
const mostOfPage = 0.3

// dropFurniture removes from the article's tree what is not its text: captions,
// bylines, menus, boxes of related links, bars for sharing and the like. It
// reports whether text other than links is left.
func dropFurniture(root *html.Node, title string) bool {
	c := cleaner{title: title, sizes: map[*html.Node]size{}}
	c.most = int(mostOfPage * float64(c.measure(root, false).text))
	c.walk(root)
	for _, n := range c.drop {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
	return !c.onlyLinks(root)
}

// A cleaner finds the furniture in one article.
type cleaner struct {
	title string
	most  int // bytes of text that furniture may have
	sizes map[*html.Node]size
	drop  []*html.Node
}

// size is how much a node holds: bytes of text without white space, those that
// stand in links, and links.
type size struct{ text, linked, links int }

func (c *cleaner) measure(n *html.Node, inLink bool) size {
	var s size
	switch {
	case n.Type == html.TextNode:
		s.text = visible(n.Data)
		if inLink {
			s.linked = s.text
		}
	case n.DataAtom == atom.A:
		inLink = true
		s.links = 1
	}
	for child := range n.ChildNodes() {
		inner := c.measure(child, inLink)
		s.text += inner.text
		s.linked += inner.linked
		s.links += inner.links
	}
	if n.Type == html.ElementNode {
		c.sizes[n] = s
	}
	return s
}

func (c *cleaner) walk(n *html.Node) {
	for child := range n.ChildNodes() {
		switch {
		case child.Type != html.ElementNode:
		case c.sizes[child].text <= c.most && c.isFurniture(child):
			c.drop = append(c.drop, child)
			if isHeading(child) || c.isLabel(child) {
				c.dropLinksAfter(child)
			}
		default:
			c.walk(child)
		}
	}
}

func (c *cleaner) isFurniture(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Figcaption, atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Button, atom.Form, atom.Select, atom.Time:
		return true
	case atom.H1, atom.H2:
		if sameText(text(n), c.title) {
			return true
		}
	}
	if markedAsFurniture(n) {
		return true
	}
	switch n.DataAtom {
	case atom.P, atom.Div, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Strong, atom.B, atom.Span, atom.A, atom.Section:
		if c.isLabel(n) {
			return true
		}
	}
	switch n.DataAtom {
	case atom.P, atom.H3, atom.H4, atom.H5, atom.H6:
		return c.onlyLinks(n)
	case atom.Ul, atom.Ol:
		return c.onlyLinks(n) && c.sizes[n].links > 1
	}
	return false
}

// markedAsFurniture looks at the class and id of n.
func markedAsFurniture(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key != "class" && a.Key != "id" {
			continue
		}
		value := strings.ToLower(a.Val)
		for _, w := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if furnitureWords[w] {
				return true
			}
		}
		if slices.ContainsFunc(furnitureParts, func(part string) bool { return strings.Contains(value, part) }) {
			return true
		}
	}
	return false
}

var labelWithLink = regexp.MustCompile(`^\[?\s*([^:：]{1,40})\s*[:：]`)

// isLabel reports whether n says no more than "Related", or says "Related:" and
// then nothing that is no link.
func (c *cleaner) isLabel(n *html.Node) bool {
	s := c.sizes[n]
	const longestLabel, longest = 60, 400 // bytes; of a label, and with the links after it
	switch {
	case s.text <= longestLabel && labels[trimLabel(text(n))]:
		return true
	case s.text > longest || 2*s.linked <= s.text:
		return false
	}
	m := labelWithLink.FindStringSubmatch(strings.ToLower(text(n)))
	return m != nil && labels[strings.TrimSpace(m[1])]
}

// trimLabel is s as labels has it.
func trimLabel(s string) string {
	return strings.Trim(strings.ToLower(s), " :：…»›→>[]!?\u00a0↑^")
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

// dropLinksAfter drops the list of links that a dropped heading stands above.
func (c *cleaner) dropLinksAfter(n *html.Node) {
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.Type == html.ElementNode && c.onlyLinks(s) {
			c.drop = append(c.drop, s)
		}
		if s.Type == html.ElementNode || strings.TrimSpace(s.Data) != "" {
			return
		}
	}
}

// onlyLinks reports whether nearly all text of n stands in links.
func (c *cleaner) onlyLinks(n *html.Node) bool {
	s := c.sizes[n]
	return s.text > 0 && float64(s.linked) >= 0.9*float64(s.text)
}

func visible(s string) int {
	length := 0
	for _, field := range strings.Fields(s) {
		length += len(field)
	}
	return length
}

// text is the text of n, with single spaces.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// sameText compares letters and numbers only.
func sameText(a, b string) bool {
	fold := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	return fold(a) != "" && fold(a) == fold(b)
}
