package check

import "hash/maphash"

// codes numbers texts from 0 in the order in which they come, and keeps them in
// few pieces of memory, since a log has millions.
type codes struct {
	seed  maphash.Seed
	text  [][]byte // blocks
	of    column[place]
	table []uint64 // at the hash of a text, or further on: half of the hash, then code+1; 0: free
}

// A place is where the text of a code lies.
type place struct{ block, start, end uint32 }

const firstBlock = 1 << 12 // bytes

func newCodes() *codes { return &codes{seed: maphash.MakeSeed(), table: make([]uint64, 64)} }

func (c *codes) len() int { return c.of.n }

// name is the text of a code.
func (c *codes) name(code int32) string { return string(c.bytes(code)) }

func (c *codes) bytes(code int32) []byte {
	p := c.of.at(code)
	return c.text[p.block][p.start:p.end]
}

// find is the code of s, if it has one.
func (c *codes) find(s string) (code int32, ok bool) {
	code, _ = c.look(s, maphash.String(c.seed, s))
	return code, code >= 0
}

// look is the code of s, -1 if it has none, and where in the table its search ended.
func (c *codes) look(s string, hash uint64) (code int32, at uint64) {
	mask := uint64(len(c.table) - 1)
	for at = hash & mask; c.table[at] != 0; at = (at + 1) & mask {
		if entry := c.table[at]; entry>>32 == hash>>32 {
			if code := int32(uint32(entry)) - 1; string(c.bytes(code)) == s {
				return code, at
			}
		}
	}
	return -1, at
}

// add is the code of s, a new one if it has none yet.
func (c *codes) add(s string) (code int32, isNew bool) {
	hash := maphash.String(c.seed, s)
	code, at := c.look(s, hash)
	if code >= 0 {
		return code, false
	}
	if 4*(c.of.n+1) > 3*len(c.table) {
		c.grow()
		_, at = c.look(s, hash)
	}
	if n := len(c.text); n == 0 || len(c.text[n-1])+len(s) > cap(c.text[n-1]) {
		size := firstBlock << min(n, 7) // at most 512 kB
		c.text = append(c.text, make([]byte, 0, max(size, len(s))))
	}
	block := len(c.text) - 1
	start := len(c.text[block])
	c.text[block] = append(c.text[block], s...)
	code = int32(c.of.n)
	c.of.add(place{uint32(block), uint32(start), uint32(start + len(s))})
	c.table[at] = hash>>32<<32 | uint64(code+1)
	return code, true
}

// grow makes the table twice as large.
func (c *codes) grow() {
	old := c.table
	c.table = make([]uint64, 2*len(old))
	mask := uint64(len(c.table) - 1)
	for _, entry := range old {
		if entry == 0 {
			continue
		}
		at := maphash.Bytes(c.seed, c.bytes(int32(uint32(entry))-1)) & mask
		for c.table[at] != 0 {
			at = (at + 1) & mask
		}
		c.table[at] = entry
	}
}
