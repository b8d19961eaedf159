package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
		asked           queryFlags
		from            string
		explain, asJSON bool
		inbound         bool
	)
	cmd := &cobra.Command{
		Use:   "related ID|URL",
		Short: "Show the links that a reader gets under an article",
		Long: `Related shows the list that GET /v1/related answers with.

Links are in the article's language; where an article has versions in two scripts
or regions, a reader gets the one in his own. --lang adds other languages, which
fill the list up and are marked fallback:language.

Filters (--section, --not-section, --tag, --not-tag, --since) hold for all links,
those that editors pinned included. Where the nearest articles do not pass them, all
others are looked at. A list is short rather than filled, unless --fallback says with
what; links that fill are marked fallback:section and the like. What is read most is
known to serve alone, so here popular fills nothing.

alsolike.yaml says the same for places on the site's pages, by name:

  placements:
    sidebar:
      languages: any              # or own, or tags in order of preference:
    footer:
      languages: [own, en, zh-Hant]
      count: 3                    # links, where the request does not say
      not_section: [Advertisement, "Sports, live"]
      since: 90d
      fallback: latest            # or section, popular, none

--inbound turns the question round: which older articles should link to this one, the
most fitting first, and at which position their readers find it now ("-": below the
first five). That is the list to go through when something new is published.

The keys are count, languages, section, not_section, tag, not_tag, since, threshold
and fallback. Filters of the request and of the placement hold both; of everything
else the request has the say.`,
		Example: `  alsolike related a1
  alsolike related https://example.org/housing/rents --limit 10
  alsolike related a1 --lang any
  alsolike related a1 --lang en,zh-Hant
  alsolike related a1 --placement sidebar
  alsolike related a1 --section Housing --since 90d --fallback section
  alsolike related a1 --explain
  alsolike related a1 --inbound --limit 20
  alsolike related a1 --exclude a7 --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			query, err := asked.query(cmd.Flags(), web.MaxLimit, e.now())
			if err != nil {
				return err
			}
			if args[0] == "" {
				return usagef("the id or URL of the article is empty; usage: %s", cmd.UseLine())
			}
			query.ID, query.Explain = data.ArticleID(args[0]), explain
			if isURL(from) {
				query.FromURL = from
			} else {
				query.From = data.ArticleID(from)
			}
			engine, closeStore, err := e.openEngine(cmd.Context())
			if err != nil {
				return err
			}
			defer closeStore()
			if inbound {
				return e.inbound(cmd.Context(), engine, query, asJSON)
			}
			list, err := engine.Related(cmd.Context(), query)
			if (errors.Is(err, data.ErrNotFound) || list.Article.ID == "") && isURL(args[0]) {
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
			return e.showList(list, explain)
		},
	}
	flags := cmd.Flags()
	asked.add(flags, recommend.DefaultLimit)
	flags.StringVar(&from, "from", "", "`id|URL` of the page that the reader came from, which is not linked")
	flags.BoolVar(&explain, "explain", false, "say why each link is there, and why candidates are not")
	flags.BoolVar(&inbound, "inbound", false, "show which older articles should link to this one")
	flags.BoolVar(&asJSON, "json", false, "print the answer of GET /v1/related")
	return cmd
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" || len(s) > 0 && s[0] == '/'
}

func (e *env) showList(list recommend.List, explain bool) error {
	if list.Article.ID == "" {
		fmt.Fprintln(e.stderr, "No such article; readers get what the fallback has.")
	} else {
		fmt.Fprintf(e.stderr, "%s  %s\n", list.Article.ID, list.Article.Title)
	}
	var withheld []string
	for _, reason := range slices.Sorted(maps.Keys(list.Withheld)) {
		withheld = append(withheld, fmt.Sprintf("%s %d", reason, list.Withheld[reason]))
	}
	if len(withheld) > 0 {
		fmt.Fprintf(e.stderr, "Candidates withheld: %s.\n", strings.Join(withheld, ", "))
	}
	for _, r := range list.Rejected {
		fmt.Fprintf(e.stderr, "  %s: %s%s\n", oneLine(cmp.Or(r.Card.Title, string(r.Card.ID))), r.Text, byRule(r.Rule))
	}
	if err := e.showRules(list.Rules); err != nil {
		return err
	}
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
	reasons, reason := "", func(recommend.Link) string { return "" }
	if explain {
		reasons, reason = "\tREASON", func(l recommend.Link) string {
			if l.Cosine <= 0 {
				return "\t" + oneLine(l.Reason.Text) + byRule(l.Rule)
			}
			return fmt.Sprintf("\t%s%s (cosine %.2f)", oneLine(l.Reason.Text), byRule(l.Rule), l.Cosine)
		}
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\tSCORE\tSOURCE\t%sID\tTITLE%s\n", column("LANG"), reasons)
	for _, link := range list.Links {
		lang := ""
		if foreign(link) {
			lang = string(cmp.Or(link.Card.Lang, data.Undetermined))
		}
		fmt.Fprintf(w, "%d\t%d\t%s\t%s%s\t%s%s\n", link.Position, link.Score, link.Source, column(lang), link.Card.ID, oneLine(link.Card.Title), reason(link))
	}
	return w.Flush()
}

// showRules tells which rules hold for a list.
func (e *env) showRules(rules []data.Rule) error {
	if len(rules) == 0 {
		return nil
	}
	zone, err := e.zone()
	if err != nil {
		return err
	}
	fmt.Fprintln(e.stderr, "Rules that hold here:")
	for _, r := range rules {
		r = r.In(zone)
		fmt.Fprintf(e.stderr, "  %d. %s.\n", r.ID, oneLine(r.Sentence()))
	}
	return nil
}

// byRule names the rule of that ID; 0 is none.
func byRule(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprintf(" (rule %d)", id)
}

// inbound shows the articles that should link to the one of q.
func (e *env) inbound(ctx context.Context, engine *recommend.Engine, q recommend.Query, asJSON bool) error {
	target, from, err := engine.Inbound(ctx, q)
	if errors.Is(err, data.ErrNotFound) && isURL(string(q.ID)) {
		q.ID, q.URL = "", string(q.ID)
		target, from, err = engine.Inbound(ctx, q)
	}
	if errors.Is(err, data.ErrNotFound) {
		return fmt.Errorf("there is no article with the id or URL %q", cmp.Or(string(q.ID), q.URL))
	}
	if err != nil {
		return err
	}
	if asJSON {
		type row struct {
			ID       data.ArticleID `json:"id"`
			Title    string         `json:"title"`
			URL      string         `json:"url,omitempty"`
			Score    int            `json:"score"`
			Position int            `json:"position,omitempty"`
		}
		rows := make([]row, len(from))
		for i, f := range from {
			rows[i] = row{f.Card.ID, f.Card.Title, f.Card.URL, f.Score, f.Position}
		}
		return e.writeJSON(struct {
			Article data.ArticleID `json:"article"`
			Inbound []row          `json:"inbound"`
		}{target.ID, rows})
	}
	fmt.Fprintf(e.stderr, "%s  %s\n", target.ID, oneLine(target.Title))
	if len(from) == 0 {
		fmt.Fprintln(e.stderr, "No older article has it among its candidates.")
		return nil
	}
	w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SCORE\tPOSITION\tID\tTITLE")
	for _, f := range from {
		position := "-"
		if f.Position > 0 {
			position = strconv.Itoa(f.Position)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", f.Score, position, f.Card.ID, oneLine(f.Card.Title))
	}
	return w.Flush()
}

// openEngine brings what readers get into service within this process, once.
func (e *env) openEngine(ctx context.Context) (engine *recommend.Engine, closeStore func(), err error) {
	conf, err := e.loadConfig()
	if err != nil {
		return nil, nil, err
	}
	conf.Explore = recommend.Explore{} // lists are drawn for those who see pages
	log, err := e.logger(slog.LevelWarn)
	if err != nil {
		return nil, nil, err
	}
	store, err := e.openSite(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	engine, err = e.newEngine(ctx, store, conf, nil, log)
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

// newEngine makes the engine over the data folder's store and snapshots. popular is
// recommend.Options.Popular.
func (e *env) newEngine(ctx context.Context, store *sqlite.Store, conf *config, popular func() []data.ArticleID, log *slog.Logger) (*recommend.Engine, error) {
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
		Explore: conf.Explore, Popular: popular, Policy: conf.Policy, PerAuthor: conf.Ranking.PerAuthor,
	})
}
