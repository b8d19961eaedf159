package bench

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/alsolike/alsolike/data/npy"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// exportMatrix writes a, terms × articles in compressed columns, as articles × terms
// in compressed rows, which is the same.
func exportMatrix(folder string, a *embed.Sparse) error {
	starts := make([]int64, len(a.Ptr))
	for i, p := range a.Ptr {
		starts[i] = int64(p)
	}
	for name, write := range map[string]func(io.Writer) error{
		"shape":   func(w io.Writer) error { return npy.Write(w, []int64{int64(a.Cols), int64(a.Rows)}) },
		"indptr":  func(w io.Writer) error { return npy.Write(w, starts) },
		"indices": func(w io.Writer) error { return npy.Write(w, a.Index) },
		"data":    func(w io.Writer) error { return npy.Write(w, a.Value) },
	} {
		path := filepath.Join(folder, "matrix."+name+".npy")
		if err := writeFile(path, write); err != nil {
			return fmt.Errorf("bench: write %s: %w", path, err)
		}
	}
	return nil
}

// exportSnapshot writes the vectors and the neighbours of a snapshot.
func exportSnapshot(folder string, dir *snapshot.Dir, id string) error {
	s, err := dir.Open(id)
	if err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer) error{
		"vectors":    func(w io.Writer) error { return writeVectors(w, s.Vectors()) },
		"neighbours": func(w io.Writer) error { return writeNeighbours(w, s) },
	} {
		path := filepath.Join(folder, name+".npy")
		if err := writeFile(path, write); err != nil {
			return fmt.Errorf("bench: write %s: %w", path, err)
		}
	}
	return nil
}

func writeVectors(w io.Writer, v embed.Dense) error {
	if err := npy.WriteHeader[float32](w, v.Rows, v.Dim); err != nil {
		return err
	}
	for i := range v.Rows {
		if err := binary.Write(w, binary.LittleEndian, v.Row(i)); err != nil {
			return err
		}
	}
	return nil
}

func writeNeighbours(w io.Writer, s *snapshot.Snapshot) error {
	rows := make([]int32, s.Manifest().Neighbours)
	if err := npy.WriteHeader[int32](w, s.Len(), len(rows)); err != nil {
		return err
	}
	for row := range s.Len() {
		for i := range rows {
			rows[i] = -1
		}
		for i, n := range s.Candidates(row) {
			rows[i] = n.Row
		}
		if err := binary.Write(w, binary.LittleEndian, rows); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}
