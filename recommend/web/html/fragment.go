package html

import (
	"html/template"
	"io"
)

var fragmentTemplate = template.Must(template.New("fragment.html").ParseFS(files, "fragment.html"))

// A Fragment is a list for the page of a site, without anything around it: the
// elements that widget.js makes, which widget.css styles.
type Fragment struct {
	Lang, Dir   string // of the list; empty where nobody knows
	Heading     string
	HeadingLang string // if it is another, from left to right
	Items       []FragmentItem
	List        string // what events say of the list, in JSON; widget.js reads it
}

// A FragmentItem is one link.
type FragmentItem struct {
	Lang, Dir string // empty: as the list
	Words     string // over the headline, such as the section; may be empty
	Title     string
	URL       string // empty for one that leads nowhere
	Image     Image
}

// Render writes the list to w.
func (v Fragment) Render(w io.Writer) error { return render(w, fragmentTemplate, v) }
