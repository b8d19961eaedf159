// Package boilerplate finds the blocks of text that recur on many pages of a
// site (menus, teasers, disclaimers, author boxes, "Back to top") and takes them
// out. It knows texts only, and nothing of any site or language.
//
// # What a block is
//
// A text is a row of words: runs of letters and digits in any case, and every
// single character of the scripts that put no spaces between words. Length is
// counted in words, two such characters being one. A block is
//
//   - a passage of twelve words, wherever it stands and however its lines are
//     broken; longer blocks are many of them, one a word further than the other;
//   - a line of fewer words, all of it.
//
// A page belongs to an edition, all pages in its language, and often to a section
// of it. A block is boilerplate within one of these if it stands on at least ten
// of its pages, and on at least this share of them:
//
//	                       edition  section
//	a short line (< 5 words)   5 %     50 %
//	any other block            1 %     20 %
//
// # Decisions
//
// Ten pages is the floor whatever the share: what an agency's story, a quotation
// or the name of a law share is found on a few pages, and a site of nine pages
// has no statistics. Twelve words are more than a name has, however official
// ("United States Court of Appeals for the District of Columbia Circuit"), and a
// short line must recur oftener, since words such as "Background" come to stand
// alone by chance. A section has a subject, and what many of its pages say may be
// just that, so there the shares are greater.
//
// Pages whose texts are equal count as one: a story that was stored a dozen
// times is no boilerplate. Stories that are nearly equal are told from pages
// that share much furniture by their number only.
//
// Digits count: numbered parts of a table are different texts. Nothing else of a
// text is normalised but case, punctuation and white space, for a template gives
// the same characters on every page.
//
// Find counts the blocks twice. The first time it counts into 8 MB of cells that
// blocks share, so that no block has been seen more often than its cell says; the
// second time it counts exactly what may be frequent enough. Of the first 5,000
// pages all are looked at, of those up to 10,000 one in two, of those up to 20,000
// one in four and so on, drawn by their number; of a page the first and the last
// 1,024 words. So memory grows with the logarithm of the number of pages. The
// texts are kept from the first time to the second if they are no more than 64 MB,
// and read again otherwise: of 37,958 articles 24 MB are looked at. With blocks
// counted in rows and the second time on all cores, Find then takes .7 s of
// processor time for them where it took 1.2 s.
//
// Measured on the development sets: of the community site's 1,051 pages 877 lose
// menus, share bars and author boxes, 7.9 % of their bytes; newswire loses the
// agency's name at the end and nothing else; 1,000 paragraphs of a Chinese
// encyclopedia lose nothing. The result depends on the pages and their order alone.
package boilerplate
