package story

// Threshold is the least Resemblance of near-duplicates.
const Threshold = .8

// leastBody is the number of shingles from which on bodies are compared without titles:
// below it, what two have in common is a phrase such as "Watch the video".
const leastBody = 10

// Near reports whether two texts are near-duplicates, as far as their sketches tell.
// They must be of one language.
func Near(a, b *Sketch) bool { return Resemblance(a, b) >= Threshold }

// Resemblance estimates the Jaccard similarity of two texts, the share of the shingles
// in either that are in both, in [0, 1]: that of the bodies alone or that of titles and
// bodies, whichever is greater, and the latter if the bodies have not ten shingles. It
// is 0 if a text has none.
//
// It is exact, but for one pair in 300, if neither text has more than 170 shingles. Else
// its standard deviation is at most √(J(1-J)/170), .031 at .8.
func Resemblance(a, b *Sketch) float64 {
	return overlapOf(a, b).resemblance()
}

func overlapOf(a, b *Sketch) overlap {
	var x, y [held]uint32
	return compare(a.read(&x), b.read(&y), a.more(), b.more())
}

// read returns the hashes of s, in that storage.
func (s *Sketch) read(storage *[held]uint32) []uint32 {
	hashes := storage[:s.len()]
	for i := range hashes {
		hashes[i] = s.hash(i)
	}
	return hashes
}

// An overlap counts the shingles in both of two texts and those in either, and of
// those in their bodies the ones in both and in each.
type overlap struct{ both, either, bodyBoth, bodyA, bodyB int }

// resemblance is the greater Jaccard similarity.
func (o overlap) resemblance() (like float64) {
	if o.either > 0 {
		like = float64(o.both) / float64(o.either)
	}
	if either := o.bodyA + o.bodyB - o.bodyBoth; either >= leastBody {
		like = max(like, float64(o.bodyBoth)/float64(either))
	}
	return like
}

// containment is the share of one body that is in the other, whichever is greater.
func (o overlap) containment() float64 {
	if o.bodyBoth == 0 {
		return 0
	}
	return float64(o.bodyBoth) / float64(min(o.bodyA, o.bodyB))
}

// compare counts the shingles of two texts, given as ascending hashes, as far as both are
// known: where there are more of a text, only its smallest are given.
func compare[T uint32 | uint64](a, b []T, moreA, moreB bool) (o overlap) {
	if len(a) == 0 || len(b) == 0 {
		return o
	}
	for len(a) > 0 && len(b) > 0 {
		o.either++
		x, y := a[0], b[0]
		inA, inB := x|inTitle <= y|inTitle, y|inTitle <= x|inTitle
		if inA {
			o.bodyA += int(^x & inTitle)
			a = a[1:]
		}
		if inB {
			o.bodyB += int(^y & inTitle)
			b = b[1:]
		}
		if inA && inB {
			o.both++
			o.bodyBoth += int(^(x | y) & inTitle)
		}
	}
	if !moreB {
		o.either += len(a)
		for _, x := range a {
			o.bodyA += int(^x & inTitle)
		}
	}
	if !moreA {
		o.either += len(b)
		for _, y := range b {
			o.bodyB += int(^y & inTitle)
		}
	}
	return o
}

// compact makes ascending hashes different from one another: of those that differ in
// whether they are of the title, the body's is kept.
func compact[T uint32 | uint64](hashes []T) []T {
	kept := hashes[:0]
	var last T // a hash with its last bit set; 0: none
	for _, h := range hashes {
		if h|inTitle != last {
			kept, last = append(kept, h), h|inTitle
		}
	}
	return kept
}
