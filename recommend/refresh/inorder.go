package refresh

import (
	"iter"
	"sync"
)

// batchItems is the number of items handed to a worker at once.
const batchItems = 8

// inOrder yields what f makes of the items of seq, in their order. Seq runs in a
// goroutine of its own and f in others, up to workers at once and some items ahead;
// all have ended when the iteration does. An error of seq is the last thing it yields.
func inOrder[In, Out any](seq iter.Seq2[In, error], workers int, f func(*In) Out) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		type batch struct {
			in   []In
			out  []Out
			err  error         // after in
			done chan struct{} // closed when out is there
		}
		queue, todo := make(chan *batch, 2*workers), make(chan *batch) // the same batches
		stop := make(chan struct{})
		var wg sync.WaitGroup
		defer wg.Wait()
		defer close(stop)

		send := func(b *batch) bool {
			b.done = make(chan struct{})
			for _, to := range []chan<- *batch{queue, todo} {
				select {
				case to <- b:
				case <-stop:
					return false
				}
			}
			return true
		}
		wg.Go(func() {
			defer close(todo)
			defer close(queue)
			b := &batch{}
			for item, err := range seq {
				if err != nil {
					b.err = err
					break
				}
				if b.in = append(b.in, item); len(b.in) < batchItems {
					continue
				}
				if !send(b) {
					return
				}
				b = &batch{}
			}
			send(b)
		})
		for range workers {
			wg.Go(func() {
				for b := range todo {
					b.out = make([]Out, len(b.in))
					for i := range b.in {
						b.out[i] = f(&b.in[i])
					}
					b.in = nil
					close(b.done)
				}
			})
		}
		for b := range queue {
			<-b.done
			for _, out := range b.out {
				if !yield(out, nil) {
					return
				}
			}
			if b.err != nil {
				var none Out
				yield(none, b.err)
				return
			}
		}
	}
}
