package pack

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"
)

// The start of every pack. Its first byte is no text, and a transfer that turns
// line ends about breaks the rest.
const magic = "\x89EVP\r\n\x1a\n"

// Format is the number of the file format that this package writes, and the only
// one it reads.
const Format = 1

const (
	headBytes = len(magic) + 4 + 8 + sha256.Size
	leastZstd = 1 << 10 // bytes of a block that is worth compressing
	maxShrink = 50      // a block is at most so many times as long as what is stored of it
)

// The errors of a file that is no sound pack. They come wrapped, with the reason.
var (
	ErrNotPack   = errors.New("is no pack; alsolike eval pack makes one from an event log")
	ErrNewer     = errors.New("is a pack of a newer format; update alsolike to read it")
	ErrTruncated = errors.New("is a pack that ends early; copy it again, or make it again")
	ErrDamaged   = errors.New("is a damaged pack; copy it again, or make it again")
)

// A Block is a part of a pack's file: one column, or one of the tables beside
// the columns.
type Block struct {
	Name   string
	Raw    []byte // before compression
	Stored int    // bytes of it in the file

	// Impressions says that it is a column of the impressions or of the items they
	// showed: it grows with their number.
	Impressions bool
}

// others are the blocks of which Block.Impressions is false.
var others = []string{
	"head", "articles", "vectors", "snapshot_length", "snapshot_item", "snapshot_score", "policies", "overrides",
	"read_reader", "read_session", "read_item", "read_hour", "read_moment", "read_from",
}

// A packed is a Block as the file has it.
type packed struct {
	name   string
	raw    int // bytes before compression
	zstd   bool
	stored []byte
	sum    [sha256.Size]byte // of the bytes before compression
}

// compress is raw as the file has it.
func compress(name string, raw []byte) (packed, error) {
	p := packed{name: name, raw: len(raw), stored: raw, sum: sha256.Sum256(raw)}
	if len(raw) < leastZstd {
		return p, nil
	}
	// An encoder of its own, so that nothing of what it packed before can matter. A
	// single segment needs no more memory to be read than it is long.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithSingleSegment(true))
	if err != nil {
		return p, err
	}
	small := enc.EncodeAll(raw, nil)
	if len(small) < len(raw) && len(raw) <= maxShrink*len(small) {
		p.zstd, p.stored = true, small
	}
	return p, enc.Close()
}

// expand is compress the other way, and sets p.sum.
func (p *packed) expand() ([]byte, error) {
	raw := p.stored
	if p.zstd {
		dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(max(leastZstd, p.raw))))
		if err != nil {
			return nil, err
		}
		defer dec.Close()
		if raw, err = dec.DecodeAll(p.stored, make([]byte, 0, p.raw)); err != nil {
			return nil, fmt.Errorf("%w (%s cannot be unpacked: %w)", ErrDamaged, p.name, err)
		}
	}
	if len(raw) != p.raw {
		return nil, fmt.Errorf("%w (%s has %d bytes instead of %d)", ErrDamaged, p.name, len(raw), p.raw)
	}
	p.sum = sha256.Sum256(raw)
	return raw, nil
}

// contentHash identifies what the blocks hold, however they are compressed.
func contentHash(blocks []packed) []byte {
	h := sha256.New()
	for i := range blocks {
		w := writer{b: blocks[i].sum[:]}
		w.string(blocks[i].name)
		h.Write(w.b)
	}
	return h.Sum(nil)
}

// writeBlocks writes the file.
func writeBlocks(out io.Writer, blocks []packed) error {
	parts := [][]byte{nil}
	size := headBytes
	for _, b := range blocks {
		var w writer
		w.string(b.name)
		w.bool(b.zstd)
		w.count(b.raw)
		w.count(len(b.stored))
		parts = append(parts, w.b, b.stored)
		size += len(w.b) + len(b.stored)
	}
	head := binary.LittleEndian.AppendUint32([]byte(magic), Format)
	head = binary.LittleEndian.AppendUint64(head, uint64(size))
	parts[0] = append(head, contentHash(blocks)...)
	for _, part := range parts {
		if _, err := out.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// Blocks unpacks the blocks of a pack's file, in their order, and verifies that
// they are what was written. The hash is that of their content, as
// "sha256:…": equal content has equal hashes.
//
// The error is ErrNotPack, ErrNewer, ErrTruncated or ErrDamaged. The memory taken
// is at most fifty times the length of file.
func Blocks(file []byte) (blocks []Block, hash string, err error) {
	found, want, err := split(file)
	if err != nil {
		return nil, "", err
	}
	blocks = make([]Block, len(found))
	err = inParallel(len(found), 0, func(i int) error {
		raw, err := found[i].expand()
		blocks[i] = Block{Name: found[i].name, Raw: raw, Stored: len(found[i].stored), Impressions: !slices.Contains(others, found[i].name)}
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if got := contentHash(found); string(got) != string(want) {
		return nil, "", fmt.Errorf("%w (the hash of its content is %x, and should be %x)", ErrDamaged, got, want)
	}
	return blocks, "sha256:" + hex.EncodeToString(want), nil
}

// split finds the blocks of a file, and the hash they should have.
func split(file []byte) (blocks []packed, hash []byte, err error) {
	if len(file) < len(magic) && string(file) == magic[:len(file)] {
		return nil, nil, ErrTruncated
	}
	if len(file) < len(magic) || string(file[:len(magic)]) != magic {
		return nil, nil, ErrNotPack
	}
	if len(file) < headBytes {
		return nil, nil, ErrTruncated
	}
	head := file[len(magic):headBytes]
	if format := binary.LittleEndian.Uint32(head); format > Format {
		return nil, nil, fmt.Errorf("%w (it is of format %d; this version knows %d)", ErrNewer, format, Format)
	} else if format < 1 {
		return nil, nil, fmt.Errorf("%w (it says that it is of format 0)", ErrDamaged)
	}
	switch size := binary.LittleEndian.Uint64(head[4:]); {
	case size > uint64(len(file)):
		return nil, nil, fmt.Errorf("%w (after %d of %d bytes)", ErrTruncated, len(file), size)
	case size < uint64(len(file)):
		return nil, nil, fmt.Errorf("%w (it has %d bytes instead of %d)", ErrDamaged, len(file), size)
	}
	r := reader{b: file[headBytes:]}
	for len(r.b) > 0 {
		b := packed{name: r.string(), zstd: r.bool(), raw: r.number(maxShrink * len(file)), stored: r.bytes()}
		switch {
		case r.err != nil:
			return nil, nil, fmt.Errorf("%w (its blocks do not fit into it)", ErrDamaged)
		case b.raw > maxShrink*len(b.stored):
			return nil, nil, fmt.Errorf("%w (%s says that it has %d bytes, stored in %d)", ErrDamaged, b.name, b.raw, len(b.stored))
		}
		blocks = append(blocks, b)
	}
	return blocks, head[4+8:], nil
}

// inParallel calls do for 0 to n-1, workers at a time; 0: as many as there are
// processors. The error is that of the least number.
func inParallel(n, workers int, do func(i int) error) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, n)
	var group errgroup.Group
	group.SetLimit(workers)
	for i := range n {
		group.Go(func() error {
			errs[i] = do(i)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
