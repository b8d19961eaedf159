package recommend

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/reason"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Reason is why a link is there.
type Reason struct {
	Text      string                // in the language of Query.Tell, else in the article's
	Terms     []string              // that both articles are about
	Sentences [2]reason.Sentence    // of the article and of the linked one, that carry the most of the cosine
	Features  []rank.Feature        // of the ranking score; none where it is not of the algorithm
	Shares    []reason.Contribution // of every term in the cosine, greatest first
}

// A Rejected candidate is no link.
type Rejected struct {
	Card data.Card
	Code reason.Code
	Text string // why, in the language of Reason.Text
	Rule int64  // ID of the editors' rule that says so; 0: none
}

// mostRejected is how many candidates a list tells of one by one.
const mostRejected = 20

// withheld is what is told of the candidates that are no links. nil: nobody asks.
type withheld struct {
	lang     data.Lang
	counts   map[string]int
	rejected []Rejected
}

func (w *withheld) add(card *data.Card, r reason.Rejection) { w.addBy(card, r, rule{}) }

// addBy is add of what a rule says.
func (w *withheld) addBy(card *data.Card, r reason.Rejection, by rule) {
	if w == nil {
		return
	}
	w.counts[string(r.Code)]++
	if len(w.rejected) < mostRejected {
		w.rejected = append(w.rejected, Rejected{*card, r.Code, r.Text(w.lang), by.id()})
	}
}

// An explainer tells why links are in one list. It reads texts, which lists do
// without.
type explainer struct {
	*request
	store    Store
	lang     data.Lang         // in which it tells
	texts    *reason.Explainer // nil: the snapshot does not know the articles' terms
	model    *lsa.Model
	blocks   *boilerplate.Blocks
	scorer   *rank.Scorer
	side     reason.Side
	from     rank.Article
	readings bool // the snapshot's lists look at reads
}

// explain sets the reasons of links, in lang.
func (a *request) explain(ctx context.Context, store Store, lang data.Lang, links []Link, draw *Draw) error {
	defer runtime.KeepAlive(a.view.snapshot)
	x := &explainer{request: a, store: store, lang: lang}
	if err := x.open(ctx); err != nil {
		return err
	}
	for i := range links {
		why, err := x.reason(ctx, &links[i], draw, i)
		if err != nil {
			return err
		}
		links[i].Reason = &why
	}
	return nil
}

// open reads the article that shows the list.
func (x *explainer) open(ctx context.Context) (err error) {
	s := x.view.snapshot
	if x.source.ID == "" || !s.HasTerms() {
		return nil
	}
	if x.model, err = lsa.ReadVerifiedModel(s.ModelBytes()); err != nil {
		return fmt.Errorf("recommend: snapshot %s: %w", s.ID(), err)
	}
	space := x.model.Space(string(x.source.Lang))
	if space == nil {
		return nil
	}
	if file := s.BoilerplateBytes(); len(file) > 0 {
		if x.blocks, err = boilerplate.Read(file); err != nil {
			return fmt.Errorf("recommend: snapshot %s: %w", s.ID(), err)
		}
	}
	m := s.Manifest()
	x.readings = m.Reads != nil
	x.scorer, err = rank.NewScorer(&rank.Corpus{AsOf: m.AsOf}, rankingOf(m))
	if err != nil {
		return fmt.Errorf("recommend: snapshot %s: %w", s.ID(), err)
	}
	if x.side, err = x.read(ctx, x.source, x.row); err != nil {
		return err
	}
	x.texts = reason.NewExplainer(space, x.model.Rules())
	x.from = x.article(x.source, x.row, &x.side)
	return nil
}

// rankingOf is the weights and half-lives that the lists of a snapshot were made with,
// as its configuration has them.
func rankingOf(m *snapshot.Manifest) rank.Options {
	w := rank.DefaultWeights()
	for _, kind := range rank.Kinds() {
		if weight, ok := m.Config["ranking.weights."+kind.String()].(float64); ok {
			w[kind] = float32(weight)
		}
	}
	return rank.Options{Weights: &w, HalfLife: func(section string) time.Duration {
		for _, key := range []string{"freshness.sections." + section, "freshness.half_life"} {
			if text, ok := m.Config[key].(string); ok {
				d, _ := time.ParseDuration(text)
				return d
			}
		}
		return 0
	}}
}

// read is what is known of an article's text, which is in row. Of one that is not in
// the store any more, that is its terms.
func (x *explainer) read(ctx context.Context, card *data.Card, row int) (side reason.Side, err error) {
	article, err := x.store.Article(ctx, card.ID)
	switch {
	case err == nil:
		text, _ := CleanText(&article, x.blocks)
		article.Summary, article.Body = text.Fields[summaryField].Text, text.Fields[bodyField].Text
		side.Article = &article
		if row == noRow || x.view.overlay.holds(card.ID) {
			side.Index, side.Value = x.model.Weigh(text)
			return side, nil
		}
	case row == noRow:
		return side, nil
	}
	side.Index, side.Value = x.view.snapshot.Terms(row)
	return side, nil
}

// article is one end of a link as the ranking model sees it.
func (x *explainer) article(card *data.Card, row int, side *reason.Side) rank.Article {
	v := x.view
	var near []knn.Neighbour
	if f := v.overlay.of(card.ID); f != nil {
		near = f.own
	} else if row != noRow {
		near = v.snapshot.Candidates(row)
	}
	title := rank.Column{}
	title.Index, title.Value = x.model.Weigh(embed.Text{Lang: string(card.Lang), Fields: []embed.Field{{Text: data.PlainText(card.Title)}}})
	return x.scorer.NewArticle(card, v.vector(card.ID, row), rank.Column{Index: side.Index, Value: side.Value}, title, near)
}

// reason says why link i of the list is there.
func (x *explainer) reason(ctx context.Context, l *Link, draw *Draw, i int) (why Reason, err error) {
	told := reason.Link{Source: string(l.Source), Section: common(x.source.Section, l.Card.Section)}
	if l.Source == SectionFallback.source() {
		told.Section = x.source.Section
	}
	if draw != nil && draw.P[i] < 1 {
		told.Pool = len(draw.Pool)
	}
	switch {
	case l.Rank > l.Base:
		told.Weight = reason.Boosted
	case l.Rank < l.Base:
		told.Weight = reason.Buried
	}
	if x.source.Series == l.Card.Series {
		told.Series = l.Card.Series
	}
	told.Tags, told.Author = shared(x.source.Tags, l.Card.Tags), first(shared(x.source.Authors, l.Card.Authors))
	if x.texts != nil && x.source.SameLanguage(&l.Card) {
		if err := x.compare(ctx, l, &told, &why); err != nil {
			return Reason{}, err
		}
	}
	why.Text = reason.Text(x.lang, told)
	return why, nil
}

// compare looks at both texts.
func (x *explainer) compare(ctx context.Context, l *Link, told *reason.Link, why *Reason) error {
	row := x.view.rowOf(l.Card.ID)
	side, err := x.read(ctx, &l.Card, row)
	if err != nil {
		return err
	}
	e, err := x.texts.Explain(x.side, side)
	if err != nil {
		return fmt.Errorf("recommend: snapshot %s: %w", x.view.snapshot.ID(), err)
	}
	told.Terms, told.Concepts = e.Terms, e.Concepts
	why.Terms, why.Sentences, why.Shares = e.Terms, [2]reason.Sentence{e.A, e.B}, e.Contributions
	if l.Source != Algorithm {
		return nil
	}
	to := x.article(&l.Card, row, &side)
	why.Features = x.scorer.Features(&x.from, &to)
	// What readers read is not kept in the snapshot; but the score holds it.
	if rest := l.Base - x.scorer.Pair(&x.from, &to); x.readings && !l.Provisional && rest > 0 {
		why.Features = append(why.Features, rank.Feature{Kind: rank.CoRead, Contribution: rest})
	}
	for _, f := range why.Features {
		told.Features = append(told.Features, reason.Feature{Name: reason.Name(f.Kind.String()), Value: f.Value, Contribution: f.Contribution})
	}
	return nil
}

// common is what a and b both are; "" where they differ.
func common(a, b string) string {
	if a != b {
		return ""
	}
	return a
}

// shared is what is in both lists.
func shared(a, b data.TagList) (both []string) {
	for name := range a.All() {
		if b.Has(name) && !slices.Contains(both, name) {
			both = append(both, name)
		}
	}
	return both
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// absence is the reason why no version of the article with card c can be shown to r:
// none is visible in a language that he wants.
func absence(c *data.Card, a *request) reason.Rejection {
	switch {
	case c.Visible(a.now):
		return reason.Rejection{Code: reason.Language, Name: string(cmp.Or(c.Lang, data.Undetermined))}
	case c.State == data.Unpublished:
		return reason.Rejection{Code: reason.Unpublished}
	case c.State == data.Hidden || c.NoLinkTo:
		return reason.Rejection{Code: reason.NoLinkTo}
	}
	return reason.Rejection{Code: reason.Scheduled} // its day of publication is ahead
}
