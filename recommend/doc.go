// Package recommend answers which articles to link under an article: the
// candidates of the snapshot in service, checked against the store's present
// cards, with the editors' overrides applied.
//
// # Languages
//
// Articles that translate one another are a group, and a list shows a group
// once, in the version that the reader of the article wants most of those that
// may be shown at the moment: in exactly the article's language tag, else in its
// language in another script or region, else, where the query asks for other
// languages, in the first of these that there is. Of versions wanted alike it is
// the one whose tag comes first ("zh-Hans" before "zh-Hant"), so that a list does
// not mix what nobody chose between, then the candidate or target itself, then
// the one with the smallest id. The group stands where its best candidate does.
//
// Links in the article's own language come first, if they are asked for, by
// ranking score. Links in others follow by their unrounded score, then by cosine,
// with OtherLanguage as their source. They come of the snapshot's candidates
// across languages and, where the own language is not asked for or has nothing
// to show at the moment, of the versions that candidates in it have in others.
// The threshold applies to all.
//
// # Overrides
//
// The order of power is exclude > hide > pin > score.
//
//  1. Of an excluded or hidden article no version is linked, pinned or not.
//     Hides and pins hold under one article and its translations or under every
//     article (data.Everywhere), from their From until their Until.
//  2. A pin links the version of its target that the reader wants, if that may
//     be linked at all: it is visible and no translation of the article. The
//     threshold does not apply, and the model need never have proposed it.
//  3. Where the target has no version in the languages of the list, a pin shows
//     under the very article that it names, for that is the editor's word: the
//     version for readers of the target. It does not under the translations of
//     that article, nor if it is for everywhere.
//  4. Of several pins of one group that show, the newest counts; one for the
//     article or a translation of it comes before all for everywhere.
//  5. Pins stand in the order of their positions, a position past the limit
//     being the limit, and of equal positions the newer pin first.
//  6. The list is filled slot by slot from 1. A slot takes the first waiting
//     pin whose position is not above the slot, else the next link of the
//     algorithm. When these run out, the pins still waiting follow.
//  7. The list ends at the limit.
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
// Folding in one article at 100,000 of rank 256 takes 11 ms of CPU from the PUT to
// its answer, of which 9 are the products with all vectors, which come from memory
// at 11 GB/s; median over 1,000 pushes 12 ms, with the store's transaction of 0.5 ms
// and the disk's sync on top where it is slow. It allocates some 0.3 MB, which depend
// on how many lists the article enters and on how many are provisional (a map of
// them is copied), and on the corpus with no more than 8 bytes for 64 articles. The
// folder, which the first push makes, takes 13 bytes for each row. Where many wait,
// as after a restart, eight at a time are compared with 32 rows after another, which
// come from memory once and then stay in the nearest cache: 1.4 ms of CPU each, and
// 1,000 are back in 1.7 s on two cores. A server is ready meanwhile, once it has the
// snapshot and has folded in for a third of a second (Start). A narrower first pass
// over vectors of 8 bits would take a quarter of the memory's time for a push, and
// of every server a quarter more memory; it is not worth either yet.
//
// The process holds next to nothing of a snapshot itself: at 100,000 articles it has
// 6 MB of its own, 34 MB after 1,000 pushes, and 227 MB of mapped files, which the
// system may take back.
//
// A new snapshot is read and verified beside whatever else goes on; no request and
// no push waits for it.
//
// A pin scores by the cosine of the two vectors, in the cross-language space if
// the languages differ, and 0 when one of them is not known.
//
// An article that is folded in gets candidates in other languages by its present
// text, but enters the lists of articles in other languages with the next refresh
// only: until then it stands there, if at all, as its old text did. A reader of
// another language is a guest; what is new matters to him later, and every push
// would cost a second search.
//
// Which version is shown is decided when a list is asked for: a version that was
// unpublished gives way to the other script at once, and a new translation is
// preferred as soon as its card is known, folded in or not. What was folded in as
// a translation that a group did not have does not move the group from where its
// other versions stand. A list has one candidate of a group, so if a refresh
// chose the version whose text is then replaced by a quite different one, the
// group leaves the list until the next refresh, although another of its versions
// would belong there.
//
// Exclusions hold for groups: who asks for a list without an article does not
// mean to get it in the other script.
//
// A query for other languages on a snapshot without a cross-language space gets
// what the own language's candidates lead to.
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
