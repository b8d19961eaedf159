package refresh

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"iter"
	"runtime"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// ErrNoArticles is returned when the store holds no article to make links for.
var ErrNoArticles = errors.New("refresh: the store holds no published article; import some first")

// A Store is where a refresh reads articles.
type Store interface {
	// ReadArticles calls f with the store as it is at one moment: its revision
	// and every article in id order.
	ReadArticles(ctx context.Context, f func(data.Revision, iter.Seq2[data.Article, error]) error) error
}

// Options are the settings of a refresh. The zero value works.
type Options struct {
	LSA     lsa.Options      // rank, seed, bounds of document frequency, rules of analysis; the rest is set here
	K       int              // neighbours kept for every article, and half as many in other languages; 0: 64
	Workers int              // goroutines; 0: all cores. Does not change the result
	Version string           // of alsolike, for the manifest
	Now     func() time.Time // nil: time.Now

	// Progress is told how far each stage has come, with done and total in
	// the stage's own unit; total is 0 while it is not known.
	Progress func(stage string, done, total int64)
}

const defaultK = 64

func (o Options) withDefaults() Options {
	if o.K == 0 {
		o.K = defaultK
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	o.LSA.Seed = cmp.Or(o.LSA.Seed, 1) // it draws random pairs too
	o.LSA.Workers = o.Workers
	o.LSA.Progress = o.Progress
	return o
}

// Run makes a snapshot of everything in the store, publishes it, and returns
// its manifest. Until the last moment nothing of it can be seen: an error or a
// crash leaves what was in service before.
func Run(ctx context.Context, store Store, dir *snapshot.Dir, opts Options) (snapshot.Manifest, error) {
	opts = opts.withDefaults()
	clock := stopwatch{now: opts.Now, start: opts.Now()}
	created := clock.start

	c, err := fit(ctx, store, opts, &clock)
	if err != nil {
		return snapshot.Manifest{}, err
	}
	lists, err := neighbours(ctx, c, opts)
	if err != nil {
		return snapshot.Manifest{}, err
	}
	clock.lap("neighbours")
	scales := c.scales(lists, opts.LSA.Seed)
	clock.lap("scales")

	var (
		cross       *snapshot.Cross
		crossSpace  *snapshot.CrossSpace
		crossScales = snapshot.Scales{}
	)
	if c.cross != nil {
		cross = &snapshot.Cross{Vectors: c.cross.vectors, Model: c.cross.model}
		crossSpace = &snapshot.CrossSpace{Terms: c.cross.model.Terms(), Groups: c.cross.model.Groups(), ModelID: c.cross.model.ID()}
		if cross.Candidates, err = crossNeighbours(ctx, c, opts); err != nil {
			return snapshot.Manifest{}, err
		}
		crossScales = c.crossScales(cross.Candidates, opts.LSA.Seed)
		clock.lap("cross_neighbours")
	}
	translations, err := c.translations(ctx, lists, opts)
	if err != nil {
		return snapshot.Manifest{}, err
	}
	clock.lap("translations")

	config := c.config(opts)
	opts.Progress("write", 0, 0)
	manifest, err := dir.WriteAndPublish(ctx, snapshot.Contents{
		Cards: c.cards, Vectors: c.vectors, Candidates: lists, Model: c.model, Cross: cross, Boilerplate: c.boilerplate,
		Manifest: snapshot.Manifest{
			Created: created, AsOf: created, Version: opts.Version,
			Config: config, ConfigHash: hashJSON(config), InputHash: hex.EncodeToString(c.input.Sum(nil)),
			ModelID: c.model.ID(), Kernel: c.model.Kernel(), Rank: c.model.Rank(), Terms: c.model.Terms(),
			Scales: scales, Cross: crossSpace, CrossScales: crossScales, Translations: translations, Boilerplate: c.leftOut.report(c.boilerplate), StoreRevision: c.revision.Articles,
			Timings: clock.laps, PeakMemory: peakMemory(),
		},
	})
	if err != nil {
		return snapshot.Manifest{}, err
	}
	opts.Progress("write", int64(len(c.cards)), int64(len(c.cards)))
	return manifest, nil
}

// A corpus is the store's articles after the models were fitted to them: row i
// of vectors belongs to cards[i], and is zero where that is unpublished.
type corpus struct {
	cards    []data.Card // in id order
	vectors  embed.Dense
	model    *lsa.Model
	revision data.Revision
	input    hash.Hash // of all articles' content

	groups     []uint32 // the number of every row's translation group
	groupCount int
	cross      *crossSpace // nil: none
	noCross    string      // why there is none, in words

	boilerplate *boilerplate.Blocks
	leftOut     leftOut
}

// fit streams the articles out of the store into the models.
func fit(ctx context.Context, store Store, opts Options, clock *stopwatch) (*corpus, error) {
	c := &corpus{input: sha256.New()}
	err := store.ReadArticles(ctx, func(rev data.Revision, articles iter.Seq2[data.Article, error]) (err error) {
		c.revision = rev
		if c.boilerplate, err = boilerplate.Find(ctx, pages(articles, opts.Progress)); err != nil {
			return err
		}
		if c.model, c.vectors, err = lsa.Fit(ctx, c.texts(articles), opts.LSA); err != nil {
			return err
		}
		c.vectors = c.spread(c.vectors)
		c.numberGroups()
		clock.lap("fit")
		err = c.fitCross(ctx, articles, opts)
		clock.lap("cross_fit")
		return err
	})
	switch {
	case errors.Is(err, lsa.ErrEmptyCorpus) && !slices.ContainsFunc(c.cards, onSite):
		return nil, ErrNoArticles
	case err != nil:
		return nil, fmt.Errorf("refresh: fit the model: %w", err)
	}
	return c, nil
}

func onSite(card data.Card) bool { return card.State != data.Unpublished }

// spread moves vectors, which were made of the articles on the site alone, to
// the rows of their cards.
func (c *corpus) spread(vectors embed.Dense) embed.Dense {
	if vectors.Rows == len(c.cards) {
		return vectors
	}
	all := embed.NewDense(len(c.cards), vectors.Dim)
	fitted := 0
	for row := range c.cards {
		if onSite(c.cards[row]) {
			copy(all.Row(row), vectors.Row(fitted))
			fitted++
		}
	}
	return all
}

// texts yields the text of every article on the site, and notes the card of
// every article.
func (c *corpus) texts(articles iter.Seq2[data.Article, error]) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for a, err := range articles {
			if err != nil {
				yield(embed.Text{}, err)
				return
			}
			sum := a.Hash()
			c.input.Write(sum[:])
			card := a.Card()
			c.cards = append(c.cards, card)
			if !onSite(card) {
				continue
			}
			text, pieces := recommend.CleanText(&a, c.boilerplate)
			c.leftOut.add(pieces)
			if !yield(text, nil) {
				return
			}
		}
	}
}

// neighbours finds the candidates of every article in its own language.
func neighbours(ctx context.Context, c *corpus, opts Options) (knn.Lists, error) {
	lists, err := knn.All(ctx, c.vectors, knn.Options{
		K: opts.K, Group: c.languages(), Class: c.classes(), Eligible: c.eligible(), Rank: c.tieRanks(), Workers: opts.Workers,
		Allowed:  func(from, to int) bool { return c.cards[from].MayLink(&c.cards[to]) },
		Progress: func(done, total int64) { opts.Progress("neighbours", done, total) },
	})
	if err != nil {
		return knn.Lists{}, fmt.Errorf("refresh: find neighbours: %w", err)
	}
	return lists, nil
}

// eligible says which rows may be candidates.
func (c *corpus) eligible() []bool {
	eligible := make([]bool, len(c.cards))
	for i := range c.cards {
		eligible[i] = c.cards[i].State == data.Published && !c.cards[i].NoLinkTo
	}
	return eligible
}

// languages numbers the language of every row.
func (c *corpus) languages() []uint32 {
	number := map[data.Lang]uint32{}
	group := make([]uint32, len(c.cards))
	for i := range c.cards {
		base := c.cards[i].Lang.Base()
		if _, ok := number[base]; !ok {
			number[base] = uint32(len(number))
		}
		group[i] = number[base]
	}
	return group
}

// tieRanks says which of two rows with the same cosine comes first: the newer
// article, then the one with the smaller id.
func (c *corpus) tieRanks() []uint32 {
	rows := make([]int, len(c.cards))
	for i := range rows {
		rows[i] = i
	}
	slices.SortFunc(rows, func(i, j int) int {
		if by := c.cards[j].PublishedAt.Compare(c.cards[i].PublishedAt); by != 0 {
			return by
		}
		return cmp.Compare(c.cards[i].ID, c.cards[j].ID)
	})
	rank := make([]uint32, len(rows))
	for r, row := range rows {
		rank[row] = uint32(r)
	}
	return rank
}

// config is the configuration that the snapshot's bytes depend on.
func (c *corpus) config(opts Options) map[string]any {
	return map[string]any{
		"lsa.rank": c.model.Rank(), "lsa.seed": opts.LSA.Seed, "lsa.min_df": cmp.Or(opts.LSA.MinDocFreq, 2),
		"lsa.max_df": cmp.Or(opts.LSA.MaxDocFreq, 0.5), "neighbours.k": opts.K,
		"analysis.stop_words": !opts.LSA.Rules.KeepStopWords, "analysis.stemming": !opts.LSA.Rules.KeepEndings,
	}
}

func hashJSON(v any) string {
	b, err := json.Marshal(v) // sorts the keys of a map
	if err != nil {
		panic("refresh: configuration holds a value that is no JSON")
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// A stopwatch notes how long each stage took, in milliseconds.
type stopwatch struct {
	now   func() time.Time
	start time.Time
	laps  map[string]int64
}

func (s *stopwatch) lap(stage string) {
	if s.laps == nil {
		s.laps = map[string]int64{}
	}
	now := s.now()
	s.laps[stage] = now.Sub(s.start).Milliseconds()
	s.start = now
}
