package clicks

// Renew makes the counts anew, whether they are old or not.
func Renew(c *Counter) {
	c.mu.Lock()
	c.busy = make(chan struct{})
	c.mu.Unlock()
	c.renew()
}
