// Package assets holds the style sheets, scripts and icons of our pages and serves them
// under names that carry a hash of their content, so that browsers may keep
// them for ever and still see every change at once.
package assets

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed *.css *.js *.svg
var files embed.FS

// Prefix is the path under which assets stand.
const Prefix = "/assets/"

// A file is one asset, ready to be sent.
type file struct {
	name string // as it stands in the folder
	body string
}

// byHashed maps "magazine.3f2a9c1d40b1.css" to its file; hashed is the reverse.
var byHashed, hashed = load()

func load() (map[string]file, map[string]string) {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // cannot be: the folder is part of the program
	}
	byHashed, hashed := make(map[string]file), make(map[string]string)
	for _, e := range entries {
		body, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(body)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		byHashed[name] = file{e.Name(), string(body)}
		hashed[e.Name()] = name
	}
	return byHashed, hashed
}

// Path is the address of the asset called name, such as
// "/assets/magazine.3f2a9c1d40b1.css" for "magazine.css".
// A name that is none is an error, so that a template with a slip cannot render.
func Path(name string) (string, error) {
	h, ok := hashed[name]
	if !ok {
		return "", fmt.Errorf("assets: there is no %q", name)
	}
	return Prefix + h, nil
}

// Serve answers a request for an asset by its hashed name. It reports false,
// having written nothing, when there is none of that name.
func Serve(w http.ResponseWriter, r *http.Request) bool {
	f, ok := byHashed[strings.TrimPrefix(r.URL.Path, Prefix)]
	if ok {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeContent(w, r, f.name, time.Time{}, strings.NewReader(f.body))
	}
	return ok
}
