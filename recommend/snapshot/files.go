package snapshot

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"unsafe"

	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/story"
)

// fileSystem is what writing needs of the disk. Tests put one in that fails.
type fileSystem interface {
	Mkdir(path string) error // with its parents
	Create(path string) (file, error)
	Link(from, to string) error   // gives the file a second name
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
func (disk) Link(from, to string) error       { return os.Link(from, to) }
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
	out := &hashing{ctx: ctx, to: f, hash: sha256.New()}
	w := bufio.NewWriterSize(out, pieceBytes)
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
	return File{Size: out.size, SHA256: hex.EncodeToString(out.hash.Sum(nil))}, nil
}

// pieceBytes is what is hashed and then written while it is in the cache.
const pieceBytes = 256 << 10

// A hashing writes until its context has ended, and keeps the hash and the size
// of all that it wrote.
type hashing struct {
	ctx  context.Context
	to   io.Writer
	hash hash.Hash
	size int64
}

func (h *hashing) Write(b []byte) (written int, err error) {
	for written < len(b) {
		if err := h.ctx.Err(); err != nil {
			return written, err
		}
		piece := b[written:min(len(b), written+pieceBytes)]
		h.hash.Write(piece)
		n, err := h.to.Write(piece)
		written, h.size = written+n, h.size+int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// A number is what files hold many of: a number, or a structure of such without a gap.
type number interface {
	uint32 | int32 | float32 | knn.Neighbour | rank.Link | story.Sketch
}

// writeNumbers writes numbers as the files have them.
func writeNumbers[T number](w io.Writer, numbers []T) error {
	if !littleEndian() {
		return binary.Write(w, binary.LittleEndian, numbers)
	}
	var one T
	_, err := w.Write(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(numbers))), len(numbers)*int(unsafe.Sizeof(one))))
	return err
}

// numbers is n numbers at the start of b, in place where the machine writes numbers as
// the files do.
func numbers[T number](b []byte, n int) []T {
	if n == 0 {
		return nil
	}
	if littleEndian() {
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
	}
	all := make([]T, n)
	if _, err := binary.Decode(b, binary.LittleEndian, all); err != nil {
		panic(err) // b is too short
	}
	return all
}

// littleEndian reports whether the machine writes numbers as the files do.
func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }
