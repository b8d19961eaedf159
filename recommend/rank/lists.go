package rank

// A Link is an article that another one links to.
type Link struct {
	Row           int32
	Score, Cosine float32 // ranking score, above 0 and finite; cosine of the two vectors, in [-1, 1]
}

// Lists holds the links of n rows, at most K of each.
type Lists struct {
	K    int
	Len  []int32 // n: how many links row i has
	Data []Link  // n×K: those of row i are Data[i*K : i*K+Len[i]], of descending score; the rest is zero
}

// Row is the list of row i, best first. It shares memory with l.
func (l Lists) Row(i int) []Link {
	return l.Data[i*l.K : i*l.K+int(l.Len[i]) : i*l.K+int(l.Len[i])]
}
