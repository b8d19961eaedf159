package refresh_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed/boilerplate"
	"github.com/alsolike/alsolike/embed/crosslang"
	"github.com/alsolike/alsolike/embed/lsa"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A site is a store and its snapshots.
type site struct {
	*datatest.Store
	dir  *snapshot.Dir
	opts refresh.Options
}

func newSite(t *testing.T, articles []data.Article, opts refresh.Options) *site {
	t.Helper()
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	opts.Now, opts.SmallSite = clock, -1
	return &site{storeOf(t, articles), dir, opts}
}

func (s *site) put(t *testing.T, articles ...data.Article) {
	t.Helper()
	if _, err := s.PutArticles(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
}

// refresh makes a snapshot of the site, which must be of that kind.
func (s *site) refresh(t *testing.T, kind string) *snapshot.Snapshot {
	t.Helper()
	m, err := refresh.Run(t.Context(), s.Store, s.dir, s.opts)
	if err != nil {
		t.Fatal(err)
	}
	if m.Refresh.Kind != kind {
		t.Fatalf("the refresh was %s (%s), want %s", m.Refresh.Kind, m.Refresh.Reason, kind)
	}
	opened, err := s.dir.Open(m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// checkCandidates compares the lists of s with what a search in the plainest words finds.
func checkCandidates(t *testing.T, s *snapshot.Snapshot, k int) {
	t.Helper()
	inLanguage := map[data.ArticleID]map[data.Lang]bool{}
	for row := range s.Len() {
		if c := s.Card(row); c.State != data.Unpublished {
			if inLanguage[c.Group] == nil {
				inLanguage[c.Group] = map[data.Lang]bool{}
			}
			inLanguage[c.Group][c.Lang.Base()] = true
		}
	}
	for row := range s.Len() {
		want := expected(s, row, k, s.Vector, func(from, to data.Card) bool { return from.SameLanguage(&to) })
		if diff := gocmp.Diff(want, s.Candidates(row), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: candidates (-want +got)\n%s", s.ArticleID(row), diff)
		}
		if !s.HasCross() {
			continue
		}
		want = expected(s, row, k/2, s.CrossVector, func(from, to data.Card) bool {
			return !from.SameLanguage(&to) && !inLanguage[to.Group][from.Lang.Base()]
		})
		if diff := gocmp.Diff(want, s.CrossCandidates(row), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: candidates in other languages (-want +got)\n%s", s.ArticleID(row), diff)
		}
	}
}

// checkTerms compares the weighted terms in s with what its model makes of the articles.
func checkTerms(t *testing.T, store *datatest.Store, s *snapshot.Snapshot) {
	t.Helper()
	model, err := lsa.ReadModel(bytes.Clone(s.ModelBytes()))
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := boilerplate.Read(bytes.Clone(s.BoilerplateBytes()))
	if err != nil {
		t.Fatal(err)
	}
	row, entries := 0, 0
	for a, err := range store.Articles(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var wantIndex []uint32
		var wantValue []float32
		if a.State != data.Unpublished {
			text, _ := recommend.CleanText(&a, blocks)
			wantIndex, wantValue = model.Weigh(text)
		}
		index, value := s.Terms(row)
		if !slices.Equal(index, wantIndex) || !slices.Equal(value, wantValue) {
			t.Errorf("%s: terms %v with weights %v, want %v with %v", a.ID, index, value, wantIndex, wantValue)
		}
		row++
		entries += len(index)
	}
	if most := s.Manifest().Vocabulary; entries == 0 || most == 0 || most > model.Terms() {
		t.Errorf("%d entries of a vocabulary of %d", entries, most)
	}
	runtime.KeepAlive(s)
}

// change changes an article in one of the ways in which articles change.
func change(rng *rand.Rand, articles []data.Article, i int) (what string, changed data.Article) {
	a := articles[i]
	other := articles[rng.IntN(len(articles))]
	switch rng.IntN(10) {
	case 0:
		a.ID = data.ArticleID(fmt.Sprintf("%04d-new-%d", rng.IntN(64), rng.IntN(1e6)))
		a.Body, a.TranslationOf = a.Body+" "+other.Body, ""
		return "new", a
	case 1:
		a.Body = other.Body
		return "text", a
	case 2:
		a.State = data.Unpublished
		return "unpublished", a
	case 3:
		a.State = data.Hidden
		return "hidden", a
	case 4:
		a.State = data.Published
		return "published", a
	case 5:
		a.URL, a.Image.Src = "https://example.org/elsewhere/"+string(a.ID), "/new.svg"
		return "card", a
	case 6:
		a.PublishedAt = now.AddDate(0, 0, -rng.IntN(3))
		return "date", a
	case 7:
		a.NoLinkTo = !a.NoLinkTo
		return "link to", a
	case 8:
		a.TranslationOf = other.ID
		return "translation", a
	default:
		a.Lang = other.Lang
		return "language", a
	}
}

// Whatever changes, the lists of an incremental snapshot are those that a search
// over all its vectors finds, and all else is what a full refresh makes of the
// same articles with the same model.
func TestIncremental(t *testing.T) {
	const k = 8
	seeds := uint64(8)
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		rng := rand.New(rand.NewPCG(seed, 1))
		articles := partlyTranslated()
		for i := range articles { // several of one date, and several of one text, so that ranks and ties matter
			articles[i].PublishedAt = now.AddDate(0, 0, -i%3)
			if i > 0 && i%17 == 0 {
				articles[i].Body, articles[i].Title, articles[i].Lang = articles[i-1].Body, articles[i-1].Title, articles[i-1].Lang
			}
		}
		s := newSite(t, articles, refresh.Options{K: k, LSA: lsa.Options{Rank: 16}})
		first := s.refresh(t, snapshot.Full)
		var log []string
		for range 3 {
			for range 1 + rng.IntN(5) {
				i := rng.IntN(len(articles))
				what, changed := change(rng, articles, i)
				log = append(log, what+" "+string(changed.ID))
				if changed.ID == articles[i].ID {
					articles[i] = changed
				} else {
					articles = append(articles, changed)
				}
				s.put(t, changed)
			}
			got := s.refresh(t, snapshot.Incremental)
			checkCandidates(t, got, k)
			checkTerms(t, s.Store, got)
			m := got.Manifest()
			if m.ModelID != first.Manifest().ModelID || m.Fit.Snapshot != first.ID() || m.Parent == "" {
				t.Errorf("model %s, fit %+v, parent %q", m.ModelID, m.Fit, m.Parent)
			}
			checkLikeFull(t, s, got)
			if t.Failed() {
				t.Fatalf("seed %d, after %q", seed, log)
			}
		}
	}
}

// checkLikeFull compares what does not depend on the model with a full refresh of
// the same store.
func checkLikeFull(t *testing.T, s *site, got *snapshot.Snapshot) {
	t.Helper()
	want, _ := refreshed(t, s.Store, s.opts)
	if got.Len() != want.Len() {
		t.Fatalf("%d articles, want %d", got.Len(), want.Len())
	}
	for row := range want.Len() {
		if diff := gocmp.Diff(want.Card(row), got.Card(row)); diff != "" {
			t.Errorf("card (-want +got)\n%s", diff)
		}
		if got.Origin(row).Hash != want.Origin(row).Hash || got.Group(row) != want.Group(row) {
			t.Errorf("%s: another origin or group", got.ArticleID(row))
		}
		if isZero(got.Vector(row)) != (want.Card(row).State == data.Unpublished) {
			t.Errorf("%s is %s, vector %v", got.ArticleID(row), want.Card(row).State, got.Vector(row))
		}
	}
	a, b := got.Manifest(), want.Manifest()
	if a.InputHash != b.InputHash || a.StoreDigest != b.StoreDigest || a.StoreRevision != b.StoreRevision {
		t.Errorf("input %s, digest %s, revision %d; want %s, %s, %d", a.InputHash, a.StoreDigest, a.StoreRevision, b.InputHash, b.StoreDigest, b.StoreRevision)
	}
	if diff := gocmp.Diff(b.Counts, a.Counts); diff != "" {
		t.Errorf("counts (-want +got)\n%s", diff)
	}
	if diff := gocmp.Diff(b.Translations, a.Translations, cmpopts.IgnoreFields(snapshot.Translations{}, "Likely", "LikelyTotal", "LikelyAsOf")); diff != "" {
		t.Errorf("translations (-want +got)\n%s", diff)
	}
}

func isZero(v []float32) bool { return !slices.ContainsFunc(v, func(x float32) bool { return x != 0 }) }

// With nothing changed all but the manifest stays as it was.
func TestIncrementalWithoutAChange(t *testing.T) {
	s := newSite(t, partlyTranslated(), refresh.Options{})
	first := s.refresh(t, snapshot.Full)
	second := s.refresh(t, snapshot.Incremental)
	if diff := gocmp.Diff(first.Manifest().Files, second.Manifest().Files); diff != "" {
		t.Errorf("files (-first +second)\n%s", diff)
	}
	a, b := first.Manifest(), second.Manifest()
	if diff := gocmp.Diff(a.Scales, b.Scales); diff != "" {
		t.Errorf("scales (-first +second)\n%s", diff)
	}
	if diff := gocmp.Diff(a.Config, b.Config); diff != "" || a.ConfigHash != b.ConfigHash {
		t.Errorf("configuration (-first +second)\n%s", diff)
	}
	if b.Refresh.Analysed != 0 || b.Refresh.Searched != 0 || b.Drift.Folded != 0 || b.Drift.Due != "" {
		t.Errorf("got %+v, drift %+v", b.Refresh, b.Drift)
	}
	if !b.Translations.LikelyAsOf.Equal(a.Created) || !b.Boilerplate.AsOf.Equal(a.Created) {
		t.Errorf("likely as of %v, boilerplate as of %v; want %v", b.Translations.LikelyAsOf, b.Boilerplate.AsOf, a.Created)
	}
}

// Bytes do not depend on the number of workers.
func TestIncrementalIsReproducible(t *testing.T) {
	var want map[string]snapshot.File
	for _, workers := range []int{1, 2, 5} {
		articles := partlyTranslated()
		s := newSite(t, articles, refresh.Options{Workers: workers})
		s.refresh(t, snapshot.Full)
		for i := range 6 {
			articles[i*7].Body = articles[i*7+21].Body
			s.put(t, articles[i*7])
		}
		got := s.refresh(t, snapshot.Incremental).Manifest().Files
		if want == nil {
			want = got
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%d workers (-one +these)\n%s", workers, diff)
		}
	}
}

// Where a refresh cannot go on from the published snapshot it fits anew and says why.
func TestRefit(t *testing.T) {
	check := func(name, reason string, change func(s *site, articles []data.Article)) {
		t.Helper()
		articles := partlyTranslated()
		s := newSite(t, articles, refresh.Options{LSA: lsa.Options{Rank: 16}})
		s.refresh(t, snapshot.Full)
		change(s, articles)
		got := s.refresh(t, snapshot.Full).Manifest()
		if !strings.Contains(got.Refresh.Reason, reason) || got.Parent != "" || got.Fit.Snapshot != "" || got.Drift.Folded != 0 {
			t.Errorf("%s: refit because %q, want %q; %+v", name, got.Refresh.Reason, reason, got.Fit)
		}
	}
	check("asked for", "asked for", func(s *site, _ []data.Article) { s.opts.Full = true })
	check("a small site", "a site of up to 1000 articles", func(s *site, _ []data.Article) { s.opts.SmallSite = 1000 })
	check("the seed", "lsa.seed was 1 and is 2", func(s *site, _ []data.Article) { s.opts.LSA.Seed = 2 })
	check("the rank", "lsa.rank was 16 and is left to the number of articles", func(s *site, _ []data.Article) { s.opts.LSA.Rank = 0 })
	check("neighbours", "neighbours.k was 64 and is 9", func(s *site, _ []data.Article) { s.opts.K = 9 })
	check("the method", "was exact and is approximate", func(s *site, _ []data.Article) { s.opts.Method = refresh.Approximate })
	check("a bound of frequency", "lsa.min_df was 2 and is 3", func(s *site, _ []data.Article) { s.opts.LSA.MinDocFreq = 3 })
	check("many changes", "more than 25 %", func(s *site, articles []data.Article) {
		for i := range articles {
			articles[i].Body += " Anew."
		}
		s.put(t, articles...)
	})
	check("another store", "restored from a backup", func(s *site, articles []data.Article) {
		articles[3].Body += " Before the backup."
		s.Store = storeOf(t, articles)
	})
}

// The languages can be compared as soon as enough articles are translated, and no
// longer when too few are.
func TestRefitForLanguages(t *testing.T) {
	articles := partlyTranslated()
	for i := range articles { // one group less than it takes
		if articles[i].ID >= data.ArticleID(fmt.Sprintf("%04d", crosslang.MinGroups-1)) {
			articles[i].TranslationOf = ""
		}
	}
	s := newSite(t, articles, refresh.Options{})
	if s.refresh(t, snapshot.Full).HasCross() {
		t.Fatal("too few translations are enough")
	}
	s.put(t, articles[0]) // nothing new
	s.refresh(t, snapshot.Incremental)
	i := slices.IndexFunc(articles, func(a data.Article) bool {
		return a.ID == data.ArticleID(fmt.Sprintf("%04d-zh-Hans", crosslang.MinGroups))
	})
	more := articles[i]
	more.TranslationOf = articles[i].ID[:4]
	s.put(t, more)
	got := s.refresh(t, snapshot.Full)
	if reason := got.Manifest().Refresh.Reason; !got.HasCross() || !strings.Contains(reason, "enough articles name their translations") {
		t.Errorf("languages are compared: %v; refit because %q", got.HasCross(), reason)
	}
	s.put(t, articles[i])
	got = s.refresh(t, snapshot.Full)
	if reason := got.Manifest().Refresh.Reason; got.HasCross() || !strings.Contains(reason, "cannot be compared any more") {
		t.Errorf("languages are compared: %v; refit because %q", got.HasCross(), reason)
	}
}

// A store that only hands out articles is read whole.
func TestRefitWithoutChanges(t *testing.T) {
	s := newSite(t, partlyTranslated(), refresh.Options{})
	for range 2 {
		m, err := refresh.Run(t.Context(), plain{s.Store}, s.dir, s.opts)
		if err != nil || m.Refresh.Kind != snapshot.Full || !strings.Contains(m.Refresh.Reason, "cannot tell what has changed") {
			t.Errorf("%+v, %v", m.Refresh, err)
		}
	}
}

// plain is a store that cannot tell what has changed.
type plain struct{ refresh.Store }

// An incremental refresh that breaks leaves what was published before.
func TestIncrementalBroken(t *testing.T) {
	articles := partlyTranslated()
	s := newSite(t, articles, refresh.Options{})
	first := s.refresh(t, snapshot.Full)
	articles[0].Body += " More."
	s.put(t, articles[0])
	gone := errors.New("the disk is gone")
	if _, err := refresh.Run(t.Context(), breakingChanges{s.Store, gone}, s.dir, s.opts); !errors.Is(err, gone) {
		t.Errorf("a broken store: %v, want %v", err, gone)
	}
	if published, err := s.dir.Published(); err != nil || published != first.ID() {
		t.Errorf("published %q, %v; want %s", published, err, first.ID())
	}
}

// breakingChanges is a store whose changes end in an error.
type breakingChanges struct {
	*datatest.Store
	err error
}

func (b breakingChanges) ReadChanges(ctx context.Context, since int64, f func(data.Revision, data.Digest, iter.Seq2[data.Article, error]) error) error {
	return b.Store.ReadChanges(ctx, since, func(rev data.Revision, all data.Digest, _ iter.Seq2[data.Article, error]) error {
		return f(rev, all, func(yield func(data.Article, error) bool) { yield(data.Article{}, b.err) })
	})
}

// Learnt from some of its articles, a model holds the others too, and which ones
// it is learnt from depends on nothing but the articles.
func TestTrainingSample(t *testing.T) {
	articles := partlyTranslated()
	articles[8].State = data.Unpublished
	var want map[string]snapshot.File
	for _, workers := range []int{1, 3} {
		s := newSite(t, articles, refresh.Options{Sample: 30, Workers: workers, LSA: lsa.Options{Rank: 12}})
		got := s.refresh(t, snapshot.Full)
		m := got.Manifest()
		if m.Fit.LearntFrom != 60 || m.Fit.Articles != len(articles)-1 || m.Drift.Folded != 0 { // 30 in en, 30 in zh
			t.Errorf("fit %+v, drift %+v", m.Fit, m.Drift)
		}
		model, err := lsa.ReadModel(bytes.Clone(got.ModelBytes()))
		if err != nil {
			t.Fatal(err)
		}
		for row := range articles {
			vector := model.FoldIn(recommend.Text(&articles[row]))
			if articles[row].State == data.Unpublished {
				clear(vector)
			}
			if diff := gocmp.Diff(vector, got.Vector(row)); diff != "" {
				t.Errorf("%s (-model's vector +snapshot's)\n%s", articles[row].ID, diff)
			}
		}
		runtime.KeepAlive(got)
		checkTerms(t, s.Store, got)
		if want == nil {
			want = m.Files
		}
		if diff := gocmp.Diff(want, m.Files); diff != "" {
			t.Errorf("%d workers (-one +these)\n%s", workers, diff)
		}
		s.put(t, articles[3])
		s.refresh(t, snapshot.Incremental)
	}
}

// A search that finds too little is not published; one that finds enough is.
func TestRecallGate(t *testing.T) {
	s := newSite(t, partlyTranslated(), refresh.Options{})
	first := s.refresh(t, snapshot.Full)
	s.opts.Method, s.opts.MinRecall = refresh.Approximate, 1.01 // more than any search finds
	_, err := refresh.Run(t.Context(), s.Store, s.dir, s.opts)
	var refused *refresh.RecallError
	if !errors.As(err, &refused) || refused.Least != 1.01 || refused.Recall < 0.5 || refused.Recall > 1 {
		t.Fatalf("got %v, want a RecallError", err)
	}
	for _, part := range []string{"1.01", "neighbours.method to exact", "neighbours.min_recall"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if published, err := s.dir.Published(); err != nil || published != first.ID() {
		t.Errorf("published %q, %v; want %s", published, err, first.ID())
	}
	s.opts.MinRecall = 0.5
	got := s.refresh(t, snapshot.Full).Manifest().Search
	if got.Method != "approximate" || got.Recall < 0.5 || got.Sample == 0 {
		t.Errorf("search %+v", got)
	}
	if exact := first.Manifest().Search; exact.Method != "exact" || exact.Recall != 1 {
		t.Errorf("search %+v", exact)
	}
}

// As articles come the manifest counts them, and once they are many the next
// refresh fits anew.
func TestDriftComesToARefit(t *testing.T) {
	articles := partlyTranslated()
	s := newSite(t, articles, refresh.Options{})
	s.refresh(t, snapshot.Full)
	folded := 0
	for round := range 20 {
		for i := range 12 {
			a := articles[round*7%len(articles)]
			a.ID, a.TranslationOf = data.ArticleID(fmt.Sprintf("new-%02d-%02d", round, i)), ""
			a.Body += fmt.Sprintf(" Number %d of round %d.", i, round)
			s.put(t, a)
			folded++
		}
		m := s.refresh(t, snapshot.Incremental).Manifest()
		if m.Drift.Folded != folded || m.Refresh.Analysed != 12 {
			t.Fatalf("round %d: drift %+v, %+v", round, m.Drift, m.Refresh)
		}
		if m.Drift.Due != "" {
			if m.Drift.Share < 0.25 {
				t.Errorf("due at a share of %v: %s", m.Drift.Share, m.Drift.Due)
			}
			if got := s.refresh(t, snapshot.Full).Manifest(); got.Refresh.Reason != m.Drift.Due || got.Drift.Folded != 0 {
				t.Errorf("refit because %q, want %q; drift %+v", got.Refresh.Reason, m.Drift.Due, got.Drift)
			}
			return
		}
	}
	t.Error("a full refresh is never due")
}
