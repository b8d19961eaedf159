//go:build unix

package sqlite_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
)

// asNobody runs f without root's right to write everywhere.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		const nobody = 65534
		if err := syscall.Setreuid(-1, nobody); err != nil {
			t.Skipf("cannot become another user: %v", err)
		}
		defer func() {
			if err := syscall.Setreuid(-1, 0); err != nil {
				t.Fatal(err)
			}
		}()
	}
	f()
}

func TestOpenUnwritable(t *testing.T) {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "alsolike-unwritable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o755); os.RemoveAll(folder) })
	path := filepath.Join(folder, "alsolike.db")
	s := open(t, path, sqlite.Options{})
	put(t, s, article("a", "text"))
	s.Close()

	for _, modes := range []struct {
		name         string
		folder, file fs.FileMode
	}{{"folder", 0o555, 0o666}, {"file", 0o755, 0o444}, {"both", 0o555, 0o444}} {
		t.Run(modes.name, func(t *testing.T) {
			os.Chmod(folder, modes.folder)
			os.Chmod(path, modes.file)
			asNobody(t, func() {
				s, err := sqlite.Open(ctx, path, sqlite.Options{})
				if err != nil {
					t.Error(err)
					return
				}
				defer s.Close()
				if a, err := s.Article(ctx, "a"); err != nil || a.Body != "text" {
					t.Errorf("got %+v, %v", a, err)
				}
				_, err = s.PutArticles(ctx, []data.Article{article("b", "text")})
				checkError(t, err, folder, "--data")
				_, err = s.Secret(ctx, "list ids")
				checkError(t, err, folder, "--data")
			})
		})
	}
	t.Run("new", func(t *testing.T) {
		os.Chmod(folder, 0o555)
		asNobody(t, func() {
			_, err := sqlite.Open(ctx, filepath.Join(folder, "other.db"), sqlite.Options{})
			checkError(t, err, folder, "cannot be written")
			_, err = sqlite.Open(ctx, filepath.Join(folder, "sub", "other.db"), sqlite.Options{})
			checkError(t, err, folder, "cannot be written")
		})
	})
}
