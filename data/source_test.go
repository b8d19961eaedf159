package data_test

import (
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
)

func TestSourceRunDue(t *testing.T) {
	at := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name string
		run  data.SourceRun
		want time.Time
	}{
		{"never run", data.SourceRun{}, time.Time{}},
		{"cut off at first", data.SourceRun{Started: at}, time.Time{}},
		{"cut off later", data.SourceRun{Started: at, Finished: at.Add(-time.Hour)}, time.Time{}},
		{"ended", data.SourceRun{Started: at, Finished: at.Add(time.Minute)}, at.Add(time.Hour)},
		{"ended at once", data.SourceRun{Started: at, Finished: at}, at.Add(time.Hour)},
	} {
		if got := tc.run.Due(time.Hour); !got.Equal(tc.want) {
			t.Errorf("%s: due %v, want %v", tc.name, got, tc.want)
		}
	}
}
