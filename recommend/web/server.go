package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/recommend"
)

// A Recommender answers for the snapshot in service. Both methods may be called
// by many goroutines at once.
type Recommender interface {
	// Related is the list of one article. It returns data.ErrNotFound for an
	// unknown article, and data.ErrNoSnapshot while nothing is in service.
	Related(ctx context.Context, q recommend.Query) (recommend.List, error)
	// Status is what is in service; its Snapshot is empty when nothing is.
	Status() recommend.Status
}

// Sources tells how importing each watched source has gone.
type Sources func(ctx context.Context) ([]SourceStatus, error)

// Config is what a Server needs.
type Config struct {
	Recommender Recommender   // required
	Articles    *Articles     // what a CMS pushes articles into; nil takes none
	Magazine    *Magazine     // the sample site; nil serves the API alone
	Sources     Sources       // the watched sources; nil: there are none
	Log         *slog.Logger  // default slog.Default()
	StopWithin  time.Duration // how long running requests may take once Run is told to stop; default 10 s
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.StopWithin == 0 {
		c.StopWithin = 10 * time.Second
	}
	return c
}

// A Server answers HTTP requests. Make it with New.
type Server struct {
	rec        Recommender
	log        *slog.Logger
	articles   *Articles // nil without one
	sources    Sources   // nil without one
	stopWithin time.Duration
	echo       *echo.Echo
	magazine   *magazine // nil without one
}

// New makes a server for what c names. It panics without a Recommender.
func New(c Config) *Server {
	if c.Recommender == nil {
		panic("web: no recommender")
	}
	c = c.withDefaults()
	s := &Server{rec: c.Recommender, log: c.Log, articles: c.Articles, sources: c.Sources, stopWithin: c.StopWithin, echo: echo.New()}
	s.echo.IPExtractor = echo.ExtractIPDirect() // no header of a stranger's decides who he is
	s.echo.HTTPErrorHandler = s.handleError
	s.echo.Use(requestID, s.logRequests(), recoverPanics(), secureHeaders(), limitBodies())

	s.registerRelated()
	s.registerStatus()
	if c.Articles != nil {
		s.registerArticles()
	}
	if c.Magazine != nil {
		s.magazine = newMagazine(*c.Magazine, c.Recommender, c.Log)
		s.magazine.register(s.echo)
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
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()

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
