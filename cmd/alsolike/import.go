package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
)

// storeFile is the embedded store within the data folder.
const storeFile = "alsolike.db"

const importHelp = `Import reads articles from files, folders and the web, and stores them. Imports add
up: an article whose id is known already is brought up to date, and one that did not
change is left alone. A record that cannot be taken is named with its file, line and
reason, and the others are stored. With --mirror, what a source listed in earlier
imports and no longer has becomes unpublished.

"alsolike help articles" shows each kind of source by an example:

  jsonl, csv  one article a line or row; --map names the columns of CSV; may be gzipped
  markdown    the folder of a static site (Jekyll, Hugo) with front matter
  html        pages: files, folders, addresses
  text        plain text pages, one file each, as a reader copies them
  wxr         a WordPress export
  feed        RSS, Atom or JSON Feed, a file or an address
  sitemap     the address of a sitemap: fetches what is new or changed

Where nothing names an article's language, its text tells it; where that is not enough,
the article is taken to be in the site's main language, if it has one. See
"alsolike help languages".

JSON lines hold one object a line, with the fields id, title, body (plain text or
HTML), summary, url, lang, published_at, updated_at, section, tags, authors, image
{src, alt}, type, series, part, translation_of, canonical_url, state, evergreen,
link_to and link_from.

Exit code 1 means that some record was refused, or a source could not be mirrored.`

// An importCommand is what the flags of import say.
type importCommand struct {
	format, columns string // as they are written
	source          importOptions
	opts            ingest.Options
	asJSON          bool
}

// importOptions say how the sources of one import are read.
type importOptions struct {
	ingest.SourceOptions
	lang    string // of articles that name none, as it is written: it may be an alias of the configuration
	private bool   // hosts may have private addresses
}

func newImportCommand(e *env) *cobra.Command {
	var c importCommand
	cmd := &cobra.Command{
		Use:   "import SOURCE...",
		Short: "Put articles into the store",
		Long:  importHelp,
		Example: `  alsolike import articles.jsonl.gz
  alsolike import articles.csv --map id=article_id,title=headline,body=text --lang en
  alsolike import ./content --mirror --permalink '/:year/:month/:title/'
  alsolike import https://example.org/sitemap.xml --dry-run`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := c.parse(); err != nil {
				return err
			}
			sum, err := e.importSources(cmd.Context(), paths, c.source, c.opts)
			if err != nil {
				return err
			}
			if c.asJSON {
				err = e.writeJSON(newImportResult(sum, c.opts.DryRun))
			} else {
				err = writeImportSummary(e.stdout, sum, c.opts.DryRun)
			}
			if err == nil && sum.Refused+sum.NotMirrored > 0 {
				err = errSilent // each was named
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&c.format, "format", "auto", "`"+strings.ReplaceAll(formatChoice(), ", ", "|")+"`")
	flags.StringVar(&c.columns, "map", "", "which column holds which field: `field=column,...`")
	flags.StringVar(&c.source.lang, "lang", "", "`language` of articles that name none, such as en or zh-Hant")
	flags.StringVar(&c.source.Section, "section", "", "`section` of articles that name none")
	flags.StringVar(&c.source.Permalink, "permalink", "", "`pattern` of the URLs of Markdown files, such as /:year/:month/:title/")
	flags.BoolVar(&c.opts.Mirror, "mirror", false, "what the source no longer has becomes unpublished")
	flags.BoolVar(&c.source.private, "allow-private", false, "also fetch from private and local addresses, such as a server on this machine")
	flags.BoolVar(&c.opts.DryRun, "dry-run", false, "only say what would be done")
	flags.IntVar(&c.opts.MaxErrors, "max-errors", 0, "give up at the `n`-th refused record, with nothing of files stored (0: no limit)")
	flags.BoolVar(&c.asJSON, "json", false, "print the counts as JSON")
	return cmd
}

// parse reads the flags that are more than a text or a number.
func (c *importCommand) parse() (err error) {
	c.source.Format = ingest.Format(c.format)
	if c.source.Format != ingest.Auto && !slices.Contains(ingest.Formats, c.source.Format) {
		return usagef("--format is %q; it may be %s", c.format, formatChoice())
	}
	if c.source.Map, err = parseMap(c.columns); err != nil {
		return err
	}
	if c.opts.MaxErrors < 0 {
		return usagef("--max-errors is %d; it counts refused records, and 0 means no limit", c.opts.MaxErrors)
	}
	return nil
}

// parseMap reads field=column,field=column.
func parseMap(s string) (map[string]string, error) {
	m := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		field, column, ok := strings.Cut(pair, "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		if !ok || field == "" || column == "" {
			return nil, usagef("--map: %q is not of the form field=column", pair)
		}
		if _, ok := m[field]; ok {
			return nil, usagef("--map: %s is named twice", field)
		}
		m[field] = column
	}
	return m, nil
}

// importSources stores the articles of the sources and reports refused records
// on standard error as they are met.
func (e *env) importSources(ctx context.Context, paths []string, source importOptions, opts ingest.Options) (ingest.Summary, error) {
	conf, err := e.loadConfig()
	if err != nil {
		return ingest.Summary{}, err
	}
	log, err := e.logger(slog.LevelWarn)
	if err != nil {
		return ingest.Summary{}, err
	}
	if source.Languages, err = conf.languages(); err != nil {
		return ingest.Summary{}, err
	}
	if source.lang != "" {
		if source.Lang, err = source.Languages.Parse(source.lang); err != nil {
			return ingest.Summary{}, usagef("--%v", err)
		}
	}
	remote := e.newRemote(conf, source.private, log)
	var sources []*ingest.Source
	for _, path := range paths {
		s, err := ingest.Open(path, remote.options(source.SourceOptions))
		if err != nil {
			return ingest.Summary{}, err
		}
		sources = append(sources, s)
	}

	var store ingest.Store
	if !opts.DryRun {
		if err := e.makeDataDir(); err != nil {
			return ingest.Summary{}, err
		}
	}
	if db, err := e.openStore(ctx, opts.DryRun); err == nil {
		defer db.Close()
		store, remote.store = db, db
	} else if !opts.DryRun || !errors.Is(err, os.ErrNotExist) {
		return ingest.Summary{}, err
	}

	p, err := e.newProgress()
	if err != nil {
		return ingest.Summary{}, err
	}
	defer p.close()
	watch := p.stages(map[string]string{"check": "record", "store": "record", "compare": "record"})
	opts.Progress = func(at ingest.Progress) {
		stage := string(at.Stage)
		if at.Stage == ingest.Storing && opts.DryRun {
			stage = "compare"
		}
		watch.report(stage, at.Bytes, at.Total, int64(at.Articles))
	}
	opts.Report = func(refused *ingest.RecordError) { p.println(refused.Error()) }
	sum, err := ingest.Import(ctx, sources, store, opts)
	watch.end(err)
	return sum, err
}

// linkSecret names the secret that signs recommendation ids.
const linkSecret = "recommendation"

// openStore opens the store of the data folder. Whoever may write makes sure
// that the store has all that those who only read will ask for.
func (e *env) openStore(ctx context.Context, readOnly bool) (*sqlite.Store, error) {
	store, err := sqlite.Open(ctx, e.path(storeFile), sqlite.Options{ReadOnly: readOnly, Now: e.now})
	if err != nil || readOnly {
		return store, err
	}
	if _, err := store.Secret(ctx, linkSecret); err != nil {
		store.Close()
		return nil, err
	}
	return store, nil
}

// openSite is openStore where a data folder must be there already.
func (e *env) openSite(ctx context.Context, readOnly bool) (*sqlite.Store, error) {
	if err := e.needDataDir(); err != nil {
		return nil, err
	}
	return e.openStore(ctx, readOnly)
}

// writeImportSummary says in words what an import did.
func writeImportSummary(w io.Writer, sum ingest.Summary, dryRun bool) error {
	verb := "Stored"
	if dryRun {
		verb = "Would store"
	}
	var b strings.Builder
	switch stored := sum.Added + sum.Updated; {
	case stored > 0:
		fmt.Fprintf(&b, "%s %s: %s new, %s changed; %s unchanged.\n", verb, plural(stored, "article"), count(sum.Added), count(sum.Updated), count(sum.Unchanged))
	case sum.Read == 0:
		fmt.Fprintf(&b, "Nothing changed: what was imported before is still the same.\n")
	case sum.Unchanged == 1:
		fmt.Fprintf(&b, "Nothing changed: the article is in the store already.\n")
	case sum.Unchanged > 0:
		fmt.Fprintf(&b, "Nothing changed: %s in the store already.\n", areAll(sum.Unchanged, "article"))
	default:
		fmt.Fprintf(&b, "%s no article.\n", verb)
	}
	for _, note := range []struct {
		n         int
		one, what string
	}{
		{sum.Files, "file", "refused, named above"},
		{sum.Refused - sum.Files, "record", "refused, named above"},
		{sum.Duplicates, "record", "replaced by a later one with the same id"},
		{sum.BadDates, "record", "with an unreadable date, stored without it"},
		{sum.BadLangs, "record", "with an unreadable language, stored without it"},
	} {
		if note.n > 0 {
			fmt.Fprintf(&b, "%s %s.\n", plural(note.n, note.one), note.what)
		}
	}
	for _, why := range slices.Sorted(maps.Keys(sum.Skipped)) {
		fmt.Fprintf(&b, "%s left out: %s.\n", plural(sum.Skipped[why], "record"), why)
	}
	if sum.Unpublished > 0 {
		unpublished := "Unpublished"
		if dryRun {
			unpublished = "Would unpublish"
		}
		fmt.Fprintf(&b, "%s %s that the source has no longer.\n", unpublished, plural(sum.Unpublished, "article"))
	}
	for _, field := range slices.Sorted(maps.Keys(sum.Unknown)) {
		fmt.Fprintf(&b, "Field %q is not known and was left out of %s.\n", field, plural(sum.Unknown[field], "record"))
	}
	if len(sum.Languages.All) > 0 {
		fmt.Fprintf(&b, "Languages: %s.\n", languagesTold(sum.Languages))
	}
	if sum.Overruled > 0 {
		fmt.Fprintf(&b, "%s said to be in a language that is never written like that; taken for what the text tells.\n", plural(sum.Overruled, "article"))
	}
	if n := sum.Languages.All[data.Undetermined]; n > 0 {
		fmt.Fprintf(&b, "%s.\n", undetermined(n))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// areAll is "the one article is" or "all 19,043 articles are".
func areAll(n int, one string) string {
	if n == 1 {
		return "the one " + one + " is"
	}
	return "all " + plural(n, one) + " are"
}

// An importResult is what import --json prints.
type importResult struct {
	DryRun     bool              `json:"dry_run"`
	Read       int               `json:"read"`
	Added      int               `json:"added"`
	Updated    int               `json:"updated"`
	Unchanged  int               `json:"unchanged"`
	Refused    int               `json:"refused"`
	Duplicates int               `json:"duplicates"`
	BadDates   int               `json:"bad_dates"`
	BadLangs   int               `json:"bad_langs"`
	Skipped    map[string]int    `json:"skipped"`
	Unknown    map[string]int    `json:"unknown_fields"`
	Languages  map[data.Lang]int `json:"languages"`
	Detected   map[data.Lang]int `json:"detected"`  // of languages, what the text told
	Assumed    map[data.Lang]int `json:"assumed"`   // of languages, what was taken for the site's main one
	Overruled  int               `json:"overruled"` // of detected, said to be in another

	Unpublished int `json:"unpublished"`
	NotMirrored int `json:"not_mirrored"` // sources
}

func newImportResult(sum ingest.Summary, dryRun bool) importResult {
	skipped := sum.Skipped
	if skipped == nil {
		skipped = map[string]int{}
	}
	return importResult{
		DryRun: dryRun, Read: sum.Read, Added: sum.Added, Updated: sum.Updated, Unchanged: sum.Unchanged,
		Refused: sum.Refused, Duplicates: sum.Duplicates, BadDates: sum.BadDates, BadLangs: sum.BadLangs,
		Skipped: skipped, Unpublished: sum.Unpublished, NotMirrored: sum.NotMirrored, Unknown: sum.Unknown,
		Languages: sum.Languages.All, Detected: sum.Languages.Detected, Assumed: sum.Languages.Assumed, Overruled: sum.Overruled,
	}
}
