package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"github.com/alsolike/alsolike/data"
)

// lock takes the lock file name in the data folder for this process, and
// returns the function that gives it back. When another process holds it, the
// error names that process. The system gives the lock back when a process
// dies, however it dies.
func (e *env) lock(name, what string) (unlock func(), err error) {
	path := e.path(name)
	l := flock.New(path)
	ok, err := l.TryLock()
	if err != nil {
		return nil, e.withCure(fmt.Errorf("cannot lock %s: %w", path, pathReason(err)))
	}
	if !ok {
		holder := "another process"
		if pid, err := os.ReadFile(path); err == nil && len(pid) > 0 {
			holder = "process " + strings.TrimSpace(string(pid))
		}
		return nil, &busyError{fmt.Sprintf("%s already runs %s on %s (it holds %s); let it finish or stop it", holder, what, e.dataDir, path)}
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644); err != nil {
		l.Unlock()
		return nil, e.withCure(fmt.Errorf("cannot write %s: %w", path, pathReason(err)))
	}
	return func() { l.Unlock() }, nil
}

// A busyError is data.ErrBusy, in words that say who is busy with what.
type busyError struct{ reason string }

func (e *busyError) Error() string        { return e.reason }
func (e *busyError) Is(target error) bool { return target == data.ErrBusy }
