package crosslang_test

import (
	"context"
	"fmt"

	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/embed/vec"
)

func Example() {
	// Ten days' harbour and field reports, each in English and in German: the site's
	// translations.
	var site []crosslang.Doc
	for day := range 10 {
		site = append(site,
			crosslang.Doc{Group: 2 * day, Text: text("en", "harbour ships cranes storm")},
			crosslang.Doc{Group: 2 * day, Text: text("de", "Hafen Schiffe Kräne Sturm")},
			crosslang.Doc{Group: 2*day + 1, Text: text("en", "wheat fields rain farmers")},
			crosslang.Doc{Group: 2*day + 1, Text: text("de", "Weizen Felder Regen Bauern")},
		)
	}
	docs := func(yield func(crosslang.Doc, error) bool) {
		for _, doc := range site {
			if !yield(doc, nil) {
				return
			}
		}
	}
	model, _, err := crosslang.Fit(context.Background(), docs, crosslang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}

	german := model.FoldIn(text("de", "Kräne im Hafen"))
	for _, title := range []string{"The ships and the storm", "Rain for the farmers"} {
		alike := vec.Dot(german, model.FoldIn(text("en", title))) > 0.9
		fmt.Printf("%s: %t\n", title, alike)
	}
	// Output:
	// The ships and the storm: true
	// Rain for the farmers: false
}

func text(lang, words string) embed.Text {
	return embed.Text{Lang: lang, Fields: []embed.Field{{Text: words}}}
}
