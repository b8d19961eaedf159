package refresh

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sort"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/story"
)

// A corpus is the store's articles with their vectors: row i of every part belongs
// to cards[i], and its vectors and terms are zero where that is unpublished.
type corpus struct {
	cards    []data.Card       // in id order
	origins  []snapshot.Origin // what the rows were made from
	vectors  embed.Dense
	terms    *embed.Sparse // weighted terms, of which the vectors are the projections; see lsa.FitTerms
	revision data.Revision
	digest   data.Digest // of all articles

	groups     []uint32 // the number of every row's translation group
	groupCount int

	cross   *crossSpace // nil: none
	noCross string      // why there is none, in words

	random map[data.Lang][]float32 // cosines of random pairs, by the Base of their language

	own, across knn.Lists // candidates in the own and in other languages

	sketches []story.Sketch // of the texts, zero where an article is not on the site
	stories  []uint32       // the rows that stand for the clusters of near-duplicates
	links    rank.Lists     // the ranked lists
}

// full fits the models to all articles, for that reason, and makes a snapshot of
// what they give.
func full(ctx context.Context, store Store, reason string, opts Options, s *stages) (snapshot.Contents, error) {
	f, err := fit(ctx, store, opts, s)
	if err != nil {
		return snapshot.Contents{}, err
	}
	c := &f.corpus
	s.enter("fold_sample")
	baseline := f.sample.baseline(f.model)

	s.enter("neighbours")
	method := c.method(opts.Method)
	o := c.searching(opts)
	if c.own, err = search(ctx, c.vectors, o, method, opts.LSA.Seed); err != nil {
		return snapshot.Contents{}, fmt.Errorf("refresh: find neighbours: %w", err)
	}
	s.enter("recall")
	found, err := checkRecall(ctx, c.vectors, o, c.own, method, opts)
	if err != nil {
		return snapshot.Contents{}, err
	}
	if c.cross != nil {
		s.enter("cross_neighbours")
		if c.across, err = search(ctx, c.cross.vectors, c.searchingAcross(opts), method, opts.LSA.Seed); err != nil {
			return snapshot.Contents{}, fmt.Errorf("refresh: find neighbours in other languages: %w", err)
		}
	}
	contents, err := c.contents(ctx, f.model, opts, s)
	if err != nil {
		return snapshot.Contents{}, err
	}
	contents.Model, contents.Boilerplate = f.model, f.boilerplate
	m := &contents.Manifest
	m.ModelID, m.Kernel, m.Terms = f.model.ID(), f.model.Kernel(), f.model.Terms()
	if contents.Cross != nil {
		contents.Cross.Model = f.crossModel
		m.Cross = &snapshot.CrossSpace{Terms: f.crossModel.Terms(), Groups: f.crossModel.Groups(), ModelID: f.crossModel.ID()}
	}
	s.enter("translations")
	if m.Translations, err = c.translations(ctx, opts); err != nil {
		return snapshot.Contents{}, err
	}
	m.Boilerplate = f.leftOut.report(f.boilerplate)
	onSite := c.countOnSite()
	m.Refresh = snapshot.Refresh{Kind: snapshot.Full, Reason: reason, Analysed: onSite, Searched: onSite}
	m.Fit = snapshot.Fit{At: s.start, Articles: onSite, LearntFrom: len(f.learnt), RankAsked: opts.LSA.Rank}
	m.Search, m.Drift = found, baseline
	return contents, nil
}

// contents is what a snapshot of c holds, but for the models and what the manifest
// says of them. It ranks the candidates, by the model in which titles are read.
func (c *corpus) contents(ctx context.Context, model *lsa.Model, opts Options, s *stages) (contents snapshot.Contents, err error) {
	m := &contents.Manifest
	if err := c.rank(ctx, model, opts, s, m); err != nil {
		return snapshot.Contents{}, err
	}
	contents.Cards, contents.Origins, contents.Vectors, contents.Candidates, contents.Terms = c.cards, c.origins, c.vectors, c.own, c.terms
	contents.Links, contents.Stories, contents.Sketches = c.links, c.stories, c.sketches
	s.enter("scales")
	m.Scales, m.CrossScales = c.scales(), snapshot.Scales{}
	if c.cross != nil {
		contents.Cross = &snapshot.Cross{Vectors: c.cross.vectors, Candidates: c.across}
		m.CrossScales = c.crossScales(opts.LSA.Seed)
	}
	m.StoreRevision, m.StoreDigest = c.revision.Articles, hex.EncodeToString(c.digest[:])
	input := sha256.New()
	for i := range c.origins {
		input.Write(c.origins[i].Hash[:])
	}
	m.InputHash = hex.EncodeToString(input.Sum(nil))
	m.Config = opts.config(model.Rank())
	m.ConfigHash = hashJSON(m.Config)
	return contents, nil
}

// A fitted is a corpus with the models that were fitted to it.
type fitted struct {
	corpus
	training    training
	learnt      []int32 // rows that the model was learnt from
	model       *lsa.Model
	crossModel  *crosslang.Model
	boilerplate *boilerplate.Blocks
	leftOut     leftOut
	sample      sample
}

// fit streams the articles out of the store into the models.
func fit(ctx context.Context, store Store, opts Options, s *stages) (*fitted, error) {
	f := &fitted{training: training{most: opts.Sample}}
	err := store.ReadArticles(ctx, func(rev data.Revision, articles iter.Seq2[data.Article, error]) (err error) {
		f.revision = rev
		counts := map[data.Lang]int{}
		twice := newReplay(articles, replayBytes)
		if opts.MemoryLimit > 0 {
			twice = newReplay(articles, 0)
		}
		s.enter("boilerplate")
		if f.boilerplate, err = boilerplate.Find(ctx, pages(twice.articles, counts, opts.Progress)); err != nil {
			return err
		}
		f.training.counts = counts
		f.training.within(opts.sampleOfAll)
		s.enter("count")
		var vectors embed.Dense
		var terms *embed.Sparse
		if f.model, vectors, terms, err = lsa.FitTerms(ctx, f.texts(twice.last, opts.Workers), opts.LSA); err != nil {
			return err
		}
		if err := f.spread(ctx, vectors, terms, articles, opts); err != nil {
			return err
		}
		f.numberGroups()
		return f.fitCross(ctx, articles, opts)
	})
	switch {
	case errors.Is(err, lsa.ErrEmptyCorpus) && !slices.ContainsFunc(f.cards, onSite):
		return nil, ErrNoArticles
	case err != nil:
		return nil, fmt.Errorf("refresh: fit the model: %w", err)
	}
	return f, nil
}

func onSite(card data.Card) bool { return card.State != data.Unpublished }

func (c *corpus) countOnSite() (n int) {
	for row := range c.cards {
		if onSite(c.cards[row]) {
			n++
		}
	}
	return n
}

// A reading is an article on its way into the model.
type reading struct {
	article data.Article
	learn   bool // from it
}

// readings says of every article whether the model is learnt from it.
func (f *fitted) readings(articles iter.Seq2[data.Article, error]) iter.Seq2[reading, error] {
	return func(yield func(reading, error) bool) {
		f.training.seen = map[data.Lang]int{}
		for a, err := range articles {
			learn := err == nil && a.State != data.Unpublished && f.training.takes(a.Lang.Base())
			if !yield(reading{a, learn}, err) {
				return
			}
		}
	}
}

// A cleaned is what is made of an article before its text is counted.
type cleaned struct {
	origin  snapshot.Origin
	card    data.Card
	learn   bool
	text    embed.Text // of an article to learn from
	sketch  story.Sketch
	leftOut []string
}

func (f *fitted) clean(r *reading) cleaned {
	made := cleaned{origin: snapshot.Origin{Hash: r.article.Hash()}, card: r.article.Card(), learn: r.learn}
	if made.learn {
		made.text, made.leftOut = recommend.CleanText(&r.article, f.boilerplate)
		made.sketch = sketch(made.text)
	}
	return made
}

// texts yields the text of every article that the model is to be learnt from, and
// notes the card of every article.
func (f *fitted) texts(articles iter.Seq2[data.Article, error], workers int) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for made, err := range inOrder(f.readings(articles), workers, f.clean) {
			if err != nil {
				yield(embed.Text{}, err)
				return
			}
			f.digest.Toggle(made.origin.Hash)
			f.origins = append(f.origins, made.origin)
			f.cards = append(f.cards, made.card)
			f.sketches = append(f.sketches, made.sketch)
			if !made.learn {
				continue
			}
			f.learnt = append(f.learnt, int32(len(f.cards)-1))
			f.leftOut.add(made.leftOut)
			f.sample.offer(made.origin.Hash, made.text)
			if !yield(made.text, nil) {
				return
			}
		}
	}
}

// A training says which articles a model is learnt from: of every language at most
// so many, evenly spread over its articles in their order.
type training struct {
	most   int               // of a language
	counts map[data.Lang]int // of all articles on the site
	seen   map[data.Lang]int // of those that takes was asked for
}

// within lowers the number of articles of a language until those of all are at most
// so many; 0: any number.
func (t *training) within(all int) {
	learnt := func(most int) (sum int) {
		for _, n := range t.counts {
			sum += min(n, most)
		}
		return sum
	}
	if all > 0 {
		t.most = sort.Search(t.most, func(most int) bool { return learnt(most+1) > all })
	}
}

// takes reports whether the next article of that language is one of them.
func (t *training) takes(lang data.Lang) bool {
	i, n := t.seen[lang], t.counts[lang]
	t.seen[lang]++
	return n <= t.most || (i+1)*t.most/n > i*t.most/n
}

// spread moves the vectors and terms of the articles that the model was learnt from to
// the rows of their cards, and folds the other articles on the site in.
func (f *fitted) spread(ctx context.Context, vectors embed.Dense, terms *embed.Sparse, articles iter.Seq2[data.Article, error], opts Options) error {
	f.vectors, f.terms = f.spreadRows(vectors, f.learnt), spreadColumns(terms, f.learnt, len(f.cards))
	if others := f.countOnSite() - len(f.learnt); others > 0 {
		return f.foldOthers(ctx, articles, others, opts)
	}
	return nil
}

// spreadRows moves vectors to these rows among those of all cards.
func (c *corpus) spreadRows(vectors embed.Dense, rows []int32) embed.Dense {
	if vectors.Rows == len(c.cards) {
		return vectors
	}
	all := embed.NewDense(len(c.cards), vectors.Dim)
	for i, row := range rows {
		copy(all.Row(int(row)), vectors.Row(i))
	}
	return all
}

// An unlearnt is an article on the site that the model was not learnt from.
type unlearnt struct {
	row     int
	article data.Article
}

// A foldedIn is what becomes of it.
type foldedIn struct {
	row     int
	vector  []float32
	terms   []uint32
	weights []float32
	sketch  story.Sketch
	leftOut []string
}

// foldOthers folds in the articles on the site, so many, that the model was not
// learnt from.
func (f *fitted) foldOthers(ctx context.Context, articles iter.Seq2[data.Article, error], others int, opts Options) error {
	done := 0
	terms := mergeColumns(f.terms, int(1.05*float64(f.terms.NNZ())*float64(len(f.learnt)+others)/float64(len(f.learnt))))
	for made, err := range inOrder(f.others(articles), opts.Workers, func(u *unlearnt) foldedIn {
		text, leftOut := recommend.CleanText(&u.article, f.boilerplate)
		vector, index, weights, _ := f.model.FoldTerms(text)
		return foldedIn{u.row, vector, index, weights, sketch(text), leftOut}
	}) {
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		copy(f.vectors.Row(made.row), made.vector)
		terms.replace(made.row, made.terms, made.weights)
		f.sketches[made.row] = made.sketch
		f.leftOut.add(made.leftOut)
		if done++; done%64 == 0 || done == others {
			opts.Progress("fold", int64(done), int64(others))
		}
	}
	f.terms = terms.result()
	return nil
}

func (f *fitted) others(articles iter.Seq2[data.Article, error]) iter.Seq2[unlearnt, error] {
	return func(yield func(unlearnt, error) bool) {
		row, next := -1, 0
		for a, err := range articles {
			if err != nil {
				yield(unlearnt{}, err)
				return
			}
			if row++; next < len(f.learnt) && int(f.learnt[next]) == row {
				next++
				continue
			}
			if onSite(f.cards[row]) && !yield(unlearnt{row, a}, nil) {
				return
			}
		}
	}
}
