package data

// Changes counts what storing some articles did.
type Changes struct {
	Added     int // ids that the store did not know
	Updated   int // known ids whose content differed
	Unchanged int // known ids with the same content
}

// Add adds the counts of more to c.
func (c *Changes) Add(more Changes) {
	c.Added += more.Added
	c.Updated += more.Updated
	c.Unchanged += more.Unchanged
}

// A Change is what storing one article did.
type Change string

// The changes; Changes counts them.
const (
	Added     Change = "added"
	Updated   Change = "updated"
	Unchanged Change = "unchanged"
)

// Since is the one change by which c has more than before.
func (c Changes) Since(before Changes) Change {
	switch {
	case c.Added > before.Added:
		return Added
	case c.Updated > before.Updated:
		return Updated
	}
	return Unchanged
}
