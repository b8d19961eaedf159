package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/web/assets"
	"github.com/alsolike/alsolike/recommend/web/editor"
	"github.com/alsolike/alsolike/recommend/web/widget"
)

// A Recommender answers for the snapshot in service. Its methods may be called
// by many goroutines at once.
type Recommender interface {
	// Related is the list of one article. It returns data.ErrNotFound for an
	// unknown article, and data.ErrNoSnapshot while nothing is in service.
	Related(ctx context.Context, q recommend.Query) (recommend.List, error)
	// RelatedBatch is the lists of several queries, all of one moment. With dedupe
	// no list shows what is in an earlier one, in whatever language.
	RelatedBatch(ctx context.Context, queries []recommend.Query, dedupe bool) []recommend.BatchAnswer
	// Version names the state that lists are made from: until that moment, and as
	// long as the version is the same, a query gets the same list, but for what
	// recommend.PopularFallback fills it with.
	Version() (version uint64, until time.Time)
	// Status is what is in service; its Snapshot is empty when nothing is.
	Status() recommend.Status
}

// Sources tells how importing each watched source has gone.
type Sources func(ctx context.Context) ([]SourceStatus, error)

// Config is what a Server needs.
type Config struct {
	Recommender Recommender     // required
	Articles    *Articles       // what a CMS pushes articles into; nil takes none
	Magazine    *Magazine       // the sample site; nil serves the API alone
	Editor      *editor.Config  // the editors' pages; nil: there are none
	Events      *Events         // where readers' pages report to; nil: nowhere
	Sources     Sources         // the watched sources; nil: there are none
	Headings    widget.Headings // over lists of /v1/fragment and widget.js, beside those of widget.NewHeadings

	Origins []string       // whose pages may read answers in a browser, see ParseOrigins; nil: none
	Proxies []netip.Prefix // whose word on a client's address holds, see ParseProxies; nil: nobody's
	Limits  Limits
	Access  AccessLog     // default NoAccess
	MaxAge  time.Duration // a snapshot older than this is stale once articles have changed; 0: none is

	Cache      int64            // bytes that lists which were made already may take; default 256 MiB, below 0: none are kept
	Log        *slog.Logger     // default slog.Default()
	Now        func() time.Time // default time.Now
	StopWithin time.Duration    // how long running requests may take once Run is told to stop; default 10 s
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.StopWithin == 0 {
		c.StopWithin = 10 * time.Second
	}
	c.Cache = cmp.Or(c.Cache, mostKept)
	return c
}

// A Server answers HTTP requests. Make it with New.
type Server struct {
	rec        Recommender
	log        *slog.Logger
	articles   *Articles // nil without one
	sources    Sources   // nil without one
	now        func() time.Time
	events     *events // nil without one
	stopWithin time.Duration
	headings   widget.Headings
	echo       *echo.Echo
	magazine   *magazine      // nil without one
	editor     *editor.Server // nil without one
	access     AccessLog
	maxAge     time.Duration // 0: no snapshot is too old
	metrics    *metrics
	perAddress *limiter // nil without a limit, as the next
	perKey     *limiter
	lists      *kept // that were made already, by query
}

// New makes a server for what c names. It panics without a Recommender.
func New(c Config) *Server {
	if c.Recommender == nil {
		panic("web: no recommender")
	}
	c = c.withDefaults()
	s := &Server{
		log: c.Log, articles: c.Articles, sources: c.Sources, now: c.Now, stopWithin: c.StopWithin, echo: echo.New(),
		access: c.Access, maxAge: c.MaxAge, lists: newKept(c.Cache),
		perAddress: newLimiter(c.Limits.PerAddress, c.Now), perKey: newLimiter(c.Limits.PerKey, c.Now),
	}
	s.metrics = newMetrics(s)
	s.rec = counting{c.Recommender, s.metrics}
	s.echo.IPExtractor = clientAddress(c.Proxies)
	s.echo.HTTPErrorHandler = s.handleError
	s.echo.Use(once(requestID, s.observe, recoverPanics(), secureHeaders, allowOrigins(c.Origins), s.limitAddresses, limitBodies(), limitTime()))

	s.registerRelated()
	s.registerStatus()
	s.registerWidget(c.Headings, c.Events != nil)
	s.registerMetrics()
	s.registerDocs()
	if c.Articles != nil {
		s.registerArticles()
	}
	if c.Events != nil {
		s.events = newEvents(*c.Events, c.Now, c.Log)
		s.events.register(s.echo, s.metrics.registry)
	}
	if c.Magazine != nil {
		s.magazine = newMagazine(*c.Magazine, s.rec, c.Log)
		s.magazine.register(s.echo)
	}
	if c.Editor != nil {
		s.registerEditor(*c.Editor, c)
	}
	if c.Magazine != nil || c.Editor != nil {
		s.echo.Match([]string{http.MethodGet, http.MethodHead}, assets.Prefix+"*", handleAsset)
	}
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Run answers the requests that come in by ln until ctx ends. Then it takes no
// more, lets the running ones finish, and returns nil. Requests that take
// longer than Config.StopWithin are cut off, which is an error, as is a
// listener that fails. It closes ln.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerWithin,
		ReadTimeout:       bodyWithin,
		WriteTimeout:      sentWithin,
		IdleTimeout:       idleWithin,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(plainListener{ln}) }()

	select {
	case err := <-served:
		return fmt.Errorf("web: serve %s: %w", ln.Addr(), err)
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.stopWithin)
	defer cancel()
	err := srv.Shutdown(limited)
	if err != nil {
		err = fmt.Errorf("web: requests still ran %v after the stop and were cut off: %w", s.stopWithin, errors.Join(err, srv.Close()))
	}
	<-served
	return err
}
