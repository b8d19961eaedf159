// Package snapshot writes, verifies and maps snapshots: what one refresh has
// made, never changed afterwards.
//
// A Dir is the folder of all snapshots of a site:
//
//	snapshots/
//	  published.json              the ids published so far, of which the last one is to be served; and what was decided about which snapshot, by whom and why
//	  20261123T200000Z-7f3a9c/    one snapshot: when it was made (UTC), six digits of a hash
//	    manifest.json             how it was made, and size and sha-256 of the other files
//	    cards.bin                 n records of 84 bytes, in the order of the articles' ids
//	    strings.bin               the strings of the cards, one card after the other
//	    urls.bin                  of the articles with a URL the hash (uint64) of its canonical form, and the row (uint32), in this order
//	    groups.bin                the translation groups: the number of every row's group, where every group starts in what follows, and n; the rows, one group after the other (uint32)
//	    vectors.bin               n × rank float32
//	    candidates.bin            n lengths, uint32; then n × K pairs of row (uint32) and cosine (float32), best first
//	    model.bin                 the model, as it writes itself
//	    cross-vectors.bin         the same three for the cross-language space, with its own rank and K; empty where there is none
//	    cross-candidates.bin
//	    cross-model.bin
//	    origins.bin               n records of 44 bytes: what every row was made from, and how well the model knew it; may be empty
//	    terms.bin                 the weighted terms of every row: n lengths, then the terms' numbers of one row after the other (uint32), then their weights (float32); may be empty
//	    links.bin                 the ranked lists: n lengths, then n × K records of row (uint32), score and cosine (float32), best first; may be empty
//	    stories.bin               the number of every row's cluster of near-duplicates (uint32); may be empty
//	    sketches.bin              n sketches of 512 bytes of the articles' texts, see package story; may be empty
//	    boilerplate.bin           what recurs on many pages, as it writes itself; may be empty
//	  .tmp-…                      one being written, or left by a crash
//
// All numbers are little endian. A record of cards.bin is the offset of the
// card's strings (uint64); the lengths of id, title, URL, section, language,
// image source, image text, group, tags, authors, type, series and canonical URL
// (13 × uint32), which follow one another there; the date of publication as seconds and
// nanoseconds since 1970 (int64, uint32); flags (uint32), see write.go; and the part of
// the series (int64). One of origins.bin is the hash of the
// article's content (32 bytes) and, zero where the model was fitted with the
// article, its terms, those unknown to the model, and its energy (3 × float32).
//
// # Decisions
//
// The binary files have no headers: their shapes stand in the manifest, whose
// own last member is a checksum over the bytes before it, so that no flipped
// bit anywhere goes unseen.
//
// Every request asks for the translations of what it is about to show, so they
// are found by row without a look at any card. Groups are numbered in the order
// of their ids, which stand in the cards of their members and nowhere else: the
// group of an id is found by bisection. A group may bear the id of an article
// that is not there.
//
// Tags stand in the cards because requests filter by them: as one string that holds
// a tag a line, so that a card is still one copy of consecutive bytes. So do authors.
//
// Candidates are what search found, and links what ranking made of that and of other
// sources. Both are kept: a refresh goes on from the candidates, whose order must be
// that of the cosines, and readers get the links. A snapshot without links is one whose
// candidates are its links.
//
// Weighted terms are kept so that a refresh which goes on need not count all texts again
// for what LSA smooths away. A weight of two bytes in place of four would spare a
// quarter of the file, and rows that were folded in would differ from those of a fit.
//
// Sketches are kept so that a refresh which goes on finds the near-duplicates of all
// articles, and not only of those that it reads.
//
// The cross-language part is files of its own, not more columns of the others:
// most sites have one language, and a space for each language stays what it is
// whether there is one for all or not.
//
// Articles are found by FNV-1a (64 bits) of data.CanonicalURL of their URLs, and
// the URL itself is looked at then. Were urls.bin in the order of the canonical
// URLs, checking that order would mean to make them all again at every opening.
//
// Opening a snapshot reads all of it once, for the checksums. That is the price
// of refusing a broken one by name before it serves anyone, and it warms the page
// cache. One of 100,000 articles, 256 numbers and 64 candidates each with a model of
// 45 MB, 212 MB in all, takes 0.2 s of CPU, on two cores half of that in time: the
// files are hashed beside one another, at 1.5 GB/s on a core that has instructions
// for it. Looking whether lists, cards, URLs and groups make sense is 0.03 s of it.
// A hash per part of a file, so that the longest could be hashed in parts, would
// save 0.05 s and is left out. From its start to its first /readyz a server with
// that snapshot takes 0.23 s of CPU and 0.25 to 0.45 s of time on two busy cores;
// 0.55 s if nothing of the files is in memory yet. With 105 terms and 20 links of each
// article, 110 MB more, opening takes half as much again: 0.55 s of CPU beside 0.37 s,
// in runs side by side on cores that had other work.
//
// Writing is the same hash and a copy into the page cache: numbers are written as
// they lie in memory, a piece that is in the cache at a time, and all files beside
// one another, so that one is hashed while another waits for the disk. 38,000
// articles, 108 MB, take 0.23 s of CPU. What has just been written is published
// unread (WriteAndPublish): reading it from the page cache, which holds what was
// hashed a moment ago, would say nothing about the disk, and whoever serves it
// opens and verifies it anyway.
//
// A snapshot that goes on with its parent's model shares the files of the models
// and of the boilerplate with it, by hard links: they need be neither written nor
// hashed, and each snapshot is a whole folder all the same, which stays so when the
// other is removed. Damage to one is damage to both, and seen in both.
//
// Everything handed out is a copy, but for the bytes of the model and of the
// boilerplate: a mapped slice that outlives its mapping kills the process.
//
// A pointer file that cannot be read is an error, not a reason to guess: of two
// snapshots the newer is not always the one that editors want.
//
// What editors decide about snapshots stands in the file that says which one is in
// service, for to roll back is to change both, and a file is replaced as a whole: after
// a crash either both hold or neither. That file is read several times a second, so it
// does not grow: of old decisions it forgets who made them, and a history is kept by
// others. They take it from the log of the last decisions, which is in that file too: what
// was decided and what they read are one write, so that no crash comes in between.
//
// One rule keeps what goes into service by itself from undoing what an editor did: while
// a snapshot that is newer than the one in service is held or was rolled back, everything
// newer waits. A refresh that follows a rollback would make much the same lists again, and
// with a new id; to remember the id alone would be of no help. Publishing something newer
// ends it, and so does Release.
//
// A snapshot but for some lists (WriteExcept) is a snapshot like any other, not a note to
// whoever serves: so it can be verified, compared, rolled back and evaluated. It costs one
// file. One that was written and about which nothing was decided is what a crash has left
// (Info.Leftover): it never awaits review, and goes with the next pruning. The next refresh ranks all articles anew, those too; what is to stay is pinned.
//
// Pruning drops files and says so in the manifest, which is replaced first: were it last,
// a crash would leave a broken snapshot. Lists stay because an evaluation of old events
// asks what readers could have been shown.
//
// Writing and publishing are two steps. A snapshot is written by one process at
// a time, which holds the site's refresh.lock; publishing has a lock of its own.
package snapshot
