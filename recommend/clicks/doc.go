// Package clicks counts, from the event log, how often links were seen and followed of
// late: for every pair of article and link, and for every article in all its lists and
// as a link under others.
//
// # Decisions
//
// A list counts as seen when its impression is in the log, which a page reports once half
// of it was on the screen for a second. Of its links those count as seen of which a view
// says so, and those that were followed; where there is no view of the list at all, since
// the page reports none, all of them. A click counts once for each list and link, as in
// package eventlog.
//
// Rates have the score interval of Wilson (1927) at 95 %, estimate.Wilson, which is sound
// for few clicks and for none. It takes every list for a trial of its own. They are
// not: a reader sees several, and the log mostly cannot tell readers apart; so the truth
// lies outside more often than one time in twenty. And a link that stands higher gets more
// clicks whatever it is, so rates of different places do not compare links; package
// eval/estimate does. They are for editors to see what goes on, not for deciding which
// ranking is better.
//
// The window is 30 days (UTC), today among them: a month of newsroom work, and within
// what events.retention keeps unless it is set shorter. All placements count together, and
// every article for itself: a translation is another page with other readers, and the log
// names the version that was linked.
//
// The days before yesterday are read once a day and kept as sums; yesterday and today are
// read again when somebody asks, at most once a minute and a tenth of the time. Yesterday
// is among them because a day's last events are written after its end. Nobody waits for
// it, but for 50 ms who asks first, or first in a long while: what was counted before is
// told meanwhile, with its time. Of a file that is damaged as much counts as can be read.
// Counting each event as it comes in would be newer by a minute, but cost every site
// memory and a lock for numbers that few look at, and a way to take old days off again.
//
// Articles are known by hashes of 64 bits: that any two of 100,000 are taken for one has a
// chance of one in 10^9. A log of a million events, half of them lists of five under
// 100,000 articles, takes 1.5 s the first time, 0.13 s later, and 34 MB (BenchmarkCount);
// once a day, for a moment, twice that. At most Options.Pairs pairs are kept of each part:
// where there would be more, those that were seen least are forgotten, those without a
// click first, and Counts.Rare says so. A click is put to its list for as long as that is
// among the last 65,536 at least, an hour and a half on a site that shows a million a
// day; a later one is left out.
package clicks
