package sample

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/alsolike/alsolike/data"
)

var languages = []data.Lang{"en", "zh-Hans", "zh-Hant"}

// Everyday characters of these texts that have one form in each script, in the
// same order. A character that both scripts use (里, 台, 后) tells nothing.
const (
	simplified  = "个师学来说这种开时头门们麦间过机进两从还医马码长员货厂湾为罗场护风岛柜车计课运数队电点处圆满设达样岁让竞兰赛对无条问现装诺险动务导户级经将张当换关轮边钱桥农连给线练续职术卫补订费随伦区发够带树滨灾东规请议试红约总药谁买卖须验债协园实灯卢"
	traditional = "個師學來說這種開時頭門們麥間過機進兩從還醫馬碼長員貨廠灣為羅場護風島櫃車計課運數隊電點處圓滿設達樣歲讓競蘭賽對無條問現裝諾險動務導戶級經將張當換關輪邊錢橋農連給線練續職術衛補訂費隨倫區發夠帶樹濱災東規請議試紅約總藥誰買賣須驗債協園實燈盧"
)

func TestArticles(t *testing.T) {
	byID := map[data.ArticleID]data.Article{}
	last := data.ArticleID("")
	for _, a := range Articles() {
		if a.ID <= last {
			t.Errorf("%s comes after %s; ids must be unique and ascending", a.ID, last)
		}
		last = a.ID
		byID[a.ID] = a
		if err := a.Validate(); err != nil {
			t.Errorf("%s: %v", a.ID, err)
		}
		if a.PublishedAt.IsZero() || len(a.Tags) == 0 || a.Authors[0] == "" || a.Section == "" || a.Title == "" || a.Summary == "" || a.Image.Alt == "" {
			t.Errorf("%s: a field is empty: %+v", a.ID, a)
		}
		if n := strings.Count(a.Body, "\n\n") + 1; n < 3 {
			t.Errorf("%s has %d paragraphs, want 3 or more", a.ID, n)
		}
		if canonical, err := data.ParseLang(string(a.Lang)); err != nil || canonical != a.Lang {
			t.Errorf("%s: language %q, in canonical form %q, %v", a.ID, a.Lang, canonical, err)
		}
	}
	for id, a := range byID {
		if original, ok := byID[a.Group()]; !ok || original.TranslationOf != "" {
			t.Errorf("%s translates %s, which is no original", id, a.Group())
		}
		for _, lang := range languages {
			other, ok := byID[data.ArticleID(lang)+"/"+data.ArticleID(path.Base(string(id)))]
			if !ok {
				continue // not every article stands in every language
			}
			if other.Group() != a.Group() {
				t.Errorf("%s is in group %s, its version %s in %s", id, a.Group(), other.ID, other.Group())
			}
			if got, want := strings.Count(other.Body, "\n\n"), strings.Count(a.Body, "\n\n"); got != want {
				t.Errorf("%s and %s differ in their number of paragraphs", id, other.ID)
			}
			if len(other.Tags) != len(a.Tags) {
				t.Errorf("%s and %s differ in their number of tags", id, other.ID)
			}
		}
	}
}

// The original is the first version in the order of languages.
func TestVersions(t *testing.T) {
	en, hans, hant := &text{Title: "one"}, &text{Title: "二"}, &text{Title: "三"}
	check := func(e entry, want ...string) {
		t.Helper()
		e.Slug = "s"
		var got []string
		for _, a := range e.versions() {
			got = append(got, string(a.ID)+" < "+string(a.TranslationOf)+": "+a.Title)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	check(entry{English: en, Simplified: hans, Traditional: hant}, "en/s < : one", "zh-Hans/s < en/s: 二", "zh-Hant/s < en/s: 三")
	check(entry{Simplified: hans, Traditional: hant}, "zh-Hans/s < : 二", "zh-Hant/s < zh-Hans/s: 三")
	check(entry{English: en, Traditional: hant}, "en/s < : one", "zh-Hant/s < en/s: 三")
	check(entry{Traditional: hant}, "zh-Hant/s < : 三")
	check(entry{})
}

func TestLength(t *testing.T) {
	for _, a := range Articles() {
		if a.Lang == "en" {
			if n := len(strings.Fields(a.Body)); n < 100 {
				t.Errorf("%s has %d words, want 100 or more", a.ID, n)
			}
			continue
		}
		han := 0
		for _, r := range a.Body {
			if unicode.Is(unicode.Han, r) {
				han++
			}
		}
		if han < 200 {
			t.Errorf("%s has %d Han characters, want 200 or more", a.ID, han)
		}
	}
}

func TestScript(t *testing.T) {
	if s, tr := []rune(simplified), []rune(traditional); len(s) != len(tr) {
		t.Fatalf("%d simplified characters against %d traditional ones", len(s), len(tr))
	}
	foreign := map[data.Lang]string{"zh-Hans": traditional, "zh-Hant": simplified}
	own := map[data.Lang]string{"zh-Hans": simplified, "zh-Hant": traditional}
	for _, a := range Articles() {
		if a.Lang == "en" {
			continue
		}
		all := strings.Join([]string{a.Title, a.Summary, a.Section, a.Image.Alt, a.Body, strings.Join(a.Tags, " ")}, "\n")
		if i := strings.IndexAny(all, foreign[a.Lang]); i >= 0 {
			t.Errorf("%s: %.30q is not %s", a.ID, all[i:], a.Lang)
		}
		if !strings.ContainsAny(a.Body, own[a.Lang]) {
			t.Errorf("%s holds no character of %s", a.ID, a.Lang)
		}
	}
}

// Each subject has articles to link to one another in every language, and a
// section has one name in each.
func TestSubjects(t *testing.T) {
	entries, err := load()
	if err != nil {
		t.Fatal(err)
	}
	articles := map[string]map[data.Lang]int{} // by subject
	sections := map[string]string{}            // name in one language to another, both told
	for _, e := range entries {
		versions := e.versions()
		if len(versions) == 0 {
			t.Errorf("%s stands in no language", e.Slug)
		}
		for _, a := range versions {
			if articles[e.Subject] == nil {
				articles[e.Subject] = map[data.Lang]int{}
			}
			articles[e.Subject][a.Lang]++
			for _, b := range versions {
				key := string(a.Lang) + " " + a.Section + " in " + string(b.Lang)
				if known, ok := sections[key]; ok && known != b.Section {
					t.Errorf("section %s is called %q and %q", key, known, b.Section)
				}
				sections[key] = b.Section
			}
		}
	}
	for subject, in := range articles {
		for _, lang := range languages {
			if in[lang] < 2 {
				t.Errorf("subject %q has %d articles in %s, want 2 or more", subject, in[lang], lang)
			}
		}
	}
	if len(articles) < 40 {
		t.Errorf("%d subjects, want 40 or more: %v", len(articles), articles)
	}
}

// Most articles stand in all languages, so that editions can be compared, and
// some do not, so that links between languages have something to show.
func TestLanguages(t *testing.T) {
	articles, versions := map[data.Lang]int{}, map[data.ArticleID]int{}
	for _, a := range Articles() {
		articles[a.Lang]++
		versions[a.Group()]++
	}
	for _, lang := range languages {
		if articles[lang] < 100 {
			t.Errorf("%d articles in %s, want 100 or more", articles[lang], lang)
		}
	}
	groups := map[int]int{} // how many stand in so many languages
	for _, n := range versions {
		groups[n]++
	}
	if groups[1] < 5 || groups[2] < 5 || groups[3] < 90 {
		t.Errorf("articles by their number of languages: %v, want 5 in one, 5 in two and 90 in three, or more", groups)
	}
}

func TestPictures(t *testing.T) {
	unused := map[string]bool{}
	names, err := fs.Glob(Pictures(), "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		unused[name] = true
		b, err := fs.ReadFile(Pictures(), name)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSVG(string(b)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range Articles() {
		name, ok := strings.CutPrefix(a.Image.Src, "/pictures/")
		if _, err := fs.Stat(Pictures(), name); !ok || err != nil {
			t.Errorf("%s: picture %q: %v", a.ID, a.Image.Src, err)
		}
		delete(unused, name)
	}
	for name := range unused {
		t.Errorf("%s is shown by no article", name)
	}
}

func TestCheckSVG(t *testing.T) {
	check := func(svg string, wantErr bool) {
		t.Helper()
		if err := checkSVG(svg); (err != nil) != wantErr {
			t.Errorf("checkSVG(%q) = %v, want an error: %t", svg, err, wantErr)
		}
	}
	const open = `<svg xmlns="http://www.w3.org/2000/svg">`
	check(open+`<g id="a"/><use href="#a" fill="url(#b)"/></svg>`, false)
	check(open+`<g></svg>`, true)
	check(open+`<script>1</script></svg>`, true)
	check(open+`<text>a</text></svg>`, true)
	check(open+`<g onload="1"/></svg>`, true)
	check(open+`<use href="other.svg#a"/></svg>`, true)
	check(open+`<rect fill="url(https://example.org/a)"/></svg>`, true)
	check(`<g/>`, true)
	check("", true)
}

// checkSVG reports why svg is no picture to be shown inside any page: it must
// be one well-formed SVG element that holds only shapes and refers to nothing
// outside itself.
func checkSVG(svg string) error {
	d := xml.NewDecoder(strings.NewReader(svg))
	elements := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if elements++; elements == 1 && e.Name != (xml.Name{Space: "http://www.w3.org/2000/svg", Local: "svg"}) {
			return errors.New("the root is " + e.Name.Local + ", want svg")
		}
		switch e.Name.Local {
		case "script", "style", "text", "image", "foreignObject", "a":
			return errors.New("holds <" + e.Name.Local + ">")
		}
		for _, attr := range e.Attr {
			outside := attr.Name.Local == "href" && !strings.HasPrefix(attr.Value, "#") ||
				strings.Contains(attr.Value, "url(") && !strings.Contains(attr.Value, "url(#")
			if outside || strings.HasPrefix(attr.Name.Local, "on") {
				return errors.New("attribute " + attr.Name.Local + "=" + attr.Value)
			}
		}
	}
	if elements == 0 {
		return errors.New("is empty")
	}
	return nil
}
