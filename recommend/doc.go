// Package recommend answers which articles to link under an article: the ranked
// list of the snapshot in service (package rank made it), checked against the store's
// present cards, with the site's policy and the editors' overrides and rules applied.
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
// ranking score, newer ones first where it is equal. Links in others follow by their unrounded score, then by cosine,
// with OtherLanguage as their source. They come of the snapshot's candidates
// across languages and, where the own language is not asked for or has nothing
// to show at the moment, of the versions that candidates in it have in others.
// The threshold applies to all.
//
// # Filters, fallbacks and what is withheld
//
// A Filter holds for every link of the list, whoever put it there: candidates,
// pins, and what fills up. It is looked at in the version that the reader gets.
// Names are compared letter by letter. The filters of a query and of its placement
// hold both; of everything else the query has the say.
//
// A filter is applied to the article's ranked list first. If too few of it pass in the
// article's language all articles are looked at: every one that passes, and its
// translations, for they may be nearer, is compared with the article, folded ones too,
// and in the space of all languages if the reader wants others. What the ranked list has
// stays before what is found so, which is known by its cosine alone. So a narrow filter
// finds whatever there is with a cosine above 0.
//
// A Fallback fills what is short after that: with the newest articles of the
// article's section, the newest of all, or the most read. Those in its language
// come first. Everything said of visibility, languages, translations, filters,
// exclusions and overrides holds for them, but not the threshold. They follow the
// links of the algorithm, and pins stand among them at their positions. An article
// that is not known has a list of them, in the language that most articles are in;
// one that is off the site, or shows no links, has none all the same.
//
// The page that the reader came from is not linked back, as if it was excluded.
//
// Of several lists that must not repeat one another, what an earlier one shows is
// excluded from those after it, pins included.
//
// Withheld counts those of the candidates that were looked at, until the list was
// full, and are no links, by reason.Code, and Rejected says why in words.
//
// # Policy
//
// A Policy keeps the algorithm, and what fills up, from links that a site never wants:
// to what is too old, to what is newer than the article, or from articles of one kind
// to those of another, such as light pieces under deaths. It is looked at when a list
// is asked for, since time alone may change what it says, and since whoever changes it
// should not wait for a refresh. An editor's pin knows better.
//
// A list has one article of a story (near-duplicates, see package story), and none of
// the article's own. Which one, a refresh has decided: when that leaves the site, the
// story is in no list until the next. Of the algorithm's links no more than
// Options.PerAuthor in any rank.Window that follow each other are of one author: one
// too many waits for a place farther down. For an author of more than a quarter of the
// articles that does not hold (rank.Authors). Pins and drawn lists do without it.
//
// # Reasons
//
// Reasons are made when they are asked for, from the texts in the store: the terms
// that carry the cosine, exactly (package reason), and what other features give to the
// ranking score. What readers read is not kept in a snapshot; what a score has beyond
// the other features is told as that. Readers are told in the article's language,
// editors in that of their pages (Query.Tell); the terms stay as the article spells them.
//
// # Overrides
//
// The order of power is exclude > hide > pin > boost and bury > score; off goes
// before all of them.
//
//  1. Of an excluded or hidden article no version is linked, pinned or not.
//     Overrides hold under one article and its translations or under every
//     article (data.Everywhere), from their From until their Until, unless they
//     are paused; with a Placement only where the query names it, and with a Lang
//     only under articles in that language.
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
//  8. The ranking score of a link of the algorithm is multiplied by the strength of
//     the boost or bury that is in force for its group, and links stand in the
//     order of the product (Link.Rank), equal ones newer first, then by id. The
//     shown score is that without it, and so is the one that must reach the
//     threshold: a boost makes no link of what is none, and what is buried with 0
//     comes last and is not left out. Caps on authors and stories hold for the
//     order that comes of it.
//  9. Of several boosts and buries of one group one counts, as of pins: one for the
//     article or a translation of it before all for everywhere, else the newest.
//     They do not multiply.
//  10. Off leaves an article, and its translations, without any link: pins and what
//     a fallback has too, as if the article said NoLinks. It is for one article.
//
// A boost is looked for in all of the article's ranked list, in which it stands as far
// down as it may (64 links by default). Where a filter leaves that short, it is looked
// for among the 64 nearest of all articles that pass; a filter that the ranked list
// fills is not looked beyond. Links in other languages, which come after those in the
// article's, stand in the order of their unrounded score times the strength. What a
// fallback fills up with keeps its order, for it has no ranking score, and so do pins.
// Where no boost or bury is in force no more of a ranked list is looked at than the list
// needs; where one is, for everywhere or not, all of it: for a list of 5 of 64
// candidates 70 µs in place of 12, and 31 kB in place of 6 (BenchmarkWeighed).
//
// Newer means created later and, at the same moment, with the higher ID. So two
// pins of one position stand one after the other, a pin past the end is last,
// and with a limit of five the older of two pins at positions 5 and 9 is the
// one that finds no room.
//
// # Rules
//
// A rule (data.Rule) says of many articles what an override says of one, and limits what
// links there are. Which rules hold for a list, its article, placement and moment say.
//
//  1. Of several rules that hold and say something of one thing the first in their order
//     counts: of those that boost or bury an article, that pin an article, that say which
//     sections links may be of, how old they may be, how many may be of one section, and
//     how many by one author. Hides add up, and one off is enough.
//  2. Among rules, too, off > hide > pin > boost and bury.
//  3. An override for the article, or a translation of it, beats rules: its pin shows what
//     a rule hides, stands where the override says, and shows although a rule switches
//     the links off; its boost or bury counts. Rules beat overrides for everywhere, but for
//     hides: what an override hides no rule shows. On one position the pins of overrides
//     come before those of rules.
//  4. A rule that pins a kind of articles pins the best link of that kind that the list
//     may show, of those that are there before a fallback fills up; two such rules pin
//     the best two. Whether an article is of a kind is looked at in the version that the
//     reader gets.
//  5. Sections and ages are filters of what the algorithm and fallbacks link (Filters,
//     above: where the article's ranked list has too little that passes, all articles are
//     looked at); pins pass them all. Ages count from the beginning of the hour.
//  6. How many links are of one section or author counts over the whole list, without the
//     pins, and in the order before any drawing at random: one too many is left out. The
//     caps of the policy hold beside it.
//
// With Query.Explain a list tells which rules hold for it, and of each link and each
// rejected candidate the rule that put it where it is.
//
// Rules are gone through for every list that is made: 300 of which none holds cost it
// 3 µs, without garbage (BenchmarkRules).
//
// # Lists drawn at random
//
// With Explore a share of the lists is drawn at random, so that an evaluation can
// tell what readers would do with lists that they were not shown. The links of the
// algorithm come in another order and from farther down: one by one, from the
// Explore.Pool best that the list may show, the better ones more often, by what boosts
// and buries make of their ranking scores: both the pool and the chances. Pins stay
// where they are; what fills a list comes after the pool, as ever. The list tells
// its pool and the chance of every link (Draw), and its id is signed over them.
//
// Whether a list is drawn, and how, is decided by a keyed hash of its article, its
// placement and the half minute. So a page may be kept by whoever keeps pages, all
// servers of a site answer alike, nothing need be remembered, and nobody can
// foretell or choose a draw. All that readers of one article are shown within half
// a minute is one draw, so their lists are alike; an evaluation that takes its
// intervals by article where these are wider, as eval does, allows for it.
//
// An evaluation works out what each article's readers could have been shown, also
// when they were not. It can, because all lists drawn from one snapshot are drawn
// in one way: from as many links, at one temperature. Hence a list longer than the
// pool is never drawn, rather than from a larger pool, and the default temperature
// is one for the snapshot, rather than one for each article.
//
// The default temperature is half the mean difference of ranking score between
// the ends of a pool, so the last link of a usual pool weighs 1/e² of the first.
// That is where eval simulate draws too. On the sample site its drawn lists got
// 15.2 % fewer clicks than the others, over 500,000 lists of each. Colder draws cost
// less and tell less of the links farther down; eval plan --pack says how much.
//
// A draw weighs no more than 500 million times less what ranks far below the best,
// so that every chance can be told.
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
// 8 MB of its own, 2 of them for the catalog below, and 28 MB more after 1,000
// pushes; and 227 MB of mapped files, which the
// system may take back.
//
// A new snapshot is read and verified beside whatever else goes on; no request and
// no push waits for it.
//
// What passes a filter is found by a catalog of the snapshot's rows by language,
// section and tag, newest first, which is made in memory before the snapshot goes
// into service: some 90 ms of CPU and 2 MB at 100,000 articles with one tag each. So only
// rows that may pass are compared: of 100,000 of 256 numbers, a filter that 100 pass
// takes 25 µs, 1,000 take 0.2 ms, 10,000 take 4 ms of CPU. A filter that only
// excludes reads all vectors as they lie: 6 ms of CPU, and up to 20 where next to
// nothing passes and cards are read in vain; with a fallback up to 60, for it reads
// all of them again, newest first. That bounds what a request can cost, and limits on
// requests do the rest. Files of the snapshot in place of the catalog would save its
// making at the price of a longer refresh and of a format more.
//
// The newest come of the same catalog, and of the articles changed since in a list
// that is kept in order with every change, so filling up takes no more than the walk
// to the first few that may be shown.
//
// Filters of times count from the beginning of an hour or a day (Since), or no
// list would have the same id twice.
//
// A pin scores by the cosine of the two vectors, in the cross-language space if
// the languages differ, and 0 when one of them is not known. So does what fills up. A
// ranking score is made of a cosine where nothing else is known: the one at the same
// quantile of the corpus's links (snapshot.Scale.Rank). A folded article stands in
// another's ranked list where its cosine stands among the cosines of that list.
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
// A recommendation id is 24 bytes: a digest of what was asked and of the state of
// things behind the answer, 8 bytes of SHA-256, and a seal of 16 bytes, HMAC-SHA-256
// over the digest and over the snapshot, the article, the placement, the links with
// positions and sources, and the draw. So the same list has the same id, and what a
// page says of its list is checked (Verify) without making the list again, after any
// number of refreshes, restarts and take-downs, in 1 µs and without garbage.
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
