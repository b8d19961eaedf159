package pack_test

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/klauspost/compress/zstd"
)

// The length of a file's head, and where in it length and hash stand.
const (
	headBytes = 52
	sizeAt    = 12
	hashAt    = 20
)

// seal is a file of blocks, given as names and contents, with the right length
// and hash.
func seal(blocks [][2]string) []byte {
	file := append([]byte("\x89EVP\r\n\x1a\n\x01\x00\x00\x00"), make([]byte, headBytes-sizeAt)...)
	for _, b := range blocks {
		file = append(binary.AppendUvarint(file, uint64(len(b[0]))), b[0]...)
		file = append(file, 0)
		file = binary.AppendUvarint(file, uint64(len(b[1])))
		file = append(binary.AppendUvarint(file, uint64(len(b[1]))), b[1]...)
	}
	return mend(file)
}

// mend sets the length and the hash of a file to what they should be, as far as
// its blocks can be read, so that changes behind them are seen by what comes next.
func mend(file []byte) []byte {
	if len(file) < headBytes {
		return file
	}
	file = append([]byte{}, file...)
	binary.LittleEndian.PutUint64(file[sizeAt:], uint64(len(file)))
	h := sha256.New()
	take := func(b []byte) (part, rest []byte) {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, nil
		}
		return b[size:][:n], b[size+int(n):]
	}
	for b := file[headBytes:]; len(b) > 0; {
		var name, stored []byte
		name, b = take(b)
		if len(b) == 0 {
			break
		}
		packed := b[0] == 1
		raw, size := binary.Uvarint(b[1:])
		if size <= 0 {
			break
		}
		stored, b = take(b[1+size:])
		if packed {
			dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(1<<20), zstd.WithDecoderConcurrency(1))
			if err != nil {
				panic(err)
			}
			stored, err = dec.DecodeAll(stored, nil)
			dec.Close()
			if err != nil || uint64(len(stored)) != raw {
				break
			}
		}
		sum := sha256.Sum256(stored)
		h.Write(sum[:])
		h.Write(append(binary.AppendUvarint(nil, uint64(len(name))), name...))
	}
	copy(file[hashAt:], h.Sum(nil))
	return file
}
