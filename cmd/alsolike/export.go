package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/npy"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/web"
)

func newExportCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write out articles, links, vectors, overrides or events",
		Example: `  alsolike export articles > articles.jsonl
  alsolike export related --limit 10 > links.tsv
  alsolike export vectors --format npy --out vectors.npy
  alsolike export overrides > overrides.csv`,
	}
	cmd.AddCommand(newExportArticlesCommand(e), newExportRelatedCommand(e), newExportVectorsCommand(e), newExportOverridesCommand(e), newExportEventsCommand(e))
	return cmd
}

func newExportArticlesCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "articles",
		Short: "Write every stored article, in whatever state, as JSON lines",
		Long: `Write every stored article, in whatever state, as JSON lines that import takes back. A
language that the text told is left out, since no source has said it; import tells
it again.`,
		Example: "  alsolike export articles > articles.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			store, err := e.openSite(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			w := bufio.NewWriter(e.stdout)
			var line []byte
			for a, err := range store.Articles(cmd.Context()) {
				if err != nil {
					return err
				}
				line = ingest.AppendJSONL(line[:0], a)
				if _, err := w.Write(line); err != nil {
					return err
				}
			}
			return w.Flush()
		},
	}
}

func newExportRelatedCommand(e *env) *cobra.Command {
	const maxLimit = 200
	var (
		asked  queryFlags
		format string
		raw    bool
	)
	cmd := &cobra.Command{
		Use:   "related",
		Short: "Write the links of every article",
		Long: `Write the links of every article, best first, the articles in the order of their
ids: as tab-separated source, target and ranking score, as a run for TREC's tools, or,
for static sites, as one JSON object with a member for each article: its id, and the
items of GET /v1/related with their cards. The lists are those that readers get, in each
article's own language unless --lang or --placement says otherwise, and --raw leaves out
threshold, overrides and rules. There are at most neighbours.k links for an article, unless a
filter makes all articles be looked at or a fallback fills up.`,
		Example: `  alsolike export related > links.tsv
  alsolike export related --limit 10 --raw --format trec > links.run
  alsolike export related --limit 5 --format json > data/related.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query, err := asked.query(cmd.Flags(), maxLimit, e.now())
			if err != nil {
				return err
			}
			query.Raw = raw
			write, ok := listWriters[format]
			if !ok {
				return usagef("--format is %q; it may be tsv, trec or json", format)
			}
			engine, closeStore, err := e.openEngine(cmd.Context())
			if err != nil {
				return err
			}
			defer closeStore()
			w := bufio.NewWriter(e.stdout)
			err = e.exportRelated(cmd.Context(), w, engine, query, write)
			if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
				return usagef("--%v", invalid)
			}
			if err != nil {
				return err
			}
			return w.Flush()
		},
	}
	flags := cmd.Flags()
	asked.add(flags, 20)
	flags.StringVar(&format, "format", "tsv", "`tsv|trec|json`")
	flags.BoolVar(&raw, "raw", false, "without threshold, overrides and rules")
	return cmd
}

// A listWriter writes what a format has before all lists, of each, and after them.
type listWriter struct {
	open, comma, end string
	list             func(*bufio.Writer, recommend.List)
}

var listWriters = map[string]listWriter{
	"tsv": {list: func(w *bufio.Writer, list recommend.List) {
		for _, link := range list.Links {
			fmt.Fprintf(w, "%s\t%s\t%s\n", list.Article.ID, link.Card.ID, rankText(link))
		}
	}},
	"trec": {list: func(w *bufio.Writer, list recommend.List) {
		for _, link := range list.Links {
			fmt.Fprintf(w, "%s Q0 %s %d %s alsolike\n", trecID(list.Article.ID), trecID(link.Card.ID), link.Position, rankText(link))
		}
	}},
	"json": {open: "{", comma: ",", end: "\n}\n", list: func(w *bufio.Writer, list recommend.List) {
		w.WriteString("\n")
		w.Write(web.AppendListItems(w.AvailableBuffer(), list))
	}},
}

func rankText(l recommend.Link) string { return strconv.FormatFloat(float64(l.Rank), 'g', -1, 32) }

// exportRelated writes the list of every article in service.
func (e *env) exportRelated(ctx context.Context, w *bufio.Writer, engine *recommend.Engine, query recommend.Query, as listWriter) error {
	dir, err := e.snapshots()
	if err != nil {
		return err
	}
	s, err := dir.Open(engine.Status().Snapshot)
	if err != nil {
		return err
	}
	w.WriteString(as.open)
	for row := range s.Len() {
		if err := ctx.Err(); err != nil {
			return err
		}
		query.ID = s.ArticleID(row)
		list, err := engine.Related(ctx, query)
		if err != nil {
			return err
		}
		if row > 0 {
			w.WriteString(as.comma)
		}
		as.list(w, list)
	}
	_, err = w.WriteString(as.end)
	return err
}

// trecID percent-encodes what would split a run's line: white space, and the
// percent sign itself.
func trecID(id data.ArticleID) string {
	var b []byte
	for _, r := range string(id) {
		if r == '%' || unicode.IsSpace(r) {
			b = append(b, url.PathEscape(string(r))...)
		} else {
			b = append(b, string(r)...)
		}
	}
	return string(b)
}

func newExportVectorsCommand(e *env) *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use:   "vectors",
		Short: "Write the vector of every article of the published snapshot",
		Long: `Write the vectors of the published snapshot: as one NumPy matrix of float32, one row
an article, beside it FILE.ids with one id a line; or as JSON lines.`,
		Example: `  alsolike export vectors --format npy --out vectors.npy
  alsolike export vectors --format jsonl > vectors.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case format != "npy" && format != "jsonl":
				return usagef("--format is %q; it may be npy or jsonl", format)
			case format == "npy" && out == "":
				return usagef("--format npy needs --out FILE, since the ids go into FILE.ids")
			}
			dir, err := e.snapshots()
			if err != nil {
				return err
			}
			id, err := snapshotID(dir, nil)
			if err != nil {
				return err
			}
			s, err := dir.Open(id)
			if err != nil {
				return err
			}
			if format == "npy" {
				if err := writeFile(out+".ids", func(w *bufio.Writer) error { return writeIDs(w, s) }); err != nil {
					return err
				}
				if err := writeFile(out, func(w *bufio.Writer) error { return writeNPY(w, s) }); err != nil {
					return err
				}
				fmt.Fprintf(e.stderr, "Wrote %s of rank %d into %s and their ids into %s.ids.\n", plural(s.Len(), "vector"), s.Manifest().Rank, out, out)
				return nil
			}
			if out != "" {
				if err := writeFile(out, func(w *bufio.Writer) error { return writeVectorLines(w, s) }); err != nil {
					return err
				}
				fmt.Fprintf(e.stderr, "Wrote %s of rank %d into %s.\n", plural(s.Len(), "vector"), s.Manifest().Rank, out)
				return nil
			}
			w := bufio.NewWriter(e.stdout)
			if err := writeVectorLines(w, s); err != nil {
				return err
			}
			return w.Flush()
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&format, "format", "npy", "`npy|jsonl`")
	flags.StringVar(&out, "out", "", "the `file` to write")
	return cmd
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(*bufio.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, pathReason(err))
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("cannot write %s: %w", path, pathReason(err))
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func writeIDs(w *bufio.Writer, s *snapshot.Snapshot) error {
	for row := range s.Len() {
		if _, err := fmt.Fprintln(w, s.ArticleID(row)); err != nil {
			return err
		}
	}
	return nil
}

// writeNPY writes the vectors as one NumPy matrix.
func writeNPY(w *bufio.Writer, s *snapshot.Snapshot) error {
	if err := npy.WriteHeader[float32](w, s.Len(), s.Manifest().Rank); err != nil {
		return err
	}
	for row := range s.Len() {
		if err := binary.Write(w, binary.LittleEndian, s.Vector(row)); err != nil {
			return err
		}
	}
	return nil
}

func writeVectorLines(w *bufio.Writer, s *snapshot.Snapshot) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for row := range s.Len() {
		line := struct {
			ID     data.ArticleID `json:"id"`
			Vector []float32      `json:"vector"`
		}{s.ArticleID(row), s.Vector(row)}
		if err := enc.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
