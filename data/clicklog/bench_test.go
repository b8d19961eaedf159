package clicklog

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// BenchmarkParse compares our scanner on one core with encoding/json into structs,
// which does less: it looks at nothing that it has read.
func BenchmarkParse(b *testing.B) {
	var log strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&log, `{"t":"imp","id":"i%08d","ts":"2026-03-08T00:00:%02dZ","widget":"related","src":"art-%05d","user":"u%07d","sess":"s%07d","snap":"snap-b","var":"B","dev":"desktop","ref":"home","lang":"en","n":6,"pol":{"kind":"fixed"},"items":[`, i, i%60, i%500, i*7, i*3)
		for k := range 6 {
			if k > 0 {
				log.WriteByte(',')
			}
			fmt.Fprintf(&log, `{"id":"art-%05d","pos":%d,"p":0.%06d,"slot":"alg"}`, (i*13+k*7)%5000, k+1, i*k+1)
		}
		log.WriteString("]}\n")
	}
	text := []byte(log.String())
	b.Run("parser=ours", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		p, batch := newEventParser(), &batch{text: text, first: 1}
		for b.Loop() {
			p.batch(batch)
		}
	})
	b.Run("parser=encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		var into struct {
			T, ID, TS, Widget, Src, User, Sess, Snap, Var, Dev, Ref, Lang string
			N                                                             int
			Pol                                                           struct{ Kind string }
			Items                                                         []struct {
				ID   string
				Pos  int
				P    float64
				Slot string
			}
		}
		for b.Loop() {
			for _, line := range lines {
				if err := json.Unmarshal([]byte(line), &into); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
