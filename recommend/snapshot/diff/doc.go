// Package diff tells how the links of two snapshots differ: what readers would notice
// if the one took the place of the other.
//
// Only the first links of a list count, ten unless Options say otherwise, for hardly a
// page shows more; and only lists of articles that are in both snapshots, for a new
// article has no list that could change. That its link stands in the lists of others
// does count.
//
// The measure of how much changes is Links.Share: of the links before and the links
// after, taken together, those that are in one of the two alone. It is 0 for equal
// lists, 1 for lists without a common link, and the same in both directions. The order
// of links does not enter it; lists of which only the order differs are counted apart.
//
// # Decisions
//
// What is compared is what ranking made, before editors' wishes and a request's filters,
// as in the manifest's numbers of links: wishes are the same before and after, and
// lists that an engine makes would take seconds for every article in place of a tenth
// of one for all.
//
// New orphans are articles that lists linked to and no list links to any more. Those
// that nothing ever linked to are in the manifest's numbers.
package diff
