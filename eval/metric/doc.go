// Package metric holds the measures of a ranked list, each a function of plain
// slices of numbers, so that an example from a paper can be typed in as a test.
//
// Every function takes the grades of a list: grades[i] says how relevant the
// item at rank i+1 is, 0 meaning not at all. A list shorter than k counts as if
// irrelevant items filled it up to k.
package metric
