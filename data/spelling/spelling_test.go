package spelling_test

import (
	"fmt"
	"testing"

	"github.com/alsolike/alsolike/data/spelling"
)

func ExampleNearest() {
	fmt.Println(spelling.Nearest("limti", []string{"id", "url", "limit", "exclude"}))
	// Output: limit
}

func TestNearest(t *testing.T) {
	check := func(word, want string, known ...string) {
		t.Helper()
		if got := spelling.Nearest(word, known); got != want {
			t.Errorf("Nearest(%q, %q) = %q, want %q", word, known, got, want)
		}
	}
	check("limt", "limit", "id", "url", "limit")
	check("article", "article_id", "doc_body", "article_id")
	check("Titel", "title", "body", "title")
	check("語文", "語言", "語言", "section")
	check("tag", "lag", "tags", "lag", "bag2") // as near as tags: byte order decides
	check("xyz", "", "section", "authors")
	check("ab", "", "cd")
	check("", "", "a")
	check("a", "")
}
