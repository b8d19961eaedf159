package recommend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

// A Store is what an engine asks about articles, overrides and rules.
type Store interface {
	// Revision counts the changes so far. It is asked several times a second.
	Revision(ctx context.Context) (data.Revision, error)
	// CardsSince yields the card of every article changed after that revision
	// of the articles (data.Revision.Articles), older changes first. An error
	// is the last thing it yields.
	CardsSince(ctx context.Context, rev int64) iter.Seq2[data.Card, error]
	// Article is the article of that id, or data.ErrNotFound.
	Article(ctx context.Context, id data.ArticleID) (data.Article, error)
	// Overrides is every override, whether it holds at present or not.
	Overrides(ctx context.Context) ([]data.Override, error)
	// Rules is every rule in its order, whether it holds at present or not.
	Rules(ctx context.Context) ([]data.Rule, error)
}

// Options of an Engine.
type Options struct {
	Secret    []byte           // signs recommendation ids; required, best 32 random bytes
	Threshold int              // least score of a link of the algorithm, 0–100; default 0
	Now       func() time.Time // default time.Now
	Poll      time.Duration    // how often Watch looks for changes; default 200 ms

	// MostProvisional bounds how many articles changed since the snapshot are
	// folded in; those beyond wait for the next refresh. Default 10,000, of
	// some 10 kB each. Articles that Update names come in all the same.
	MostProvisional int

	// Placements are the places that a Query may name.
	Placements map[string]Placement

	// Popular is what PopularFallback fills lists with: the articles most read of
	// late, those read most first. It is called for every list that needs it, by
	// several goroutines at a time, and what it returns is not changed. nil: none.
	Popular func() []data.ArticleID

	Explore Explore // default: no list is drawn at random

	Policy    Policy // default: everything may be linked
	PerAuthor int    // most links of one author in rank.Window that follow each other; default 2; below 0: any number

	Log *slog.Logger // default slog.Default()
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Poll == 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.MostProvisional == 0 {
		o.MostProvisional = 10_000
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	o.Explore = o.Explore.withDefaults()
	o.PerAuthor = cmp.Or(o.PerAuthor, 2)
	return o
}

func (o Options) validate() error {
	if len(o.Secret) == 0 {
		return errors.New("recommend: no secret to sign recommendation ids with")
	}
	if o.Threshold < 0 || o.Threshold > 100 {
		return fmt.Errorf("recommend: the threshold is %d; it may be 0 to 100", o.Threshold)
	}
	if o.Poll < 0 {
		return fmt.Errorf("recommend: the poll interval is %v; it must be above 0", o.Poll)
	}
	for name, p := range o.Placements {
		if err := p.validate(); err != nil {
			return fmt.Errorf("recommend: placement %q: %w", name, err)
		}
	}
	if err := o.Explore.validate(); err != nil {
		return err
	}
	if o.MostProvisional < 0 {
		return fmt.Errorf("recommend: at most %d provisional articles; the number must be above 0", o.MostProvisional)
	}
	return nil
}

// An Engine answers queries. Its methods may be called by several goroutines at
// a time; Related and Status never wait for a Load.
type Engine struct {
	store     Store
	snapshots *snapshot.Dir
	opts      Options
	signer    *signer

	view    atomic.Pointer[view] // never nil; each request loads it once
	problem atomic.Pointer[error]

	opening sync.Mutex // held while looking for a snapshot to put into service, and before mu
	refused refusal

	mu sync.Mutex // held while the view is changed
}

// A refusal is a published snapshot that could not be opened. It is tried again
// after a while, since it may have been mended.
type refusal struct {
	id    string
	err   error
	until time.Time
}

const refusedFor = 10 * time.Second

// New makes an engine with nothing in service, which Load puts there.
func New(store Store, snapshots *snapshot.Dir, opts Options) (*Engine, error) {
	opts = opts.withDefaults()
	if err := opts.validate(); err != nil {
		return nil, err
	}
	e := &Engine{store: store, snapshots: snapshots, opts: opts, signer: newSigner(opts.Secret)}
	e.view.Store(&view{revision: data.Revision{Articles: -1, Overrides: -1}, overrides: new(overrides)})
	e.problem.Store(new(error))
	return e, nil
}

// Load brings the engine up to date with the store and the published snapshot,
// once. It returns an error only when nothing is in service afterwards:
// data.ErrNoSnapshot if none was ever published. Other problems are logged and
// told by Status: a broken published snapshot, for one, is refused by name
// while the last good one stays in service.
func (e *Engine) Load(ctx context.Context) error {
	if err := e.load(ctx); err != nil && !e.Ready() {
		return fmt.Errorf("recommend: %w", err)
	}
	return nil
}

// startFor is how long Start goes on folding in.
const startFor = 300 * time.Millisecond

// Start is Load for a server, which should not wait for everything: of the
// articles that changed since the snapshot it folds in as many as it can within
// a third of a second, and leaves the rest to Watch.
func (e *Engine) Start(ctx context.Context) error {
	start := time.Now()
	for {
		more, err := e.step(ctx)
		switch {
		case err != nil && !e.Ready():
			return fmt.Errorf("recommend: %w", err)
		case err != nil, !more, time.Since(start) > startFor:
			return nil
		}
	}
}

// Update brings the engine up to date with the store: what the store holds when
// it is called is in answers when it returns. Of texts that are to be folded in
// that is sure for the named articles; those of others may follow a moment
// later. It returns an error if the store cannot be read; without a snapshot
// there is nothing to bring up to date.
func (e *Engine) Update(ctx context.Context, named ...data.ArticleID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	v := e.view.Load()
	if v.snapshot == nil {
		return nil
	}
	if _, err := e.advance(ctx, v.snapshot, v.catalog, named); err != nil {
		return fmt.Errorf("recommend: %w", err)
	}
	return nil
}

// Watch keeps the engine up to date until ctx ends and then returns its error.
// Changes are in service after Options.Poll and the time it takes to read them.
func (e *Engine) Watch(ctx context.Context) error {
	tick := time.NewTicker(e.opts.Poll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			_ = e.load(ctx) // logged, and told by Status
		}
	}
}

// Ready reports whether a snapshot is in service.
func (e *Engine) Ready() bool { return e.view.Load().snapshot != nil }

// Status is what an engine has in service.
type Status struct {
	Snapshot      string // id; "" when none is in service, and then the next five are zero too
	Created       time.Time
	Age           time.Duration // since Created
	Behind        bool          // articles have changed since its making began
	Articles      int           // in the snapshot
	Languages     map[data.Lang]int
	StoreRevision data.Revision        // up to which changes are known
	Overrides     int                  // in the store, whether they hold at present or not
	Provisional   int                  // articles folded in since the snapshot
	Waiting       int                  // articles changed since the snapshot that are yet to be folded in
	Boilerplate   snapshot.Boilerplate // left out of the snapshot's vectors
	Problem       string               // what keeps the engine from being up to date; "" when nothing does
}

// Status reports what is in service.
func (e *Engine) Status() Status {
	v := e.view.Load()
	s := Status{Overrides: len(v.overrides.all)}
	if problem := *e.problem.Load(); problem != nil {
		s.Problem = problem.Error()
	}
	if v.snapshot != nil {
		m := v.snapshot.Manifest()
		s.Snapshot, s.Created, s.Age = m.ID, m.Created, e.opts.Now().Sub(m.Created)
		s.Behind = v.revision.Articles > m.StoreRevision
		s.Articles, s.Languages = m.Counts.Articles, maps.Clone(m.Counts.Languages)
		s.StoreRevision, s.Boilerplate = v.revision, m.Boilerplate
		s.Provisional, s.Waiting = v.overlay.size(), len(v.pending)
	}
	return s
}

// load puts what is new into service, step by step, and returns what could not be.
func (e *Engine) load(ctx context.Context) error {
	for {
		more, problem := e.step(ctx)
		if !more || problem != nil {
			return problem
		}
	}
}

// step is as much of load as other changes may wait for, which do not wait for a
// snapshot to be read. It reports whether there is more to do.
func (e *Engine) step(ctx context.Context) (more bool, problem error) {
	e.opening.Lock()
	defer e.opening.Unlock()
	present := e.view.Load()
	s, problem := e.published(present.snapshot)
	c := present.catalog
	if s != nil && s != present.snapshot {
		var err error
		if c, err = newCatalog(s); err != nil {
			s, c, problem = present.snapshot, present.catalog, errors.Join(problem, err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if old := e.view.Load(); s == nil && old.snapshot != nil {
		dropped := *old
		dropped.version++
		dropped.snapshot, dropped.catalog, dropped.folder, dropped.overlay, dropped.pending = nil, nil, nil, nil, nil
		e.view.Store(&dropped)
	}
	if s != nil {
		var err error
		more, err = e.advance(ctx, s, c, nil)
		problem = errors.Join(problem, err)
	}
	if ctx.Err() == nil {
		e.tell(problem)
	}
	return more, problem
}

// advance puts s, with its catalog c, and the store's present state into service, folding in the
// named articles or, if none is named, as many as one step does. It reports
// whether more are to be folded in.
func (e *Engine) advance(ctx context.Context, s *snapshot.Snapshot, c *catalog, named []data.ArticleID) (more bool, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() { err = faultError(recover(), s, err) }()
	old := e.view.Load()
	next, err := e.read(ctx, old, s, c)
	if err != nil {
		return false, err
	}
	waiting := len(next.pending)
	if waiting > 0 {
		if next == old {
			next = new(*old)
		}
		err = e.fold(ctx, next, named)
	}
	now := e.opts.Now()
	if (next == old || next.snapshot == old.snapshot && next.revision == old.revision && len(next.pending) == len(old.pending)) && now.Before(old.until) {
		return false, err
	}
	if next == old {
		next = new(*old)
	}
	next.version, next.until = old.version+1, next.nextChange(now)
	e.view.Store(next)
	if next.snapshot != old.snapshot {
		e.opts.Log.Info("snapshot in service", "snapshot", s.ID(), "articles", s.Len())
		if x := e.opts.Explore; x.Share > 0 {
			e.opts.Log.Info("lists are drawn at random", "share", x.Share, "pool", x.Pool, "keep", x.Keep, "temperature", next.temperature)
		}
	}
	return len(next.pending) > 0 && len(next.pending) < waiting, err
}

// tell logs a problem when it appears and when it is over.
func (e *Engine) tell(problem error) {
	before := *e.problem.Swap(&problem)
	switch {
	case problem == nil && before != nil:
		e.opts.Log.Info("the engine is up to date again")
	case problem == nil, before != nil && problem.Error() == before.Error():
	case errors.Is(problem, data.ErrNoSnapshot):
		e.opts.Log.Info(problem.Error())
	default:
		e.opts.Log.Error("the engine is not up to date; what is in service stays", "error", problem)
	}
}

// published is the snapshot that should be in service: the published one, or
// if that is broken the present one, or if there is none the last good one. A
// present one that was damaged on disk counts as none.
// The error says why it is not the published one, and why it is nil if it is.
func (e *Engine) published(present *snapshot.Snapshot) (*snapshot.Snapshot, error) {
	var gone error
	if present != nil {
		if gone = present.Check(); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			present, e.refused = nil, refusal{} // there may be an older one that is sound
		}
	}
	id, err := e.snapshots.Published()
	switch {
	case err != nil:
		return present, err
	case id == "" && present != nil:
		return present, errors.New("the published snapshot is no longer named; publish one again")
	case present != nil && id == present.ID():
		e.refused = refusal{}
		if gone != nil {
			gone = fmt.Errorf("what is served is no longer on disk, and lost with this process; refresh to make it anew: %w", gone)
		}
		return present, gone
	case id != "" && id == e.refused.id && e.opts.Now().Before(e.refused.until):
		return present, e.refused.err
	}
	var s *snapshot.Snapshot
	if present == nil {
		var warning error
		if s, warning, err = e.snapshots.OpenPublished(); err == nil {
			err = warning
		}
	} else if s, err = e.snapshots.Open(id); err != nil {
		s = present
	}
	e.refused = refusal{}
	if err != nil {
		e.refused = refusal{id, err, e.opts.Now().Add(refusedFor)}
	}
	return s, err
}

// read is the view of s, which c is the catalog of, and the store's present state; old itself if that is it.
func (e *Engine) read(ctx context.Context, old *view, s *snapshot.Snapshot, c *catalog) (*view, error) {
	revision, err := e.store.Revision(ctx) // first: what changes meanwhile is read again next time
	if err != nil {
		return nil, err
	}
	if s == old.snapshot && revision == old.revision {
		return old, nil
	}
	next := *old
	next.snapshot, next.revision = s, revision
	var changed []data.ArticleID
	if s != old.snapshot || revision.Articles != old.revision.Articles {
		since := old.revision.Articles
		next.live, next.liveURLs, next.liveGroups = maps.Clone(old.live), maps.Clone(old.liveURLs), maps.Clone(old.liveGroups)
		if s != old.snapshot || revision.Articles < since {
			since, next.live, next.liveDates = s.Manifest().StoreRevision, nil, nil
			next.overlay, next.pending = nil, nil
		}
		if s != old.snapshot {
			next.folder, next.catalog, next.temperature = nil, c, e.opts.Explore.temperature(s)
		}
		if revision.Articles < since {
			since = 0 // the store is older than the snapshot, as after a restore, and counts anew: any card may differ
		}
		if next.live == nil {
			next.live, next.liveURLs, next.liveGroups = map[data.ArticleID]data.Card{}, map[string][]data.ArticleID{}, map[data.ArticleID][]data.ArticleID{}
			next.translations = s.Manifest().Counts.Groups < s.Len()
			next.stories = s.Stories() != nil
		}
		own := ownLists{map[string]bool{}, map[data.ArticleID]bool{}}
		for card, err := range e.store.CardsSince(ctx, since) {
			if err != nil {
				return nil, err
			}
			next.setLive(card, own)
			changed = append(changed, card.ID)
		}
		next.liveDates = redate(next.liveDates, changed, next.live)
		next.await(changed)
	}
	all, rules := old.overrides.all, old.overrides.allRules
	if revision.Overrides != old.revision.Overrides {
		if all, err = e.store.Overrides(ctx); err != nil {
			return nil, err
		}
		if rules, err = e.store.Rules(ctx); err != nil {
			return nil, err
		}
	}
	if s != old.snapshot || revision.Overrides != old.revision.Overrides || old.overrides.name(changed) {
		next.overrides = indexOverrides(all, rules, next.groupOf)
	}
	return &next, nil
}
