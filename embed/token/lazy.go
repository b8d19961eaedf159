package token

import "sync"

// lazy is a value that is made when it is first needed.
type lazy[T any] struct {
	once  sync.Once
	value *T // nil: not needed yet
}

func (l *lazy[T]) get(make func() T) *T {
	l.once.Do(func() {
		value := make()
		l.value = &value
	})
	return l.value
}
