// Package pack holds an event log as an evaluation wants it: joined to the
// catalogue of articles and to the snapshots, in columns, and without anything
// that tells one reader from another outside the pack. It writes a pack into one
// file and reads it back.
//
// # What a file does not tell
//
// Write leaves out who the readers are:
//
//   - There are no ids of readers, sessions or impressions. Readers and sessions
//     have numbers, given at random; so two packs of one log number them
//     differently.
//   - The rows stand in random order. Both come from a seed that is drawn for every
//     file and thrown away.
//   - There are no times, only hours, and the moment: how many articles had been
//     published or taken down before. Which articles existed when a list was shown
//     is all that an evaluation needs of the minute. On a site that publishes
//     twenty articles a day a moment is about an hour long too; on one that
//     publishes every minute, it tells the minute.
//   - Where an article had fewer than MinCell impressions on a day, these are
//     pooled: their hour is the first one of that day, and device, referrer and
//     language are unknown. They stay rows of their own. So clicks, positions,
//     probabilities, readers, days, moments and snapshots are untouched, and with
//     them estimates over all impressions, by day, by widget or by variant. What
//     needs the hour, such as which snapshots were in service when a list was shown,
//     goes by an hour of that day with the same moment and snapshot. Slices by
//     device, referrer or language lose rows; Pack.Checks says how many.
//
// What is left still tells which lists one numbered reader was shown and clicked,
// since intervals need it, and which pages one numbered reader read. Somebody who
// knows several articles that a person read on known days may find that person's
// row, and with it the others. So a pack is no open data: keep it where those who
// work on the site can reach it, and nobody else.
//
// # The file
//
//	8 bytes    "\x89EVP\r\n\x1a\n"
//	4 bytes    number of the format, as all numbers here with the low byte first
//	8 bytes    length of the whole file
//	32 bytes   hash of the content
//	blocks     one after the other, to the end
//
// A block is its name, a byte that is 1 if it is compressed with Zstandard, its
// length before compression, the length stored, and the bytes stored. Lengths are
// varints, and stand before every name too. The hash is SHA-256 over the SHA-256
// of every block before compression, with its name. Most blocks hold one column,
// as a base and the bits that the largest value needs, see packInts. Probabilities
// are stored where they are neither 1 nor unknown; flags and codes take the bits
// they need. So an impression of six items takes about 34 bytes before
// compression, and about 20 after.
//
// # Decisions
//
// A pack is read whole: a million impressions take about 130 MB of memory and a
// fraction of a second, and an evaluation goes over all of them anyway.
//
// The rows are put in order by a random permutation, which is what sorting by a
// hash comes to when its key is thrown away.
//
// Policies are numbered by the rows in their new order, since numbers in the order
// of the log would tell which rows are the oldest.
//
// The hash is of the content before compression, so that another version of the
// compressor does not change it.
//
// A block is stored as it is where compressing makes it more than fifty times
// shorter. So the length of a file bounds what reading it can take, and a small
// file cannot fill the memory.
package pack
