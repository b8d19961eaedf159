package clicks

// Renew makes the counts anew, whether they are old or not.
func Renew(c *Counter) { c.renew() }
