// Package baseline holds the rankings that any other has to beat: chance, what is
// popular, new or of the same section, what is read together, and the plain
// overlap of words; and one that none can beat, what readers did go on to. They
// work on rows, 0 to n−1, and never list the row itself; of equals the smaller row
// comes first, so rows in the order of ids give every list a total order.
package baseline
