package web

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/alsolike/alsolike/recommend"
)

// metrics are the numbers of GET /metrics. Every label has few values, whatever
// strangers send: a route is its template and never the path that was asked for.
type metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.CounterVec   // by route, method and status
	durations *prometheus.HistogramVec // by route
	lists     prometheus.Histogram     // links of a list
	links     *prometheus.CounterVec   // by source

	listsGot  prometheus.Counter // of requests, the lists that were got with status 200
	listsTook prometheus.Observer
}

// newMetrics counts from zero. What is in service is asked of s at every scrape.
func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alsolike_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "alsolike_http_request_duration_seconds", Help: "Time from a request's header to the end of its answer, by route.",
			Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 1, 5, 10},
		}, []string{"route"}),
		lists: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "alsolike_list_links", Help: "Links of the lists sent.", Buckets: []float64{0, 1, 2, 3, 4, 5, 10, 20, 50},
		}),
		links: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "alsolike_links_total", Help: "Links of the lists sent, by source.",
		}, []string{"source"}),
	}
	m.listsGot = m.requests.WithLabelValues(relatedPath, http.MethodGet, strconv.Itoa(http.StatusOK))
	m.listsTook = m.durations.WithLabelValues(relatedPath)
	m.registry.MustRegister(
		m.requests, m.durations, m.lists, m.links, state{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func (s *Server) registerMetrics() {
	answer := promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})
	s.echo.Match([]string{http.MethodGet, http.MethodHead}, metricsPath, func(c echo.Context) error {
		answer.ServeHTTP(c.Response(), c.Request())
		return nil
	})
}

const metricsPath = "/metrics"

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// request counts a request that was answered.
func (m *metrics) request(c echo.Context, took time.Duration) {
	route, method, status := c.Path(), c.Request().Method, c.Response().Status
	if route == relatedPath && method == http.MethodGet && status == http.StatusOK { // most are; to look their numbers up takes longer than to count
		m.listsGot.Inc()
		m.listsTook.Observe(took.Seconds())
		return
	}
	if !slices.Contains(methods, method) {
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(route).Observe(took.Seconds())
}

// A listCount is what is counted of a list each time that it is sent.
type listCount struct {
	links   int
	sources []sourceCount
}

type sourceCount struct {
	links   prometheus.Counter
	howMany float64
}

// of is what is to be counted of a list of those links.
func (m *metrics) of(links []recommend.Link) listCount {
	n := listCount{links: len(links)}
	for same := range chunkBySource(links) {
		n.sources = append(n.sources, sourceCount{m.links.WithLabelValues(string(same[0].Source)), float64(len(same))})
	}
	return n
}

// list counts a list that is sent.
func (m *metrics) list(n listCount) {
	m.lists.Observe(float64(n.links))
	for _, source := range n.sources {
		source.links.Add(source.howMany)
	}
}

// chunkBySource yields the links that follow each other and have one source.
func chunkBySource(links []recommend.Link) iter.Seq[[]recommend.Link] {
	return func(yield func([]recommend.Link) bool) {
		for len(links) > 0 {
			n := 1
			for n < len(links) && links[n].Source == links[0].Source {
				n++
			}
			if !yield(links[:n]) {
				return
			}
			links = links[n:]
		}
	}
}

// A counting recommender counts the lists it makes.
type counting struct {
	Recommender
	metrics *metrics
}

func (r counting) Related(ctx context.Context, q recommend.Query) (recommend.List, error) {
	list, err := r.Recommender.Related(ctx, q)
	if err == nil {
		r.metrics.list(r.metrics.of(list.Links))
	}
	return list, err
}

func (r counting) RelatedBatch(ctx context.Context, queries []recommend.Query, dedupe bool) []recommend.BatchAnswer {
	answers := r.Recommender.RelatedBatch(ctx, queries, dedupe)
	for i := range answers {
		if answers[i].Err == nil {
			r.metrics.list(r.metrics.of(answers[i].List.Links))
		}
	}
	return answers
}

// A state is a collector of what is in service.
type state struct{ s *Server }

var (
	readyDesc       = prometheus.NewDesc("alsolike_ready", "1 with a snapshot in service, else 0.", nil, nil)
	ageDesc         = prometheus.NewDesc("alsolike_snapshot_age_seconds", "Age of the snapshot in service.", nil, nil)
	staleDesc       = prometheus.NewDesc("alsolike_snapshot_stale", "1 if the snapshot is older than snapshots.max_age and articles have changed since, else 0.", nil, nil)
	articlesDesc    = prometheus.NewDesc("alsolike_snapshot_articles", "Articles in the snapshot, by language.", []string{"lang"}, nil)
	provisionalDesc = prometheus.NewDesc("alsolike_provisional_articles", "Articles folded in since the snapshot.", nil, nil)
	waitingDesc     = prometheus.NewDesc("alsolike_waiting_articles", "Articles yet to be folded in.", nil, nil)
	overridesDesc   = prometheus.NewDesc("alsolike_overrides", "Overrides stored.", nil, nil)
	problemDesc     = prometheus.NewDesc("alsolike_problem", "1 if something keeps the answers from being up to date (see /v1/status), else 0.", nil, nil)
)

// Describe implements prometheus.Collector.
func (state) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{readyDesc, ageDesc, staleDesc, articlesDesc, provisionalDesc, waitingDesc, overridesDesc, problemDesc} {
		descs <- d
	}
}

// Collect implements prometheus.Collector.
func (c state) Collect(numbers chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		numbers <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	truth := func(d *prometheus.Desc, holds bool) {
		value := 0.
		if holds {
			value = 1
		}
		gauge(d, value)
	}
	st := c.s.rec.Status()
	truth(readyDesc, st.Snapshot != "")
	truth(staleDesc, c.s.stale(&st))
	truth(problemDesc, st.Problem != "")
	gauge(overridesDesc, float64(st.Overrides))
	if st.Snapshot == "" {
		return
	}
	gauge(ageDesc, st.Age.Seconds())
	gauge(provisionalDesc, float64(st.Provisional))
	gauge(waitingDesc, float64(st.Waiting))
	for lang, n := range st.Languages {
		gauge(articlesDesc, float64(n), string(lang))
	}
}
