package editor_test

import (
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data/account"
)

// BenchmarkEvaluation is what a server takes for the page, and for the same as JSON, where
// 200 runs are kept, each with a report of 16 gates and as large as that of the demo,
// which is 740 kB.
func BenchmarkEvaluation(b *testing.B) {
	s := newSite(b, nil)
	report, page := fullReport(b, "20260316T020000Z-7f3a9c")
	measures := strings.Index(report, `"measures": [`) + len(`"measures": [`)
	end := strings.Index(report[measures:], "\n  ],")
	for once := report[measures : measures+end]; len(report) < 740_000; {
		report = report[:measures] + once + "," + report[measures:]
	}
	for i := range 200 {
		s.keep(b, s.now.Add(-time.Duration(i)*time.Hour), "", report, page)
	}
	c := s.signedIn(b, account.Viewer)
	for _, path := range []string{"/editor/evaluation", "/v1/editor/evaluations", "/v1/editor/evaluations?limit=100"} {
		b.Run("runs=200/path="+path, func(b *testing.B) {
			for b.Loop() {
				if res := c.get(path); res.StatusCode != 200 || strings.Count(res.body, "how high the next read stands")+strings.Count(res.body, `"ndcg@5"`) < 40 {
					b.Fatal(res.StatusCode)
				}
			}
		})
	}
}
