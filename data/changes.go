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
