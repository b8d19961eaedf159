package pack_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/eval/pack"
)

// anyPack draws a small valid pack, with everything that a pack can hold.
func anyPack(t *rapid.T) *pack.Pack {
	p := &pack.Pack{
		Simulated: rapid.SampledFrom([]string{"", "made up with seed 1"}).Draw(t, "simulated"),
		Unordered: rapid.Bool().Draw(t, "unordered"),
		Variants:  []string{"", "A", "B"},
		Widgets:   []string{"", "related"},
		Languages: []string{"", "en", "zh-Hans"},
		Checks:    map[string]int{"bots": 3},
	}
	n := rapid.IntRange(1, 300).Draw(t, "articles")
	for i := range n {
		a := pack.Article{ID: fmt.Sprintf("a%03d", i), Title: "Ä title", Born: int32(i % 7), Died: pack.Never}
		if i%2 == 0 {
			a.Published = time.Date(2026, 3, 1, 10, i%60, 0, i, time.UTC)
			a.Tags = []string{"one", "two"}
			a.Vector = pack.Quantise([]float64{float64(i), -3, 1})
		}
		p.Articles = append(p.Articles, a)
	}
	row := rapid.Int32Range(0, int32(n-1))
	for i := range rapid.IntRange(0, 3).Draw(t, "policies") {
		policy := pack.Policy{Kind: "plackett-luce", Keep: i}
		for range rapid.IntRange(1, 4).Draw(t, "pool") {
			policy.Pool = append(policy.Pool, row.Draw(t, "item"))
			policy.Logits = append(policy.Logits, rapid.Float64Range(-9, 0).Draw(t, "logit"))
		}
		p.Policies = append(p.Policies, policy)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "snapshots") {
		s := pack.Snapshot{Name: fmt.Sprint("snap", i)}
		if rapid.Bool().Draw(t, "attached") {
			s.Start = []int32{0}
			for range n {
				for range rapid.IntRange(0, 2).Draw(t, "links") {
					s.Item = append(s.Item, row.Draw(t, "item"))
					s.Score = append(s.Score, rapid.SampledFrom([]float64{0.5, 0.1, math.NaN()}).Draw(t, "score"))
				}
				s.Start = append(s.Start, int32(len(s.Item)))
			}
		}
		p.Snapshots = append(p.Snapshots, s)
	}
	number := rapid.SampledFrom([]int32{0, 1, 2, 70_000, math.MaxInt32})
	im := &p.Impressions
	im.Start = []int32{0}
	dwells := rapid.Bool().Draw(t, "dwells")
	if dwells {
		im.Dwell = []uint16{}
	}
	for range rapid.IntRange(0, 40).Draw(t, "impressions") {
		im.Source = append(im.Source, row.Draw(t, "source"))
		im.Hour = append(im.Hour, rapid.Int32Range(490_000, 490_050).Draw(t, "hour"))
		im.Moment = append(im.Moment, rapid.Int32Range(0, 5).Draw(t, "moment"))
		im.Variant = append(im.Variant, rapid.Uint8Range(0, 2).Draw(t, "variant"))
		im.Snapshot = append(im.Snapshot, int16(rapid.IntRange(-1, len(p.Snapshots)-1).Draw(t, "snapshot")))
		im.Policy = append(im.Policy, rapid.Int32Range(-1, int32(len(p.Policies)-1)).Draw(t, "policy"))
		im.Reader = append(im.Reader, number.Draw(t, "reader"))
		im.Session = append(im.Session, number.Draw(t, "session"))
		im.Widget = append(im.Widget, rapid.Uint8Range(0, 1).Draw(t, "widget"))
		im.Device = append(im.Device, 0)
		im.Referrer = append(im.Referrer, 0)
		im.Lang = append(im.Lang, rapid.Uint8Range(0, 2).Draw(t, "lang"))
		im.Seen = append(im.Seen, rapid.Bool().Draw(t, "seen"))
		for range rapid.IntRange(1, 4).Draw(t, "length") {
			im.Item = append(im.Item, row.Draw(t, "item"))
			im.P = append(im.P, rapid.SampledFrom([]float64{1, 0.1, 0.0555603659, math.NaN()}).Draw(t, "p"))
			im.Flags = append(im.Flags, pack.Flags(rapid.Uint8Range(0, 31).Draw(t, "flags")))
			if dwells {
				clicked := uint16(im.Flags[len(im.Flags)-1] & pack.Clicked)
				im.Dwell = append(im.Dwell, clicked*rapid.Uint16Range(0, 600).Draw(t, "dwell"))
			}
		}
		im.Start = append(im.Start, int32(len(im.Item)))
	}
	r := &p.Reads
	for _, reader := range []int32{2, 0, 5} {
		for i := range rapid.Int32Range(0, 4).Draw(t, "reads") {
			r.Reader = append(r.Reader, reader)
			r.Session = append(r.Session, number.Draw(t, "session"))
			r.Item = append(r.Item, row.Draw(t, "item"))
			r.Hour = append(r.Hour, 490_000+i)
			r.Moment = append(r.Moment, i)
			r.From = append(r.From, rapid.Int32Range(-1, int32(n-1)).Draw(t, "from"))
		}
	}
	if rapid.Bool().Draw(t, "overrides") {
		p.Overrides = []pack.Override{{Op: "pin", Source: -1, Section: "sport", Item: 0, Position: 1, Moment: 2, Hour: 490_001, Until: pack.Never}}
	}
	return p
}

// pooling is what the package comment says of small cells, said again.
func pooling(p *pack.Pack, least int) *pack.Pack {
	type cell struct{ source, day int32 }
	q := *p
	im := &q.Impressions
	im.Hour, im.Device, im.Referrer, im.Lang = slices.Clone(im.Hour), slices.Clone(im.Device), slices.Clone(im.Referrer), slices.Clone(im.Lang)
	n := map[cell]int{}
	for i, source := range im.Source {
		n[cell{source, im.Hour[i] / 24}]++
	}
	for i, source := range im.Source {
		if n[cell{source, im.Hour[i] / 24}] < least {
			im.Hour[i] -= im.Hour[i] % 24
			im.Device[i], im.Referrer[i], im.Lang[i] = 0, 0, 0
		}
	}
	return &q
}

// rows are the impressions of p as text, without order and numbers: those of one
// reader are one text each, in which sessions are told apart.
func rows(p *pack.Pack) []string {
	im := &p.Impressions
	readers := map[int32]map[int32][]string{}
	add := func(reader, session int32, row string) {
		if readers[reader] == nil {
			readers[reader] = map[int32][]string{}
		}
		readers[reader][session] = append(readers[reader][session], row)
	}
	for i := range im.Len() {
		from, to := im.Items(i)
		snapshot, policy, dwell := "", "", ""
		if im.Snapshot[i] >= 0 {
			snapshot = p.Snapshots[im.Snapshot[i]].Name
		}
		if im.Policy[i] >= 0 {
			policy = fmt.Sprintf("%+v", p.Policies[im.Policy[i]])
		}
		if im.Dwell != nil {
			dwell = fmt.Sprint(im.Dwell[from:to])
		}
		add(im.Reader[i], im.Session[i], fmt.Sprint(
			im.Source[i], im.Hour[i], im.Moment[i], p.Variants[im.Variant[i]], snapshot, policy, im.Widget[i], im.Device[i],
			im.Referrer[i], im.Lang[i], im.Seen[i], im.Item[from:to], im.P[from:to], im.Flags[from:to], dwell,
		))
	}
	r := &p.Reads
	for i := range r.Item { // the order of one reader's page views counts
		add(r.Reader[i], r.Session[i], fmt.Sprint("read", i-slices.Index(r.Reader, r.Reader[i]), r.Item[i], r.Hour[i], r.Moment[i], r.From[i]))
	}
	var texts []string
	for _, sessions := range readers {
		var of []string
		for _, session := range sessions {
			slices.Sort(session)
			of = append(of, strings.Join(session, "\n"))
		}
		slices.Sort(of)
		texts = append(texts, strings.Join(of, "\n--\n"))
	}
	slices.Sort(texts)
	return texts
}
