package crosslang

import (
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
)

// The posts stand beside the repository and are no part of it.
const newsDir = "../../../shared/datasets/ruby_lang_news"

// A post is one language's version of a piece of news.
type post struct {
	lang, name  string // folder and file: posts of one name are translations of one another
	title, body string
}

var (
	frontMatter = regexp.MustCompile(`(?s)\A---\n(.*?)\n---\n`)
	titleLine   = regexp.MustCompile(`(?m)^title:\s*["']?(.*?)["']?\s*$`)
	noText      = []*regexp.Regexp{ // code blocks, template tags, addresses, checksums
		regexp.MustCompile("(?ms)^[ \t]*(```|~~~).*?^[ \t]*(```|~~~)[ \t]*$"),
		regexp.MustCompile(`(?s)\{% highlight.*?endhighlight %\}`),
		regexp.MustCompile(`(?m)^(    |\t).*$`),
		regexp.MustCompile(`\{%.*?%\}|\{\{.*?\}\}`),
		regexp.MustCompile(`(?m)^\{:.*\}\s*$`),
		regexp.MustCompile(`(?m)^\[[^\]]*\]:.*$`),
		regexp.MustCompile(`\]\([^)\n]*\)`),
		regexp.MustCompile(`(?i)\b(https?|ftp)://[^\s<>)\]]+`),
		regexp.MustCompile(`(?i)\b[0-9a-f]{32,}\b`),
		regexp.MustCompile(`<[^>\n]*>`),
	}
)

// news is the posts in langs, or in all languages, ordered by language and name.
func news(tb testing.TB, langs ...string) []post {
	tb.Helper()
	if testing.Short() {
		tb.Skip("reads a large set of texts")
	}
	if _, err := os.Stat(newsDir); errors.Is(err, os.ErrNotExist) {
		tb.Skipf("the set is not there: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(newsDir, "*/news/_posts/*.md"))
	if err != nil {
		tb.Fatal(err)
	}
	var posts []post
	for _, file := range files {
		lang, _, _ := strings.Cut(strings.TrimPrefix(file, newsDir+string(filepath.Separator)), string(filepath.Separator))
		if len(langs) > 0 && !slices.Contains(langs, lang) {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		p := post{lang: lang, name: filepath.Base(file), body: strings.ReplaceAll(string(b), "\r\n", "\n")}
		if front := frontMatter.FindStringSubmatch(p.body); front != nil {
			p.body = p.body[len(front[0]):]
			if title := titleLine.FindStringSubmatch(front[1]); title != nil {
				p.title = title[1]
			}
		}
		for _, pattern := range noText {
			p.body = pattern.ReplaceAllString(p.body, " ")
		}
		posts = append(posts, p)
	}
	return posts
}

// text is a post as package refresh analyses it.
func (p post) text() embed.Text {
	return embed.Text{Lang: p.lang, Fields: []embed.Field{{Text: p.title, Weight: 3}, {Text: p.body}}}
}

// marked is the post in words that no other language has: each is a code, made of the
// language and a token.
func (p post) marked() embed.Text {
	text := p.text()
	for i, field := range text.Fields {
		var words []string
		for _, t := range token.For(p.lang, token.Rules{}).Tokenise(field.Text) {
			h := fnv.New64a()
			fmt.Fprint(h, embed.Language(p.lang), " ", t)
			words = append(words, fmt.Sprintf("%s0%x", embed.Language(p.lang), h.Sum64()))
		}
		text.Fields[i].Text = strings.Join(words, " ")
	}
	return text
}

// parted is the names found in all of langs, those at even places and those at odd
// places in their order.
func parted(posts []post, langs ...string) (even, odd []string) {
	found := make(map[string]int)
	for _, p := range posts {
		if slices.Contains(langs, p.lang) {
			found[p.name]++
		}
	}
	maps.DeleteFunc(found, func(_ string, n int) bool { return n < len(langs) })
	for i, name := range slices.Sorted(maps.Keys(found)) {
		if i%2 == 0 {
			even = append(even, name)
		} else {
			odd = append(odd, name)
		}
	}
	return even, odd
}

// docs is the posts, of which those named in groups are known to be translations.
func docs(posts []post, groups []string, text func(post) embed.Text) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for _, p := range posts {
			if !yield(Doc{slices.Index(groups, p.name), text(p)}, nil) {
				return
			}
		}
	}
}

// mrr is the mean reciprocal rank of the translation into language to, among all posts
// of that language, for the posts so named of language from. Of equal scores, the
// translation's comes last.
func mrr(posts []post, names []string, from, to string, score func(i, j int) float32) float64 {
	total, n := 0.0, 0
	for i, query := range posts {
		if query.lang != from || !slices.Contains(names, query.name) {
			continue
		}
		var scores []float32
		own, ok := float32(0), false
		for j, p := range posts {
			if p.lang != to {
				continue
			}
			scores = append(scores, score(i, j))
			if p.name == query.name {
				own, ok = scores[len(scores)-1], true
			}
		}
		if !ok {
			continue
		}
		rank := 0
		for _, s := range scores {
			if s >= own {
				rank++
			}
		}
		total += 1 / float64(rank)
		n++
	}
	return total / float64(n)
}

func cosine(vectors embed.Dense) func(i, j int) float32 {
	return func(i, j int) float32 { return vec.Dot(vectors.Row(i), vectors.Row(j)) }
}

func fitNews(tb testing.TB, posts []post, groups []string, text func(post) embed.Text, opts Options) embed.Dense {
	tb.Helper()
	_, vectors, err := Fit(tb.Context(), docs(posts, groups, text), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return vectors
}

func TestFindsTranslations(t *testing.T) {
	langs := []string{"en", "zh_cn", "zh_tw"}
	posts := news(t, langs...)
	train, test := parted(posts, langs...)
	if len(train) != 108 || len(test) != 107 {
		t.Fatalf("got %d and %d posts in three languages, want 108 and 107", len(train), len(test))
	}
	marked := cosine(fitNews(t, posts, train, post.marked, Options{}))
	all := cosine(fitNews(t, posts, train, post.text, Options{}))
	plain := tfidf(posts)
	for _, c := range []struct {
		name, from, to string
		score          func(i, j int) float32
		least          float64
	}{
		{"no token shared", "en", "zh_cn", marked, 0.75},
		{"all tokens", "en", "zh_cn", all, 0.98},
		{"all tokens", "zh_cn", "en", all, 0.98},
		{"all tokens", "zh_tw", "zh_cn", all, 0.98},
	} {
		got := mrr(posts, test, c.from, c.to, c.score)
		t.Logf("%s, %s to %s: MRR %.3f, plain tf-idf %.3f", c.name, c.from, c.to, got, mrr(posts, test, c.from, c.to, plain))
		if got < c.least {
			t.Errorf("%s, %s to %s: MRR is %.3f, want %.2f", c.name, c.from, c.to, got, c.least)
		}
	}
	if got, want := mrr(posts, test, "en", "zh_cn", all), mrr(posts, test, "en", "zh_cn", plain); got < want {
		t.Errorf("all tokens: MRR is %.3f, plain tf-idf has %.3f", got, want)
	}
}

// Of the posts in two languages or more, the translations of every other one are known;
// Likely is to find those of the rest. A name is taken for the truth, though some
// translations have another than their original.
func TestLikelyTranslations(t *testing.T) {
	posts := news(t)
	langs := make(map[string][]string) // by name
	for _, p := range posts {
		langs[p.name] = append(langs[p.name], p.lang)
	}
	var known []string
	missing := 0
	for i, name := range slices.Sorted(maps.Keys(langs)) {
		if i%2 == 0 {
			known = append(known, name)
		} else {
			missing += len(langs[name]) * (len(langs[name]) - 1) / 2
		}
	}
	vectors := fitNews(t, posts, known, post.text, Options{})
	group, lang := make([]int, len(posts)), make([]string, len(posts))
	for i, p := range posts {
		group[i], lang[i] = slices.Index(known, p.name), p.lang
	}
	pairs, err := Likely(t.Context(), vectors, group, lang, 2)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, p := range pairs {
		if posts[p.A].name == posts[p.B].name {
			right++
		}
	}
	precision, recall := float64(right)/float64(len(pairs)), float64(right)/float64(missing)
	t.Logf("%d pairs: precision %.3f, recall %.3f", len(pairs), precision, recall)
	if precision < 0.95 || recall < 0.5 {
		t.Errorf("precision is %.3f and recall %.3f, want 0.95 and 0.5", precision, recall)
	}
}

// tfidf is the cosine of the posts' tf-idf over the tokens of all languages.
func tfidf(posts []post) func(i, j int) float32 {
	ids := make(map[string]int)
	var freq []int
	index, value := make([][]int, len(posts)), make([][]float32, len(posts))
	for i, p := range posts {
		var b bag
		b.count(p.text(), token.Rules{})
		for _, term := range b.terms {
			id, ok := ids[term]
			if !ok {
				id = len(ids)
				ids[term] = id
				freq = append(freq, 0)
			}
			freq[id]++
			index[i], value[i] = append(index[i], id), append(value[i], local(b.counts[term]))
		}
	}
	for i := range posts {
		for e, id := range index[i] {
			value[i][e] *= float32(1 + math.Log(float64(1+len(posts))/float64(1+freq[id])))
		}
		vec.Normalise(value[i])
	}
	wide, filled := make([]float32, len(ids)), -1 // one post's values by id
	return func(i, j int) (sum float32) {
		if i != filled {
			clear(wide)
			for e, id := range index[i] {
				wide[id] = value[i][e]
			}
			filled = i
		}
		for e, id := range index[j] {
			sum += wide[id] * value[j][e]
		}
		return sum
	}
}
