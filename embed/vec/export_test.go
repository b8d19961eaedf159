package vec

// Kernels are the names of the kernels that this machine can run.
func Kernels() []string {
	var names []string
	for _, k := range kernels {
		names = append(names, k.name)
	}
	return names
}

// Use puts the kernel of that name in use, until restore is called.
func Use(name string) (restore func()) {
	before := active
	for _, k := range kernels {
		if k.name == name {
			active = k
		}
	}
	return func() { active = before }
}
