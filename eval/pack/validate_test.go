package pack_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/eval/pack"
)

func TestValidateRefuses(t *testing.T) {
	check := func(name string, change func(p *pack.Pack), want string) {
		t.Helper()
		p := hundredReaders()
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
		change(p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
		if err := pack.Write(new(bytes.Buffer), p, pack.WriteOptions{}); err == nil {
			t.Errorf("%s: it was written all the same", name)
		}
	}
	check("id", func(p *pack.Pack) { p.Articles[0].ID = "\n" }, "control character")
	check("order", func(p *pack.Pack) { p.Articles[1].ID = "a00" }, "out of order")
	check("moments", func(p *pack.Pack) { p.Articles[1].Born = -1 }, "moments")
	check("vector", func(p *pack.Pack) { p.Articles[1].Vector = []int8{-128} }, "-128")
	check("snapshots", func(p *pack.Pack) { p.Snapshots = make([]pack.Snapshot, 2) }, "out of order")
	check("snapshot", func(p *pack.Pack) { p.Snapshots = []pack.Snapshot{{Start: []int32{0, 1}, Item: []int32{0}}} }, "wrong lengths")
	check("variants", func(p *pack.Pack) { p.Variants = []string{"b", "a"} }, "out of order")
	check("variant", func(p *pack.Pack) { p.Impressions.Variant[3] = 1 }, "no variant 1")
	check("widget", func(p *pack.Pack) { p.Impressions.Widget[3] = 1 }, "no widget 1")
	check("unknown", func(p *pack.Pack) { p.Devices = []string{"phone"} }, "instead of the unknown one")
	check("codes", func(p *pack.Pack) { p.Devices = make([]string, 257) }, "255 is the most")
	check("column", func(p *pack.Pack) { p.Impressions.Hour = nil }, "100 and 0 rows")
	check("source", func(p *pack.Pack) { p.Impressions.Source[0] = 100 }, "no article 100")
	check("hour", func(p *pack.Pack) { p.Impressions.Hour[0] = -1 }, "hour -1")
	check("reader", func(p *pack.Pack) { p.Impressions.Reader[0] = -1 }, "reader -1")
	check("no snapshot", func(p *pack.Pack) { p.Impressions.Snapshot[0] = 0 }, "no snapshot 0")
	check("no policy", func(p *pack.Pack) { p.Impressions.Policy[0] = 0 }, "no policy 0")
	check("logits", func(p *pack.Pack) { p.Policies = []pack.Policy{{Pool: []int32{1}, Logits: []float64{1, 2}}} }, "2 logits for 1")
	check("logit", func(p *pack.Pack) { p.Policies = []pack.Policy{{Pool: []int32{1}, Logits: []float64{math.Inf(1)}}} }, "logit +Inf")
	check("item", func(p *pack.Pack) { p.Impressions.Item[0] = -1 }, "no article -1")
	check("p", func(p *pack.Pack) { p.Impressions.P[0] = 0 }, "0 is no probability")
	check("flags", func(p *pack.Pack) { p.Impressions.Flags[0] = 32 }, "no flags 0x20")
	check("dwell", func(p *pack.Pack) { p.Impressions.Dwell = make([]uint16, 100); p.Impressions.Dwell[0] = 601 }, "601 seconds")
	check("dwell without click", func(p *pack.Pack) { p.Impressions.Dwell = make([]uint16, 100); p.Impressions.Dwell[0] = 1 }, "only of what was clicked")
	check("split", func(p *pack.Pack) { p.Impressions.Start[1] = 50 }, "not split")
	check("reads", func(p *pack.Pack) { p.Reads.Item = []int32{1} }, "different numbers")
	check("scattered", func(p *pack.Pack) { p.Reads = reads(1, 2, 1) }, "do not stand together")
	check("unordered", func(p *pack.Pack) { p.Reads = reads(1, 1); p.Reads.Hour[1] = 0 }, "not in order")
	check("override", func(p *pack.Pack) { p.Overrides = []pack.Override{{Item: -1}} }, "no article 0 or -1")
}

// reads are page views of these readers.
func reads(readers ...int32) pack.Reads {
	var r pack.Reads
	for _, reader := range readers {
		r.Reader, r.Session, r.Item = append(r.Reader, reader), append(r.Session, 0), append(r.Item, 0)
		r.Hour, r.Moment, r.From = append(r.Hour, 1), append(r.Moment, 0), append(r.From, -1)
	}
	return r
}
