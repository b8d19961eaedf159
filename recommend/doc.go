// Package recommend answers which articles to link under an article: the
// candidates of the snapshot in service, checked against the store's present
// cards, with the editors' overrides applied.
//
// # Overrides
//
// The order of power is exclude > hide > pin > score.
//
//  1. An excluded or hidden article is not linked, pinned or not. Hides and
//     pins hold under one article or under every one (data.Everywhere), from
//     their From until their Until.
//  2. A pin links its target if that may be linked at all: it is visible, in
//     the article's language and no translation of it. The threshold does not
//     apply, and the model need never have proposed it.
//  3. Of several pins of one target the newest counts; one for the article
//     itself comes before all for everywhere.
//  4. Pins stand in the order of their positions, a position past the limit
//     being the limit, and of equal positions the newer pin first.
//  5. The list is filled slot by slot from 1. A slot takes the first waiting
//     pin whose position is not above the slot, else the next link of the
//     algorithm. When these run out, the pins still waiting follow.
//  6. The list ends at the limit.
//
// Newer means created later and, at the same moment, with the higher ID. So two
// pins of one position stand one after the other, a pin past the end is last,
// and with a limit of five the older of two pins at positions 5 and 9 is the
// one that finds no room.
//
// # Decisions
//
// Cards are checked when a list is asked for, not when the snapshot is made:
// an article that was unpublished a moment ago is in no list, one whose day of
// publication has come is in all that it belongs to.
//
// An article shows links unless it is unpublished or says NoLinks. A hidden one
// is on the site and shows links, and so does one with a date ahead: whoever
// sees its page is there already.
//
// An article that is new or changed since the snapshot is folded in: the
// snapshot's model makes a vector of its text, by which it gets a list of its
// own and enters those of the articles that it beats. It is provisional, in its
// own list and in others, until a refresh. The same lists come of the same
// snapshot and the same articles, in whatever order these changed and after a
// restart: a folded article is compared with the rows as the snapshot has them,
// and whether a row may be shown is asked with the list. A full list of the
// snapshot takes in what reaches its last candidate and no less, for beyond it
// nobody knows what would come first; so every list is true as far as it goes.
// Of what a list takes in it keeps as many as the snapshot has candidates, the
// best ones: a site that begins with few articles has room in every list, and what
// is pushed next would be in all of them.
// An article whose card alone changed is not provisional. Folding in happens
// when a view is built, up to Options.MostProvisional articles, and never holds
// up other changes for long.
//
// A pin scores by the cosine of the two vectors, and 0 when one of them is not
// known.
//
// A query by URL may spell it as it likes: data.CanonicalURL decides which page
// it names. Of several articles with that URL it means one that is not
// unpublished and, of these, the one with the smallest id.
//
// The default threshold is 0. Scores are relative to the corpus, so that any
// higher one would cut a fixed share of links, good or not; and in a small
// corpus, where random pairs are often about the same subject, the noise floor
// alone would empty lists if links below it were dropped.
//
// An engine that has a snapshot in service keeps it through whatever goes wrong
// with the disk or the store, and says so in its Status.
package recommend
