package recommend

import "github.com/alsolike/alsolike/data"

// A Draw is how a list was drawn at random: in the slots without a pin the first
// Keep links of Pool, then one by one, without replacement, from the rest of it, a
// link of logit l with a chance in proportion to exp(l) (Plackett and Luce). Pins
// are not in Pool.
type Draw struct {
	Pool   []data.ArticleID // by ranking score
	Logits []float64        // of Pool: ranking score, less the best, over Temperature, to four decimals
	Keep   int
	P      []float64 // by position: the chance of that link, given those above; 1 where nothing was drawn
}

// A Claim is what somebody says a list was, to be checked by its signature: see
// Engine.Verify. Items stand in the order of the list.
type Claim struct {
	RecommendationID string
	Snapshot         string
	Article          data.ArticleID
	Placement        string
	Items            []ClaimedItem
	Draw             *Draw
}

// A ClaimedItem is a link of a Claim.
type ClaimedItem struct {
	ID       data.ArticleID
	Position int
	Source   Source
}
