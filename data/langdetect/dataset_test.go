package langdetect_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/longbridgeapp/opencc"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/langdetect"
)

func dataset(t *testing.T, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: real articles take their time")
	}
	path := filepath.Join("..", "..", "..", "shared", "datasets", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data set is not here: %v", err)
	}
	return path
}

// A tally counts texts of one language: told rightly, told as another, and not told.
type tally struct{ right, wrong, untold int }

func (c *tally) count(got langdetect.Result, want data.Lang) {
	switch got.Lang {
	case want:
		c.right++
	case data.Undetermined:
		c.untold++
	default:
		c.wrong++
	}
}

// Real articles, or every so manieth of them, whole and by their titles alone, against the language that
// their source names.
func TestDetectNews(t *testing.T) {
	check := func(name, file string, every int, o ingest.SourceOptions, untold, wrong float64) {
		t.Helper()
		source, err := ingest.Open(dataset(t, file), o)
		if err != nil {
			t.Fatal(err)
		}
		d := newDetector(t)
		wholes, titles := map[data.Lang]*tally{}, map[data.Lang]*tally{}
		var all tally
		var took time.Duration
		i := 0
		for r := range source.Records(t.Context()) {
			if i++; r.Err != nil || i%every != 0 {
				continue
			}
			a := r.Article
			want := a.Lang
			if wholes[want] == nil {
				wholes[want], titles[want] = &tally{}, &tally{}
			}
			began := time.Now()
			got := d.Detect(a.Title, a.Summary, a.Body)
			took += time.Since(began)
			all.count(got, want)
			wholes[want].count(got, want)
			titles[want].count(d.Detect(a.Title), want)
		}
		n := float64(all.right + all.wrong + all.untold)
		for lang := range wholes {
			t.Logf("%s: %s: whole %+v, title %+v", name, lang, *wholes[lang], *titles[lang])
		}
		t.Logf("%s: %v an article; %.4f untold, %.4f wrong", name, took/time.Duration(n), float64(all.untold)/n, float64(all.wrong)/n)
		if float64(all.untold)/n > untold || float64(all.wrong)/n > wrong {
			t.Errorf("%s: %+v, want at most %v untold and %v wrong", name, all, untold, wrong)
		}
	}
	// Of the wrong ones 61 are German and 5 Chinese posts that are in English.
	check("Ruby news", "ruby_lang_news", 1, ingest.SourceOptions{}, .025, .018)
	check("IBM", "ibm_community/articles_community.csv", 1, ingest.SourceOptions{
		Lang: "en", Map: map[string]string{"id": "article_id", "title": "doc_full_name", "body": "doc_body"},
	}, .03, .002)
	check("Reuters", "reuters21578/articles.jsonl.gz", 5, ingest.SourceOptions{}, .14, .016)
	check("Senate", "senate_press_2004_2005/articles.jsonl.gz", 5, ingest.SourceOptions{}, .001, .002)
}

// Paragraphs of an encyclopaedia in traditional characters, and the same in
// simplified ones.
func TestDetectParagraphs(t *testing.T) {
	text, err := os.ReadFile(dataset(t, "drcd_zh_hant/DRCD_dev.json"))
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		Data []struct {
			Paragraphs []struct{ Context string }
		}
	}
	if err := json.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	simplify, err := opencc.New("t2s")
	if err != nil {
		t.Fatal(err)
	}
	d := newDetector(t)
	var whole, start [2]tally // traditional, simplified
	for _, article := range content.Data {
		for _, p := range article.Paragraphs {
			simplified, err := simplify.Convert(p.Context)
			if err != nil {
				t.Fatal(err)
			}
			for i, text := range []string{p.Context, simplified} {
				want := []data.Lang{"zh-Hant", "zh-Hans"}[i]
				whole[i].count(d.Detect(text), want)
				start[i].count(d.Detect(string([]rune(text)[:20])), want)
			}
		}
	}
	t.Logf("traditional %+v, first 20 characters %+v; simplified %+v, %+v", whole[0], start[0], whole[1], start[1])
	for i := range whole {
		if whole[i] != (tally{right: 1000}) || start[i].wrong > 5 || start[i].right < 900 {
			t.Errorf("got %+v of 1,000 paragraphs, %+v of their beginnings", whole[i], start[i])
		}
	}
}
