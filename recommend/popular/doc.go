// Package popular counts which articles are read most of late: what a list is
// filled with that asks for recommend.PopularFallback.
//
// Every page view and every click counts as a read, and half as much with each
// day that goes by. No reader is told from another, and nothing is kept but a
// number for each article.
//
// # Decisions
//
// Reads decay rather than drop out of a window: that takes one number an article, and
// articles keep their order while nobody reads. So Top sorts only after reads, and at
// most once a second: 0.5 ms for 10,000 articles of which 1,000 were read meanwhile
// (BenchmarkTop). A read costs 0.3 µs.
//
// Memory is bounded: with 10,000 articles kept it is 1.5 MB. When there is no room
// for a further article, the quarter that is read least is forgotten. An article
// that is read once an hour weighs 35 reads, and is forgotten only if 7,500 weigh
// more.
//
// A click on a link and the page view that follows both count. So on a site that
// reports both, what is linked comes out ahead of what is only found elsewhere,
// never by more than a factor of two. Counting one of the two would ask to know
// the reader.
//
// What was counted is lost with the process, and counted again from the event log
// at the next start. Yesterday and today are enough: a read before them weighs less
// than half of one of now.
package popular
