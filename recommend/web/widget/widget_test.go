package widget

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
)

func TestScript(t *testing.T) {
	s := string(Script(NewHeadings(nil), true))
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	if b.Len() > 4000 {
		t.Errorf("the script is %d bytes in gzip; at most 4000 are wanted", b.Len())
	}
	t.Logf("%d bytes, %d in gzip", len(s), b.Len())
	for _, no := range []string{"$CSS", "$HEADINGS", "$EVENTS", "//", "/*", "\n  ", "cookie", "Storage", "innerHTML", "eval", ".style."} {
		if strings.Contains(s, no) {
			t.Errorf("the script holds %q", no)
		}
	}
	for _, want := range []string{`"de":"Das könnte Sie auch interessieren"`, `.alsolike li{display:flex;`, "\nconst doc = document\n", "const quiet = !true ||"} {
		if !strings.Contains(s, want) {
			t.Errorf("the script does not hold %q", want)
		}
	}
	own := string(Script(NewHeadings(Headings{"en": `Mehr "hier" </script>`, "hu": "Ez is érdekelheti"}), false))
	if !strings.Contains(own, "const quiet = !false ||") {
		t.Error("the script tells events to a server that takes none")
	}
	if !strings.Contains(own, `"en":"Mehr \"hier\" </script>"`) || !strings.Contains(own, `"hu":"Ez is érdekelheti"`) {
		t.Errorf("the site's headings are not in the script:\n%s", own)
	}
}

func TestHeadings(t *testing.T) {
	h := NewHeadings(Headings{"pt-PT": "Também pode gostar", "sv": "Läs också"})
	check := func(lang data.Lang, heading string, spoken data.Lang) {
		t.Helper()
		if got, in := h.In(lang); got != heading || in != spoken {
			t.Errorf("%s: got %q in %s, want %q in %s", lang, got, in, heading, spoken)
		}
	}
	check("en", "You might also like", "en")
	check("en-GB", "You might also like", "en-GB")
	check("de-Latn-AT", "Das könnte Sie auch interessieren", "de-Latn-AT")
	check("pt-BR", "Você também pode gostar", "pt-BR")
	check("pt-PT", "Também pode gostar", "pt-PT")
	check("sv", "Läs också", "sv")
	check("zh-Hant", "你可能也喜歡", "zh-Hant")
	check("eo", "You might also like", "en")
	check("und", "You might also like", "en")
	check("", "You might also like", "en")

	// The languages of the table are spelt as those of articles are.
	for lang := range headings {
		if same, err := data.ParseLang(string(lang)); err != nil || same != lang {
			t.Errorf("%s is spelt %s in articles (%v)", lang, same, err)
		}
	}
	if headings["sv"] == "Läs också" {
		t.Error("the headings of a site became everybody's")
	}
}

func TestDirection(t *testing.T) {
	for lang, want := range map[data.Lang]string{
		"ar": "rtl", "he": "rtl", "fa-IR": "rtl", "ur": "rtl", "az-Arab": "rtl", "dv": "rtl",
		"en": "ltr", "zh-Hant": "ltr", "und": "ltr", "": "ltr",
	} {
		if got := Direction(lang); got != want {
			t.Errorf("%s: got %s, want %s", lang, got, want)
		}
	}
}
