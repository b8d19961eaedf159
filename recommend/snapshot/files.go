package snapshot

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// fileSystem is what writing needs of the disk. Tests put one in that fails.
type fileSystem interface {
	Mkdir(path string) error // with its parents
	Create(path string) (file, error)
	Rename(from, to string) error // replaces to if that is a file
	SyncDir(path string) error    // makes the names in the folder durable
}

type file interface {
	io.WriteCloser
	Sync() error
}

type disk struct{}

func (disk) Mkdir(path string) error          { return os.MkdirAll(path, 0o755) }
func (disk) Create(path string) (file, error) { return os.Create(path) }
func (disk) Rename(from, to string) error     { return os.Rename(from, to) }

func (disk) SyncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writeFile makes a durable file of what fill writes, and says what it must be.
func writeFile(ctx context.Context, fs fileSystem, path string, fill func(io.Writer) error) (File, error) {
	f, err := fs.Create(path)
	if err != nil {
		return File{}, err
	}
	hash, size := sha256.New(), new(counter)
	w := bufio.NewWriterSize(io.MultiWriter(stopper{ctx}, f, hash, size), 256<<10)
	err = fill(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return File{}, err
	}
	return File{Size: int64(*size), SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// A stopper refuses to write once its context has ended.
type stopper struct{ ctx context.Context }

func (s stopper) Write(b []byte) (int, error) { return len(b), s.ctx.Err() }
