package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web"
)

// errNoSnapshot says how to get links at all.
var errNoSnapshot = fmt.Errorf("%w; alsolike refresh makes one", data.ErrNoSnapshot)

func newRelatedCommand(e *env) *cobra.Command {
	var (
		limit     int
		exclude   []string
		lang      string
		placement string
		asJSON    bool
	)
	cmd := &cobra.Command{
		Use:   "related ID|URL",
		Short: "Show the links that a reader gets under an article",
		Long: `Related shows the list that GET /v1/related answers with.

Links are in the article's language; where an article has versions in two scripts
or regions, a reader gets the one in his own. --lang adds other languages, which
fill the list up and are marked fallback:language. alsolike.yaml says the same for
places on the site's pages, by name:

  placements:
    sidebar:
      languages: any              # or own, or tags in order of preference:
    footer:
      languages: [own, en, zh-Hant]`,
		Example: `  alsolike related a1
  alsolike related https://example.org/housing/rents --limit 10
  alsolike related a1 --lang any
  alsolike related a1 --lang en,zh-Hant
  alsolike related a1 --placement sidebar
  alsolike related a1 --exclude a7 --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 || limit > web.MaxLimit {
				return usagef("--limit is %d; it may be 1 to %d", limit, web.MaxLimit)
			}
			if args[0] == "" {
				return usagef("the id or URL of the article is empty; usage: %s", cmd.UseLine())
			}
			query := recommend.Query{ID: data.ArticleID(args[0]), Limit: limit, Placement: placement}
			if lang != "" {
				var err error
				if query.Languages, err = recommend.ParseLanguages(lang); err != nil {
					return usagef("--%v", err)
				}
			}
			engine, closeStore, err := e.openEngine(cmd.Context())
			if err != nil {
				return err
			}
			defer closeStore()
			for _, id := range exclude {
				query.Exclude = append(query.Exclude, data.ArticleID(id))
			}
			list, err := engine.Related(cmd.Context(), query)
			if errors.Is(err, data.ErrNotFound) && isURL(args[0]) {
				query.ID, query.URL = "", args[0]
				list, err = engine.Related(cmd.Context(), query)
			}
			if errors.Is(err, data.ErrNotFound) {
				return fmt.Errorf("there is no article with the id or URL %q", args[0])
			}
			if invalid, ok := errors.AsType[*data.InvalidError](err); ok {
				return usagef("--%v", invalid)
			}
			if err != nil {
				return err
			}
			if asJSON {
				b, err := web.RelatedJSON(list)
				if err != nil {
					return err
				}
				_, err = e.stdout.Write(b)
				return err
			}
			return e.showList(list)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&limit, "limit", recommend.DefaultLimit, "how many links at most")
	flags.StringArrayVar(&exclude, "exclude", nil, "`id` of an article not to link (repeatable)")
	flags.StringVar(&lang, "lang", "", "`languages` of the links: own, any, or tags such as en,zh-Hant (default: the placement's, else own)")
	flags.StringVar(&placement, "placement", "", "as the placement of this `name` has it")
	flags.BoolVar(&asJSON, "json", false, "print the answer of GET /v1/related")
	return cmd
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" || len(s) > 0 && s[0] == '/'
}

func (e *env) showList(list recommend.List) error {
	fmt.Fprintf(e.stderr, "%s  %s\n", list.Article.ID, list.Article.Title)
	if len(list.Links) == 0 {
		fmt.Fprintln(e.stderr, "No links.")
		return nil
	}
	// The language is told where it is not the article's.
	foreign := func(l recommend.Link) bool { return l.Card.Lang != list.Article.Lang }
	column := func(string) string { return "" }
	if slices.ContainsFunc(list.Links, foreign) {
		column = func(cell string) string { return cell + "\t" }
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\tSCORE\tSOURCE\t%sID\tTITLE\n", column("LANG"))
	for _, link := range list.Links {
		lang := ""
		if foreign(link) {
			lang = string(cmp.Or(link.Card.Lang, data.Undetermined))
		}
		fmt.Fprintf(w, "%d\t%d\t%s\t%s%s\t%s\n", link.Position, link.Score, link.Source, column(lang), link.Card.ID, oneLine(link.Card.Title))
	}
	return w.Flush()
}

// openEngine brings what readers get into service within this process, once.
func (e *env) openEngine(ctx context.Context) (engine *recommend.Engine, closeStore func(), err error) {
	conf, err := e.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	log, err := e.logger(slog.LevelWarn)
	if err != nil {
		return nil, nil, err
	}
	store, err := e.openSite(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	engine, err = e.newEngine(ctx, store, conf, log)
	if err == nil {
		err = engine.Load(ctx)
	}
	if errors.Is(err, data.ErrNoSnapshot) {
		err = errNoSnapshot
	}
	if err != nil {
		store.Close()
		return nil, nil, err
	}
	return engine, func() { store.Close() }, nil
}

// newEngine makes the engine over the data folder's store and snapshots.
func (e *env) newEngine(ctx context.Context, store *sqlite.Store, conf *config, log *slog.Logger) (*recommend.Engine, error) {
	dir, err := e.snapshots()
	if err != nil {
		return nil, err
	}
	secret, err := store.Secret(ctx, linkSecret)
	if err != nil {
		return nil, err
	}
	return recommend.New(store, dir, recommend.Options{
		Secret: secret, Threshold: conf.Threshold, Placements: conf.Placements, Now: e.now, Log: log,
	})
}
