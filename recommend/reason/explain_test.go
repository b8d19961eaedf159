package reason_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/embed/vec"
	"github.com/alsolike/alsolike/recommend/reason"
)

// marked is the sentence with its marks in brackets.
func marked(s reason.Sentence) (text string) {
	at := 0
	for _, m := range s.Marks {
		text += s.Text[at:m.Start] + "[" + s.Text[m.Start:m.End] + "]"
		at = m.End
	}
	return text + s.Text[at:]
}

func (c *corpus) explain(t testing.TB, from, to int) reason.Explanation {
	t.Helper()
	e, err := reason.NewExplainer(c.space, token.Rules{}).Explain(c.side(from), c.side(to))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExplain(t *testing.T) {
	en := fit(t, english, lsa.Options{Rank: 6})
	zh := fit(t, slices.Concat(chinese, traditional), lsa.Options{Rank: 6})
	check := func(c *corpus, from, to int, text, a, b string) {
		t.Helper()
		e := c.explain(t, from, to)
		of := c.articles[from]
		if got := reason.Text(of.Lang, reason.Link{Terms: e.Terms, Concepts: e.Concepts}); got != text {
			t.Errorf("%s: got %q, want %q", of.Title, got, text)
		}
		if got := marked(e.A); got != a {
			t.Errorf("%s: sentence %q, want %q", of.Title, got, a)
		}
		if got := marked(e.B); got != b {
			t.Errorf("%s: sentence of the other %q, want %q", of.Title, got, b)
		}
	}
	check(
		en, 0, 1, "Same subject: housing costs, rent control",
		"[Tenants] in the old town had asked for it since [housing] [costs] doubled.",
		"Nobody builds enough [flats], and so [housing] [costs] rise.",
	)
	check(
		en, 2, 0, "Same subject: rent control, Landlords", // who stand at the beginning of sentences and alone in the title
		"[Landlords] went to court against [rent] [control] on Friday.",
		"Mr. Vale, a [landlord], called [rent] [control] a mistake.",
	)
	check(
		en, 3, 4, "Same subject: harbour, cranes, ships",
		"A [storm] kept all [ships] in the [harbour] for [two] days.",
		"The [harbour] has bought [two] [cranes] that can unload the largest [ships].",
	)
	check(
		en, 11, 2, "Same subject: court, lawyers",
		"The [court] heard [lawyers] of the builders of the [pier].",
		"[Landlords] went to [court] against rent control on Friday.",
	)
	check(
		zh, 1, 0, "同一主题：房租管制、住房费用、公寓",
		"[公寓]建得不够，所以[住房费用]上涨。",
		"旧城的[租户]早就要求这样做，因为[住房费用]翻了一倍。",
	)
	check(
		zh, 3, 4, "同一主题：起重机、港口、船只",
		"[风暴]让所有[船只]在[港口]停留两天。",
		"[港口]买了两[台起重机]，可以卸下最大的[船只]。",
	)
	check( // the article is in the other script
		zh, 10, 1, "同一主題：房租管制、住房、費用",
		"舊城的[租戶]早就要求這樣做，因為[住房費用]翻了一倍。",
		"[公寓]建得不够，所以[住房费用]上涨。",
	)
}

var lines = strings.NewReplacer("\n", " ", "\r", " ")

// checkSentence complains about a sentence that is not of the article, or whose marks
// are not in order within it.
func checkSentence(t testing.TB, of *data.Article, s reason.Sentence) {
	t.Helper()
	texts := []string{data.PlainText(of.Title), data.PlainText(of.Summary), data.PlainText(of.Body)}
	if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(lines.Replace(text), s.Text) }) {
		t.Errorf("%q is not of the article", s.Text)
	}
	if s.Text != strings.TrimSpace(s.Text) {
		t.Errorf("%q has white space at its ends", s.Text)
	}
	last := -1
	for _, m := range s.Marks {
		if m.Start <= last || m.End <= m.Start || m.End > len(s.Text) {
			t.Fatalf("marks %v of %q", s.Marks, s.Text)
		}
		if last = m.End; utf8.ValidString(s.Text) && !utf8.ValidString(s.Text[m.Start:m.End]) {
			t.Errorf("mark %v cuts a character of %q", m, s.Text)
		}
	}
}

// Of each pair of articles in the sample site what is told is true: the terms named
// stand in both articles, and the sentences are theirs.
func TestExplainSample(t *testing.T) {
	for _, lang := range []data.Lang{"en", "zh-Hans", "zh-Hant"} {
		articles := slices.DeleteFunc(sample.Articles(), func(a data.Article) bool { return a.Lang != lang })
		c := fit(t, articles, lsa.Options{Rank: 40})
		tokeniser := token.For(string(lang), token.Rules{})
		tokens := make([]map[string]bool, len(articles))
		for i, a := range articles {
			tokens[i] = map[string]bool{}
			for _, field := range textOf(a).Fields {
				tokeniser.ForEachIn(field.Text, func(token string) { tokens[i][strings.Clone(token)] = true })
			}
		}
		named, pairs := 0, 0
		for i := range articles {
			for j := range articles {
				if i == j || vec.Dot(c.vectors.Row(i), c.vectors.Row(j)) < 0.8 {
					continue
				}
				e := c.explain(t, i, j)
				checkSentence(t, &articles[i], e.A)
				checkSentence(t, &articles[j], e.B)
				for k, term := range e.Terms {
					if slices.Contains(e.Terms[:k], term) {
						t.Errorf("%q is named twice", e.Terms)
					}
					if text := textOf(articles[i]); !slices.ContainsFunc(text.Fields, func(f embed.Field) bool { return strings.Contains(f.Text, term) }) &&
						!slices.ContainsFunc(textOf(articles[j]).Fields, func(f embed.Field) bool { return strings.Contains(f.Text, term) }) {
						t.Errorf("%s: %q does not stand in it", articles[i].ID, term)
					}
					for _, token := range tokeniser.Tokenise(term) {
						whole := utf8.RuneCountInString(token) > 1 || token[0] < utf8.RuneSelf // a single character may be part of n-grams in the text
						if whole && (!tokens[i][token] || !tokens[j][token]) {
							t.Errorf("%s: %q of %q is not in both articles", articles[i].ID, token, term)
						}
					}
				}
				pairs++
				if len(e.Terms) > 0 || e.Concepts[0] != "" {
					named++
				}
			}
		}
		t.Logf("%s: %d of %d near pairs have a subject", lang, named, pairs)
		if pairs == 0 || named < pairs*9/10 {
			t.Errorf("%s: %d of %d near pairs have a subject", lang, named, pairs)
		}
	}
}

// What is named in Latin letters stays when something in Chinese is named after it.
func TestExplainMixed(t *testing.T) {
	articles := written("zh-Hans",
		"AI 与芯片\nAI 需要芯片。AI 很贵。AI 很快。", "AI 工厂\n工厂用 AI 检查芯片，AI 很准，芯片也是。", "面包\n面包师用面粉做面包。",
		"面粉\n面粉很贵，面包也贵。", "小麦\n小麦变成面粉。", "收成\n小麦的收成不好。",
	)
	c := fit(t, articles, lsa.Options{Rank: 3})
	if e, want := c.explain(t, 0, 1), []string{"AI", "芯片"}; !slices.Equal(e.Terms, want) {
		t.Errorf("got %q, want %q", e.Terms, want)
	}
}

// Concepts are named where two articles have hardly a term in common.
func TestExplainConcepts(t *testing.T) {
	articles := written("en",
		"Cars on Monday\nThe car and its engine.", "Engines\nThe engine of a car, and a motor.", "Motors\nA motor and an engine drive an automobile.",
		"Automobiles on Sunday\nThe automobile and its motor.", "Bread\nFlour makes bread.", "More bread\nBakers need flour for bread.", "Dough\nFlour and yeast make dough.",
		"Cakes\nDough and yeast make cakes.",
	)
	c := fit(t, articles, lsa.Options{Rank: 2, MaxDocFreq: 1})
	e := c.explain(t, 0, 3)
	if want := [2]string{"Cars", "Automobiles"}; len(e.Terms) > 0 || e.Concepts != want || e.Cosine < 0.9 {
		t.Errorf("cosine %.2f: got the terms %q and the concepts %q, want %q", e.Cosine, e.Terms, e.Concepts, want)
	}
	if got, want := reason.Text("de", reason.Link{Concepts: e.Concepts}), "Verwandte Themen: Cars – Automobiles"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Without texts there is what the model knows, and an article without text is no error.
func TestExplainWithoutTexts(t *testing.T) {
	c := fit(t, english, lsa.Options{Rank: 6})
	with := c.explain(t, 0, 1)
	for i := range with.Contributions {
		with.Contributions[i].Spelt = ""
	}
	for name, article := range map[string]*data.Article{"no article": nil, "no text": {Lang: "en"}} {
		a, b := c.side(0), c.side(1)
		a.Article = article
		e, err := reason.NewExplainer(c.space, token.Rules{}).Explain(a, b)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(e.Contributions, with.Contributions) || e.Cosine != with.Cosine || e.Lexical != with.Lexical {
			t.Errorf("%s: other contributions", name)
		}
		if e.Terms != nil || e.A.Text != "" {
			t.Errorf("%s: terms %q and sentence %q", name, e.Terms, e.A.Text)
		}
	}
	a := c.side(0)
	a.Index = []uint32{1 << 31}
	if _, err := reason.NewExplainer(c.space, token.Rules{}).Explain(a, c.side(1)); err == nil {
		t.Error("a term beyond the space is no error")
	}
}

// Of a long text its beginning is read.
func TestExplainLongText(t *testing.T) {
	c := fit(t, english, lsa.Options{Rank: 6})
	a, b := c.side(2), c.side(0)
	long := *a.Article
	filler := strings.Repeat("Filler goes on. ", reason.MaxTextBytes/16)
	long.Body = filler + "Landlords and tenants meet in court over rent control."
	a.Article = &long
	e, err := reason.NewExplainer(c.space, token.Rules{}).Explain(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if e.A.Text != long.Title {
		t.Errorf("sentence %q, want the title", e.A.Text)
	}
	long.Body = "Nobody heard of it. " + strings.Repeat("Filler goes on. ", 1000) + long.Body[len(filler):]
	if e, err = reason.NewExplainer(c.space, token.Rules{}).Explain(a, b); err != nil {
		t.Fatal(err)
	}
	if want := "Landlords and tenants meet in court over rent control."; e.A.Text != want {
		t.Errorf("sentence %q, want %q", e.A.Text, want)
	}
}

// The cosine is the one that neighbours are ranked by.
func TestExplainCosine(t *testing.T) {
	c := fit(t, english, lsa.Options{Rank: 6})
	for i := range english {
		for j := range english {
			e := c.explain(t, i, j)
			want := 0.0
			for d := range c.vectors.Dim {
				want += float64(c.vectors.Row(i)[d]) * float64(c.vectors.Row(j)[d])
			}
			if math.Abs(float64(e.Cosine)-want) > 1e-5 {
				t.Errorf("%d and %d: cosine %v, want %v", i, j, e.Cosine, want)
			}
		}
	}
}

func FuzzExplain(f *testing.F) {
	en, zh := fit(f, english, lsa.Options{Rank: 6}), fit(f, chinese, lsa.Options{Rank: 6})
	for _, a := range slices.Concat(english, chinese, traditional) {
		f.Add(a.Title, a.Body)
	}
	f.Add("<p>rent", "<p>Rent control.</p>\n rent-control rent  control \xff房租\xc3管制")
	f.Fuzz(func(t *testing.T, title, body string) {
		for _, c := range []*corpus{en, zh} {
			a, b := c.side(0), c.side(1)
			of := data.Article{Lang: a.Article.Lang, Title: title, Body: body}
			a.Article = &of
			for range 2 {
				e, err := reason.NewExplainer(c.space, token.Rules{}).Explain(a, b)
				if err != nil {
					t.Fatal(err)
				}
				if len(body) < reason.MaxTextBytes {
					checkSentence(t, a.Article, e.A)
					checkSentence(t, b.Article, e.B)
				}
				text := reason.Text(of.Lang, reason.Link{Terms: e.Terms, Concepts: e.Concepts})
				if text == "" || strings.ContainsAny(text, "\n{}") && !strings.ContainsAny(title+body, "{}") {
					t.Errorf("reason %q", text)
				}
				a, b = b, a
			}
		}
	})
}

// Terms that carry the most are told as the article that shows the link spells them.
func TestSpelling(t *testing.T) {
	e := fit(t, english, lsa.Options{Rank: 6}).explain(t, 3, 4)
	spelt := map[string]string{}
	for _, c := range e.Contributions {
		if (c.Spelt != "") != (c.Shared() && c.Share > 0) {
			t.Errorf("%q is spelt %q", c.Term, c.Spelt)
		}
		spelt[c.Term] = c.Spelt
	}
	for term, want := range map[string]string{"crane": "cranes", "ship": "ships", "harbour": "harbour", "storm": ""} {
		if got := spelt[term]; got != want {
			t.Errorf("%q is spelt %q, want %q", term, got, want)
		}
	}
}
