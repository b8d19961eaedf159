// Package trec evaluates runs against judgements as trec_eval does: its files,
// its measures, its output to the byte, its exit codes, of version 10.0 or 9.0.8.
// It takes time in proportion to the lines, where trec_eval takes the square of
// the number of queries.
//
//	opts := trec.Defaults()
//	opts.Measures = []string{"ndcg_cut.5,10"}
//	err := trec.Print(os.Stdout, trec.Evaluate("qrels", "run", opts), opts)
//
// The table of measures is in table.go; what a measure means is said at the
// function of package metric that it calls. [MIND] reads the files of the MIND
// competition instead.
//
// # What the versions do differently
//
//	                                10                          9
//	a judged query without results  stops, exit code 4;         is left out; with Complete
//	                                with Complete it counts 0   the means count it as 0
//	scores                          64 bits                     32 bits: close ones tie
//	recall point of iprec, 11pt     round(r·R)                  cut(r·R + 0.9)
//	dcg, ideal_dcg, rbp, unj        known                       unknown
//	a line that begins with #       a comment                   data
//
// # Decisions
//
// Version 10 gives a query without results one made-up document and then sets
// the values to 0 in which it shows, as long as the measure has no parameters.
// We do the same, so utility_1,-1,0,0 of such a query is -1.
//
// Strict is the default: a score that is no finite number is an error with its
// line, and so is a grade that is no whole number, where trec_eval reads 0
// without a word. Options.Lenient does as trec_eval, except that a score is
// never "not a number": such a score has no place in an order.
//
// The rbp of 10.0 reads memory that was never set when it looks for the lowest
// and highest gain. We start both at 0, which is what its own test prints.
//
// Gains that are no whole numbers (-m ndcg.1=0.5,2=0.7) are sorted by trec_eval
// with a comparison that cuts their difference to a whole number. Byte for byte
// agreement needs the same, hence mergeSort.
//
// Of a query whose judgements are all below 0, trec_eval either stops with exit
// code 4 and no reason, or reads what the query before it left. To us nothing is
// relevant for it, and it scores 0.
//
// Left out: preferences and judgement groups (-R prefs, qrels_prefs, qrels_jg),
// z-scores (-Z) and debugging prints (-D).
package trec
