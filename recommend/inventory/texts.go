package inventory

import "github.com/alsolike/alsolike/data"

// Texts are the titles, ids and addresses of articles, for whoever wants to find some as
// Find does.
type Texts struct{ pile pile }

// Add adds an article. Of each it keeps about as much memory as the texts have.
func (t *Texts) Add(c *data.Card) { t.pile.add(c) }

// How well an article fits what somebody types, the best first.
const Fits = fits

// Fit returns how well the article that was added as the i-th, from 0, fits what is
// typed, below Fits; ok is false where it does not.
func (t *Texts) Fit(text string) func(i int) (fit int, ok bool) {
	sought := newTyped(text)
	return func(i int) (fit int, ok bool) {
		fit = t.pile.fit(i, &sought, true)
		return fit, fit != not
	}
}

// IsAddress reports whether what is typed looks pasted from the bar of a browser.
func IsAddress(text string) bool { return isAddress(text) }
