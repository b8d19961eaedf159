// Package reason says in words why a link is there, and why a candidate is none.
//
// [Contributions] are exact: the cosine of two articles is a sum over their terms, of
// which each has its share. [Explain] finds in the articles' texts how the terms that
// carry the most are spelt there, and the sentence of either article that carries the
// most. [Text] makes a sentence of that and of the features that rank the link, in the
// language of the article: "Same subject: housing, rent control". [Rejection.Text] does
// so for candidates that are no links: "too old by 40 days".
//
// Texts are read when somebody asks for a reason, never for plain answers.
//
// # Decisions
//
// Terms that both articles hold are named, not those of one that the model brought near
// to the other, however much these carry: a reader who follows a link because of
// "tenants" wants to find tenants there. Only where the terms in common carry less than a
// quarter of what speaks for the link, a term of either article is named, as
// "related subjects: car – automobile".
//
// Words that stand together in both articles are named together. The model has no pairs
// of words, so they are found in the texts: rent and control are "rent control" if they
// stand so at least half as often as the rarer of the two stands anywhere.
//
// Chinese terms are pairs of characters, and most pairs are no words. A run of
// overlapping pairs is named if it has three quarters of the occurrences of each of its
// pairs, 房租管制 and not 租管制; a pair of which half or more overlaps with what is named
// already is left out, and so is one with a stop character. What stands beside a run in
// three quarters of its occurrences in both articles belongs to it: 北海艦隊 and not
// 海艦隊. There is no dictionary, and 市议 for 市议会 may come out of two short texts that
// are nearly the same.
//
// Words are spelt as the article that shows the link spells them, which is the reader's
// script, in the form that its title has. Capitals are those within sentences, where
// either article has the word there; "Landlords" stays if both only begin with it.
//
// The best sentence is the one of which the terms, each counted once, give most to the
// cosine, not the densest: short sentences would win that say little. What is longer
// than 400 bytes is cut.
//
// Two reasons at most, the second only if its feature gives at least half of what the
// first gives. Features that speak against a link are not told: they say why another
// link is not there.
//
// Of the ten nearest of each of two hundred articles, all have a term in common to name
// on ibm_community and on 6,000 articles of reuters21578 (three terms for 93 and 75 %),
// and 84 % on the paragraphs of drcd_zh_hant; the other 16 % name concepts. All have
// their sentences. The shares summed to the cosine of the vectors up to 3e-7.
//
// One link between English articles of a thousand words takes some 1.1 ms, most of it for
// cutting and stemming words, and 400 kB; in a list of ten two thirds of that each; of
// Chinese ones with two thousand characters twice that, on a machine busy with other work
// (BenchmarkExplain). Work is bounded by MaxTextBytes and, for phrases, by the first 2,048
// mentions of the 48 terms that carry the most in a text: 200 kB of "rent control" take 18
// ms, the worst text tried 150 ms, on a busy machine.
//
// A sentence ends where UAX #29 ends it, but not after what looks like an abbreviation
// nor at the end of a line that looks wrapped: much plain text is set to 70 characters.
//
// Phrases stand in English, Simplified and Traditional Chinese, German, French and
// Spanish; readers of other languages get the English ones.
package reason
