package refresh

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
	"github.com/alsolike/alsolike/recommend/story"
)

// incremental makes a snapshot that goes on from the published one, or says in
// words why all must be read and fitted anew.
func incremental(ctx context.Context, store Store, dir *snapshot.Dir, opts Options, s *stages) (contents snapshot.Contents, reason string, err error) {
	s.enter("open")
	changes, ok := store.(ChangeStore)
	if !ok {
		return contents, "the store cannot tell what has changed", nil
	}
	parent, reason, err := parentFor(dir, opts)
	if err != nil || reason != "" {
		return contents, reason, err
	}
	defer runtime.KeepAlive(parent) // much of it is used as it is mapped
	g, err := newIncrement(parent, opts)
	if err != nil {
		return contents, "", err
	}
	s.enter("fold")
	err = changes.ReadChanges(ctx, parent.Manifest().StoreRevision, func(rev data.Revision, all data.Digest, changed iter.Seq2[data.Article, error]) error {
		g.revision, g.digest = rev, all
		return g.fold(ctx, changed)
	})
	if err == nil {
		err = g.checkStore()
	}
	if err == nil {
		g.merge()
		err = g.checkSpaces()
	}
	var refit refitError
	switch {
	case errors.As(err, &refit):
		return contents, string(refit), nil
	case err != nil:
		return contents, "", fmt.Errorf("refresh: %w", err)
	}
	contents, err = g.contents(ctx, s)
	return contents, "", err
}

// refitError says why a refresh cannot go on from the snapshot before.
type refitError string

func (e refitError) Error() string { return string(e) }

// parentFor is the published snapshot if a refresh may go on from it, else the
// reason why not, in words.
func parentFor(dir *snapshot.Dir, opts Options) (parent *snapshot.Snapshot, reason string, err error) {
	id, err := dir.Published()
	switch {
	case err != nil:
		return nil, "it cannot be told which snapshot is published", nil // and publishing mends it
	case id == "":
		return nil, "there is no snapshot to go on from", nil
	case opts.Full:
		return nil, "it was asked for", nil
	}
	broken := func(err error) string { return fmt.Sprintf("the published snapshot is broken: %v", err) }
	m, err := dir.Manifest(id)
	if err != nil {
		return nil, broken(err), nil
	}
	if reason := whyNotFrom(&m, opts); reason != "" {
		return nil, reason, nil
	}
	parent, err = dir.Open(id)
	switch {
	case err != nil:
		return nil, broken(err), nil
	case !parent.HasOrigins():
		return nil, "the published snapshot does not say what it was made from", nil
	case !parent.HasSketches():
		return nil, "the published snapshot does not hold the sketches of its articles", nil
	case !parent.HasTerms():
		return nil, "the published snapshot does not hold the weighted terms of its articles", nil
	}
	return parent, "", nil
}

// whyNotFrom says in words why a refresh cannot go on from the snapshot with
// manifest m; "" if, by that, it can.
func whyNotFrom(m *snapshot.Manifest, opts Options) string {
	other := opts.otherConfig(m)
	switch {
	case m.Counts.Articles <= opts.SmallSite:
		return fmt.Sprintf("a site of up to %d articles always is", opts.SmallSite)
	case m.StoreDigest == "":
		return "the published snapshot does not say what it was made from"
	case other != "":
		return other
	case m.Kernel != lsa.Kernel():
		return fmt.Sprintf("this machine calculates by %s, and the model was fitted by %s", lsa.Kernel(), m.Kernel)
	case m.Drift.Due != "":
		return m.Drift.Due
	case opts.MemoryLimit > 0 && needsToGoOn(m) > opts.MemoryLimit:
		return fmt.Sprintf("to go on from the published snapshot takes about %d MB of memory", megabytes(needsToGoOn(m)))
	}
	return ""
}

// An increment makes a corpus of a snapshot and what has changed since.
type increment struct {
	corpus
	opts   Options
	parent *snapshot.Snapshot

	model  *lsa.Model
	across *crosslang.Model // nil: the parent has none
	blocks *boilerplate.Blocks

	fresh []*fresh // in id order
	moved []int32  // rows, ascending, of which something changed that lists depend on
}

// fresh is an article that is new or has changed.
type fresh struct {
	card   data.Card
	origin snapshot.Origin
	row    int // in the parent, or -1

	// Nil where it is not on the site.
	vector, cross []float32
	terms         []uint32
	weights       []float32

	sketch story.Sketch // zero where it is not on the site
}

func newIncrement(parent *snapshot.Snapshot, opts Options) (*increment, error) {
	g := &increment{opts: opts, parent: parent}
	var err error
	if g.model, err = lsa.ReadVerifiedModel(parent.ModelBytes()); err != nil {
		return nil, fmt.Errorf("refresh: snapshot %s: %w", parent.ID(), err)
	}
	if parent.HasCross() {
		if g.across, err = crosslang.ReadVerified(parent.CrossModelBytes()); err != nil {
			return nil, fmt.Errorf("refresh: snapshot %s: %w", parent.ID(), err)
		}
	}
	if g.blocks, err = boilerplate.Read(parent.BoilerplateBytes()); err != nil {
		return nil, fmt.Errorf("refresh: snapshot %s: %w", parent.ID(), err)
	}
	return g, nil
}

// fold reads the articles that changed, and folds them into the models.
func (g *increment) fold(ctx context.Context, changed iter.Seq2[data.Article, error]) error {
	most := int(mostFolded * float64(g.parent.Len()))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(g.opts.Workers)
	err := func() error {
		for a, err := range changed {
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(g.fresh) == most {
				return refitError(fmt.Sprintf("more than %.0f %% of the articles have changed", 100*mostFolded))
			}
			f := &fresh{card: a.Card(), origin: snapshot.Origin{Hash: a.Hash()}, row: -1}
			if row, ok := g.parent.Row(a.ID); ok {
				f.row = row
			}
			g.fresh = append(g.fresh, f)
			if onSite(f.card) {
				group.Go(func() error {
					g.analyse(f, &a)
					return nil
				})
			}
			g.opts.Progress("fold", int64(len(g.fresh)), 0)
		}
		return nil
	}()
	return errors.Join(err, group.Wait())
}

// analyse finds the vectors of an article.
func (g *increment) analyse(f *fresh, a *data.Article) {
	text, _ := recommend.CleanText(a, g.blocks)
	f.sketch = sketch(text)
	var folded lsa.Folded
	f.vector, f.terms, f.weights, folded = g.model.FoldTerms(text)
	f.origin.Folded = snapshot.Folded(folded)
	if g.across != nil {
		f.cross = g.across.FoldIn(text)
	}
}

// checkStore makes sure that the store is the one of the parent and what was read.
func (g *increment) checkStore() error {
	digest := g.digest
	for _, f := range g.fresh {
		digest.Toggle(f.origin.Hash)
		if f.row >= 0 {
			digest.Toggle(g.parent.Origin(f.row).Hash)
		}
	}
	if hex.EncodeToString(digest[:]) != g.parent.Manifest().StoreDigest {
		return refitError("the store is not the one that the published snapshot was made from, or was restored from a backup")
	}
	return nil
}

// merge makes the corpus of the parent's rows and the fresh ones.
func (g *increment) merge() {
	added := 0
	for _, f := range g.fresh {
		if f.row < 0 {
			added++
		}
	}
	old := g.parent.Len()
	n := old + added
	g.cards, g.origins = make([]data.Card, 0, n), make([]snapshot.Origin, 0, n)
	places := make([]int32, old) // of the parent's rows
	freshAt := make([]int32, len(g.fresh))
	next := 0 // of fresh
	take := func() {
		freshAt[next] = int32(len(g.cards))
		g.cards, g.origins = append(g.cards, g.fresh[next].card), append(g.origins, g.fresh[next].origin)
		next++
	}
	for row := range old {
		for next < len(g.fresh) && g.fresh[next].row < 0 && g.fresh[next].card.ID < g.parent.ArticleID(row) {
			take()
		}
		places[row] = int32(len(g.cards))
		if next < len(g.fresh) && g.fresh[next].row == row {
			take()
			continue
		}
		g.cards, g.origins = append(g.cards, g.parent.Card(row)), append(g.origins, g.parent.Origin(row))
	}
	for next < len(g.fresh) {
		take()
	}
	g.numberGroups()
	g.vectors = g.mergeVectors(g.parent.Vectors(), places, freshAt, func(f *fresh) []float32 { return f.vector })
	g.terms = g.mergeTerms(g.parent.TermMatrix(), places, freshAt)
	g.sketches = g.mergeSketches(g.parent.Sketches(), places, freshAt)
	g.own = renumber(g.parent.Lists(), places, n)
	if g.across != nil {
		g.cross = &crossSpace{g.mergeVectors(g.parent.CrossVectors(), places, freshAt, func(f *fresh) []float32 { return f.cross })}
		g.corpus.across = renumber(g.parent.CrossLists(), places, n)
	}
	g.findMoved(freshAt)
}

// mergeVectors is the parent's vectors at their new places and those of the fresh rows.
func (g *increment) mergeVectors(old embed.Dense, places, freshAt []int32, vector func(*fresh) []float32) embed.Dense {
	v := embed.NewDense(len(g.cards), old.Dim)
	for lo := 0; lo < len(places); {
		hi := lo + 1
		for hi < len(places) && int(places[hi]-places[lo]) == hi-lo {
			hi++
		}
		copy(v.Data[int(places[lo])*v.Dim:], old.Data[lo*v.Dim:hi*v.Dim])
		lo = hi
	}
	for i, f := range g.fresh {
		clear(v.Row(int(freshAt[i])))
		copy(v.Row(int(freshAt[i])), vector(f))
	}
	return v
}

// mergeSketches is the parent's sketches at their new places and those of the fresh rows.
func (g *increment) mergeSketches(old []story.Sketch, places, freshAt []int32) []story.Sketch {
	sketches := make([]story.Sketch, len(g.cards))
	for row, place := range places {
		sketches[place] = old[row]
	}
	for i, f := range g.fresh {
		sketches[freshAt[i]] = f.sketch
	}
	return sketches
}

// mergeTerms is the parent's terms at their new places and those of the fresh rows.
func (g *increment) mergeTerms(old *embed.Sparse, places, freshAt []int32) *embed.Sparse {
	entries := old.NNZ()
	for _, f := range g.fresh {
		entries += len(f.terms)
	}
	merge := mergeColumns(spreadColumns(old, places, len(g.cards)), entries)
	for i, f := range g.fresh {
		merge.replace(int(freshAt[i]), f.terms, f.weights)
	}
	return merge.result()
}

// renumber is the lists of rows that have moved to places among n; those of new
// rows are empty.
func renumber(old knn.Lists, places []int32, n int) knn.Lists {
	l := knn.Lists{K: old.K, Len: make([]int32, n), Data: make([]knn.Neighbour, n*old.K)}
	for row, place := range places {
		to := l.Data[int(place)*l.K:]
		for i, neighbour := range old.Row(row) {
			to[i] = knn.Neighbour{Row: places[neighbour.Row], Cosine: neighbour.Cosine}
		}
		l.Len[place] = old.Len[row]
	}
	return l
}

// findMoved finds the rows of which something changed that lists depend on, with
// all that are or were in one translation group with them. An article that reads as
// before keeps what was known of how well the model knew it.
func (g *increment) findMoved(freshAt []int32) {
	moved := map[int32]bool{}
	affected := map[data.ArticleID]bool{} // groups
	old := g.parent.Vectors()
	oldCross := g.parent.CrossVectors()
	for i, f := range g.fresh {
		row := freshAt[i]
		if f.row >= 0 {
			before := g.parent.Card(f.row)
			same := slices.Equal(old.Row(f.row), g.vectors.Row(int(row))) &&
				(g.across == nil || slices.Equal(oldCross.Row(f.row), g.cross.vectors.Row(int(row))))
			if same {
				g.origins[row].Folded = g.parent.Origin(f.row).Folded
			}
			if same && sameLinks(&before, &f.card) {
				continue
			}
			affected[before.Group] = true
		}
		moved[row] = true
		affected[f.card.Group] = true
	}
	if g.groupCount < len(g.cards) || len(affected) > 0 {
		for row := range g.cards {
			if affected[g.cards[row].Group] {
				moved[int32(row)] = true
			}
		}
	}
	for row := range moved {
		g.moved = append(g.moved, row)
	}
	slices.Sort(g.moved)
}

// sameLinks reports whether nothing that lists depend on, but the text, differs.
func sameLinks(a, b *data.Card) bool {
	return a.State == b.State && a.NoLinkTo == b.NoLinkTo && a.SameLanguage(b) && a.Group == b.Group && a.PublishedAt.Equal(b.PublishedAt)
}

// checkSpaces makes sure that the parent's spaces, and its way of searching, are
// those that a full refresh would choose.
func (g *increment) checkSpaces() error {
	g.noCross = g.whyNoCross()
	m := g.parent.Manifest()
	switch {
	case g.across != nil && g.noCross != "":
		return refitError("languages cannot be compared any more: " + g.noCross)
	case g.across == nil && g.noCross == "" && m.Translations.NoCross != noTranslatedText:
		return refitError("enough articles name their translations to compare languages")
	case g.across == nil && g.noCross == "":
		g.noCross = noTranslatedText
	}
	if method := g.method(g.opts.Method); string(method) != m.Search.Method {
		return refitError(fmt.Sprintf("the search for neighbours was %s and is %s", m.Search.Method, method))
	}
	return nil
}

// contents searches for what has moved, and is what the snapshot holds.
func (g *increment) contents(ctx context.Context, s *stages) (snapshot.Contents, error) {
	s.enter("neighbours")
	o := g.searching(g.opts)
	var err error
	if len(g.moved) > 0 {
		if g.own, err = knn.Update(ctx, g.vectors, o, g.own, g.moved); err != nil {
			return snapshot.Contents{}, fmt.Errorf("refresh: find neighbours: %w", err)
		}
		if g.cross != nil {
			s.enter("cross_neighbours")
			if g.corpus.across, err = knn.Update(ctx, g.cross.vectors, g.searchingAcross(g.opts), g.corpus.across, g.moved); err != nil {
				return snapshot.Contents{}, fmt.Errorf("refresh: find neighbours in other languages: %w", err)
			}
		}
	}
	s.enter("recall")
	parent := g.parent.Manifest()
	found, err := checkRecall(ctx, g.vectors, o, g.own, Method(parent.Search.Method), g.opts)
	if err != nil {
		return snapshot.Contents{}, err
	}
	contents, err := g.corpus.contents(ctx, g.model, g.opts, s)
	if err != nil {
		return snapshot.Contents{}, err
	}
	contents.Parent = g.parent
	m := &contents.Manifest
	m.Parent = parent.ID
	m.ModelID, m.Kernel, m.Terms, m.Cross = parent.ModelID, parent.Kernel, parent.Terms, parent.Cross
	m.Refresh = snapshot.Refresh{Kind: snapshot.Incremental, Analysed: g.countAnalysed(), Searched: len(g.moved)}
	m.Fit = parent.Fit
	if m.Fit.Snapshot == "" {
		m.Fit.Snapshot = parent.ID
	}
	m.Search, m.Drift = found, g.drift(parent.Drift)
	s.enter("translations")
	m.Translations = g.carryTranslations(parent)
	m.Boilerplate = parent.Boilerplate
	m.Boilerplate.AsOf = since(parent.Boilerplate.AsOf, parent.Created)
	return contents, nil
}

func (g *increment) countAnalysed() (n int) {
	for _, f := range g.fresh {
		if onSite(f.card) {
			n++
		}
	}
	return n
}

// since is the first of two times that is not zero.
func since(first, second time.Time) time.Time {
	if first.IsZero() {
		return second
	}
	return first
}

// carryTranslations is what the manifest says of the translation groups: counted
// anew, but for the likely pairs, which are the parent's that are not yet joined.
func (g *increment) carryTranslations(parent *snapshot.Manifest) snapshot.Translations {
	t := g.countTranslations()
	t.LikelyAsOf = since(parent.Translations.LikelyAsOf, parent.Created)
	t.LikelyTotal = parent.Translations.LikelyTotal
	for _, l := range parent.Translations.Likely {
		a, b := g.find(l.A), g.find(l.B)
		if a < 0 || b < 0 || g.groups[a] == g.groups[b] || !onSite(g.cards[a]) || !onSite(g.cards[b]) {
			t.LikelyTotal--
			continue
		}
		t.Likely = append(t.Likely, l)
	}
	return t
}
