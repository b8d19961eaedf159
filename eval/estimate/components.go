package estimate

// components are the connected parts of a graph of slots.
type components []int

func newComponents(n int) components {
	c := make(components, n)
	for i := range c {
		c[i] = i
	}
	return c
}

func (c components) root(i int) int {
	for c[i] != i {
		i = c[i]
	}
	return i
}

func (c components) join(i, j int) {
	a, b := c.root(i), c.root(j)
	c[max(a, b)] = min(a, b)
}

// groups are the parts, each with its slots from 1 in ascending order.
func (c components) groups() [][]int {
	var groups [][]int
	at := map[int]int{}
	for i := range c {
		root := c.root(i)
		g, ok := at[root]
		if !ok {
			g = len(groups)
			at[root] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i+1)
	}
	return groups
}
