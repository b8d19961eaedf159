package refresh

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A corpus is the store's articles with their vectors: row i of every part belongs
// to cards[i], and its vectors are zero where that is unpublished.
type corpus struct {
	cards    []data.Card       // in id order
	origins  []snapshot.Origin // what the rows were made from
	vectors  embed.Dense
	revision data.Revision
	digest   data.Digest // of all articles

	groups     []uint32 // the number of every row's translation group
	groupCount int

	cross   *crossSpace // nil: none
	noCross string      // why there is none, in words

	own, across knn.Lists // candidates in the own and in other languages
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
	contents := c.contents(opts, s)
	contents.Model, contents.Boilerplate = f.model, f.boilerplate
	m := &contents.Manifest
	m.Config = opts.config(f.model.Rank())
	m.ConfigHash = hashJSON(m.Config)
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
	m.Fit = snapshot.Fit{At: s.start, Articles: onSite, LearntFrom: onSite, RankAsked: opts.LSA.Rank}
	m.Search, m.Drift = found, baseline
	return contents, nil
}

// contents is what a snapshot of c holds, but for the models and what the manifest
// says of them.
func (c *corpus) contents(opts Options, s *stages) snapshot.Contents {
	s.enter("scales")
	contents := snapshot.Contents{Cards: c.cards, Origins: c.origins, Vectors: c.vectors, Candidates: c.own}
	m := &contents.Manifest
	m.Scales, m.CrossScales = c.scales(opts.LSA.Seed), snapshot.Scales{}
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
	return contents
}

// A fitted is a corpus with the models that were fitted to it.
type fitted struct {
	corpus
	model       *lsa.Model
	crossModel  *crosslang.Model
	boilerplate *boilerplate.Blocks
	leftOut     leftOut
	sample      sample
}

// fit streams the articles out of the store into the models.
func fit(ctx context.Context, store Store, opts Options, s *stages) (*fitted, error) {
	f := new(fitted)
	err := store.ReadArticles(ctx, func(rev data.Revision, articles iter.Seq2[data.Article, error]) (err error) {
		f.revision = rev
		s.enter("boilerplate")
		if f.boilerplate, err = boilerplate.Find(ctx, pages(articles, opts.Progress)); err != nil {
			return err
		}
		s.enter("count")
		if f.model, f.vectors, err = lsa.Fit(ctx, f.texts(articles, opts.Workers), opts.LSA); err != nil {
			return err
		}
		f.vectors = f.spread(f.vectors)
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

// A cleaned is what is made of an article before its text is counted.
type cleaned struct {
	origin  snapshot.Origin
	card    data.Card
	text    embed.Text // of an article on the site
	leftOut []string
}

func (f *fitted) clean(a *data.Article) cleaned {
	made := cleaned{origin: snapshot.Origin{Hash: a.Hash()}, card: a.Card()}
	if onSite(made.card) {
		made.text, made.leftOut = recommend.CleanText(a, f.boilerplate)
	}
	return made
}

// texts yields the text of every article on the site, and notes the card of
// every article.
func (f *fitted) texts(articles iter.Seq2[data.Article, error], workers int) iter.Seq2[embed.Text, error] {
	return func(yield func(embed.Text, error) bool) {
		for made, err := range inOrder(articles, workers, f.clean) {
			if err != nil {
				yield(embed.Text{}, err)
				return
			}
			f.digest.Toggle(made.origin.Hash)
			f.origins = append(f.origins, made.origin)
			f.cards = append(f.cards, made.card)
			if !onSite(made.card) {
				continue
			}
			f.leftOut.add(made.leftOut)
			f.sample.offer(made.origin.Hash, made.text)
			if !yield(made.text, nil) {
				return
			}
		}
	}
}
