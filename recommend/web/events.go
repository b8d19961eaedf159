package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/eventlog"
	"github.com/alsolike/alsolike/recommend"
)

// Events is what POST /v1/events needs.
type Events struct {
	Log      EventLog // required
	Verifier Verifier // required

	// ReaderIDs gives every event the pseudonym of its reader of that day. Without,
	// nothing tells one reader from another.
	ReaderIDs bool

	// PerAddress is how many requests a second one address may make, and ten
	// seconds' worth of them at once; default 20, below 0: any number. Requests from
	// within, of loopback and private addresses, are not counted: a proxy sends them
	// that nobody named, and behind it are all readers.
	PerAddress float64
}

const defaultPerAddress = 20 // an office reads behind one address

// An EventLog keeps what readers did: an eventlog.Log.
type EventLog interface {
	// Add takes an event, or returns an error of package eventlog. It must not wait.
	Add(clicklog.Event) error
	Counts() eventlog.Counts
}

// A Verifier knows the site's lists and articles.
type Verifier interface {
	// Verify reports whether the list that c tells of was ever an answer.
	Verify(c recommend.Claim) bool
	// Find is the article of that id, or else of that URL.
	Find(name string) (data.ArticleID, bool)
}

const (
	eventsPath = "/v1/events"
	maxEvents  = 100 // of one request
)

// A refusal is why an event is not in the log, for machines.
type refusal string

// The refusals. A version that knows more of them may add some.
const (
	refusedMalformed    refusal = "malformed"       // a field is missing or makes no sense
	refusedSignature    refusal = "signature"       // the list was never an answer, at least not as told
	refusedNotInList    refusal = "not_in_list"     // the list has no such item at that position
	refusedArticle      refusal = "unknown_article" // a page that is no article of the site
	refusedNoImpression refusal = "no_impression"   // what was done to a list that nobody saw
	refusedRepeated     refusal = "repeated"        // it is recorded already
	refusedBot          refusal = "bot"             // a program that says so
	refusedPrefetch     refusal = "prefetch"        // loaded in advance: nobody has seen it yet
	refusedOptOut       refusal = "opt_out"         // the reader asks not to be counted (Sec-GPC, DNT)
	refusedRate         refusal = "rate"            // a request too many of one address
	refusedFull         refusal = "full"            // the log cannot be written fast enough
	refusedStarting     refusal = "starting"        // or not yet, or no longer
)

var refusals = []refusal{
	refusedMalformed, refusedSignature, refusedNotInList, refusedArticle, refusedNoImpression, refusedRepeated,
	refusedBot, refusedPrefetch, refusedOptOut, refusedRate, refusedFull, refusedStarting,
}

// events are the routes of Events, and what came in by them.
type events struct {
	Events
	log     *slog.Logger
	limit   *limiter // nil without one
	readers *readers // nil without ReaderIDs
	now     func() time.Time
	refused map[refusal]*atomic.Int64

	warnOfProxy sync.Once
}

func newEvents(conf Events, now func() time.Time, log *slog.Logger) *events {
	e := &events{Events: conf, log: log, now: now, refused: map[refusal]*atomic.Int64{}}
	for _, r := range refusals {
		e.refused[r] = new(atomic.Int64)
	}
	if rate := cmp.Or(conf.PerAddress, defaultPerAddress); rate > 0 {
		e.limit = newLimiter(rate, now)
	}
	if conf.ReaderIDs {
		e.readers = newReaders()
	}
	return e
}

func (e *events) register(to *echo.Echo, numbers prometheus.Registerer) {
	to.POST(eventsPath, e.handle)
	numbers.MustRegister(e)
}

// The answer of POST /v1/events.
type (
	eventsResponse struct {
		Accepted int            `json:"accepted"`
		Refused  []refusedEvent `json:"refused"`
	}
	refusedEvent struct {
		Index  int     `json:"index"` // from 0
		Reason refusal `json:"reason"`
		Detail string  `json:"detail"`
	}
)

// handle serves POST /v1/events: what a page reports of its reader.
func (e *events) handle(c echo.Context) error {
	if err := e.limitAddress(c); err != nil {
		return err
	}
	messages, err := readEvents(c)
	if err != nil {
		return err
	}
	answer := eventsResponse{Refused: []refusedEvent{}}
	from := e.senderOf(c)
	for i, m := range messages {
		err := from.refused
		if err == nil {
			err = e.record(m, from)
		}
		if err == nil {
			answer.Accepted++
			continue
		}
		refused, isRefused := errors.AsType[*refusedError](err)
		if !isRefused {
			return err
		}
		e.refused[refused.reason].Add(1)
		answer.Refused = append(answer.Refused, refusedEvent{i, refused.reason, refused.detail})
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return writeJSON(c, http.StatusAccepted, echo.MIMEApplicationJSON, answer)
}

// limitAddress refuses an address that reports too often. Where it may be that of a
// proxy, the log says so once.
func (e *events) limitAddress(c echo.Context) error {
	address := addressOf(c)
	if a, err := netip.ParseAddr(address); err != nil || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() {
		return nil
	}
	err := tooMany(c, e.limit.wait(address), "this address")
	if err == nil {
		return nil
	}
	e.refused[refusedRate].Add(1)
	if c.Request().Header.Get(echo.HeaderXForwardedFor) != "" {
		e.warnOfProxy.Do(func() {
			e.log.Warn("events are refused for coming too fast from one address, which sends X-Forwarded-For; if it is a proxy's, name it in proxies.trusted")
		})
	}
	return err
}

// readEvents are the events of a body. The type of a beacon is text/plain, which a
// browser sends to other sites without asking them first.
func readEvents(c echo.Context) ([]json.RawMessage, error) {
	if _, err := parseQuery(c.Request().URL.RawQuery, nil, nil); err != nil {
		return nil, err
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || !slices.Contains([]string{echo.MIMEApplicationJSON, echo.MIMETextPlain}, kind) {
		return nil, echo.NewHTTPError(http.StatusUnsupportedMediaType, "the body must be JSON, sent as application/json or text/plain")
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, err
	}
	var all struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := decodeStrictly(body, &all); err != nil {
		return nil, err
	}
	if n := len(all.Events); n < 1 || n > maxEvents {
		return nil, &data.InvalidError{Field: "events", Reason: fmt.Sprintf("holds %d events; it must hold 1 to %d", n, maxEvents)}
	}
	return all.Events, nil
}

// A refusedError is why one event of many is not in the log.
type refusedError struct {
	reason refusal
	detail string
}

func (e *refusedError) Error() string { return e.detail }

func refuse(reason refusal, format string, args ...any) error {
	return &refusedError{reason, fmt.Sprintf(format, args...)}
}

// record puts one event into the log.
func (e *events) record(raw json.RawMessage, from sender) error {
	event, err := e.parse(raw, from)
	if err != nil {
		return err
	}
	err = e.Log.Add(event)
	for _, known := range []struct {
		err    error
		reason refusal
	}{
		{eventlog.ErrRepeated, refusedRepeated},
		{eventlog.ErrNoImpression, refusedNoImpression},
		{eventlog.ErrFull, refusedFull},
		{eventlog.ErrStarting, refusedStarting},
		{eventlog.ErrClosed, refusedStarting},
	} {
		if errors.Is(err, known.err) {
			return refuse(known.reason, "%v", known.err)
		}
	}
	return err
}

// eventsStatus is what /v1/status tells of the events since the start.
type eventsStatus struct {
	Accepted int64             `json:"accepted"`
	Written  int64             `json:"written"`
	Waiting  int64             `json:"waiting"`
	Lost     int64             `json:"lost"`
	Refused  map[refusal]int64 `json:"refused"`
	Problem  string            `json:"problem,omitempty"`
}

func (e *events) status() *eventsStatus {
	n := e.Log.Counts()
	st := &eventsStatus{Accepted: n.Accepted, Written: n.Written, Waiting: n.Waiting, Lost: n.Lost, Refused: map[refusal]int64{}, Problem: n.Problem}
	for reason, n := range e.refused {
		if n := n.Load(); n > 0 {
			st.Refused[reason] = n
		}
	}
	return st
}

var (
	eventsAcceptedDesc = prometheus.NewDesc("alsolike_events_accepted_total", "Events taken into the log.", nil, nil)
	eventsWrittenDesc  = prometheus.NewDesc("alsolike_events_written_total", "Events written to the log's file.", nil, nil)
	eventsLostDesc     = prometheus.NewDesc("alsolike_events_lost_total", "Events for which there was no room while the log could not be written.", nil, nil)
	eventsRefusedDesc  = prometheus.NewDesc("alsolike_events_refused_total", "Events refused, by reason; for rate, requests.", []string{"reason"}, nil)
	eventsWaitingDesc  = prometheus.NewDesc("alsolike_events_waiting", "Events that wait to be written.", nil, nil)
	eventsProblemDesc  = prometheus.NewDesc("alsolike_events_problem", "1 while the log cannot be written (see /v1/status), else 0.", nil, nil)
)

// Describe implements prometheus.Collector.
func (e *events) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{eventsAcceptedDesc, eventsWrittenDesc, eventsLostDesc, eventsRefusedDesc, eventsWaitingDesc, eventsProblemDesc} {
		descs <- d
	}
}

// Collect implements prometheus.Collector.
func (e *events) Collect(numbers chan<- prometheus.Metric) {
	n := e.Log.Counts()
	number := func(d *prometheus.Desc, kind prometheus.ValueType, value int64, labels ...string) {
		numbers <- prometheus.MustNewConstMetric(d, kind, float64(value), labels...)
	}
	number(eventsAcceptedDesc, prometheus.CounterValue, n.Accepted)
	number(eventsWrittenDesc, prometheus.CounterValue, n.Written)
	number(eventsLostDesc, prometheus.CounterValue, n.Lost)
	number(eventsWaitingDesc, prometheus.GaugeValue, n.Waiting)
	problem := int64(0)
	if n.Problem != "" {
		problem = 1
	}
	number(eventsProblemDesc, prometheus.GaugeValue, problem)
	for _, r := range refusals {
		number(eventsRefusedDesc, prometheus.CounterValue, e.refused[r].Load(), string(r))
	}
}
