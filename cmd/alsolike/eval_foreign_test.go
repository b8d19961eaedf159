package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A log of MIND goes all the way: it tells no positions, so that clicks are refused.
func TestEvalForeignMIND(t *testing.T) {
	s := newShell(t)
	var news, behaviors, links, other strings.Builder
	for i := range 20 {
		fmt.Fprintf(&news, "N%d\tnews\tsub\tTitle %d\t\t\t[]\t[]\n", i, i)
		fmt.Fprintf(&links, "{\"seed\":\"N%d\",\"items\":[\"N%d\",\"N%d\"]}\n", i, (i+1)%20, (i+2)%20)
		fmt.Fprintf(&other, "{\"seed\":\"N%d\",\"items\":[\"N%d\",\"N%d\"]}\n", i, (i+3)%20, (i+2)%20)
	}
	for i := range 200 {
		fmt.Fprintf(&behaviors, "%d\tU%d\t11/13/2019 %d:36:57 AM\tN%d\tN%d-%d N%d-0\n", i+1, i%30, 1+i%11, i%20, (i+1)%20, i%2, (i+5)%20)
	}
	log := []string{s.file("news.tsv", news.String()), s.file("behaviors.tsv", behaviors.String())}
	for _, flag := range []string{"--seed-from-history=false", "--seed-from-history"} {
		out := filepath.Join(t.TempDir(), "mind.evp")
		s.ok(append([]string{"eval", "pack", flag, "--out", out}, log...)...)
		text := s.ok("eval", "run", "--pack", out, "--candidate", "c="+s.file("links.ndjson", links.String()), "--baseline", "b="+s.file("other.ndjson", other.String()))
		for _, part := range []string{"not measurable", "does not tell in which order the links stood", "published_when_first_seen"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s: the report does not say %q:\n%s", flag, part, text)
			}
		}
	}
}

// The Open Bandit files hold no seeds; a ranking names the unknown article "".
func TestEvalForeignOpenBandit(t *testing.T) {
	s := newShell(t)
	var items []string
	for i := range 40 {
		items = append(items, fmt.Sprintf(`"%d"`, i))
	}
	links := s.file("links.ndjson", `{"seed":"","items":[`+strings.Join(items, ",")+"]}\n")
	out := filepath.Join(t.TempDir(), "obd.evp")
	s.ok("eval", "pack", evalReference(t, "ope", "obd", "bts-women.csv.gz"), "--out", out,
		"--map", "time=timestamp,item=item_id,position=position,clicked=click,p=propensity_score")
	text := s.ok("eval", "run", "--pack", out, "--candidate", "c="+links)
	for _, part := range []string{"not measurable", "Effective sample size", "10,000 lists with 46 clicks"} {
		if !strings.Contains(text, part) {
			t.Errorf("the report does not say %q:\n%s", part, text)
		}
	}
}

// A log of OpenSearch UBI, in which two rankings served the same articles.
func TestEvalForeignUBI(t *testing.T) {
	s := newShell(t)
	var articles, log strings.Builder
	links := map[string]*strings.Builder{"A": {}, "B": {}}
	for i := range 10 {
		fmt.Fprintf(&articles, "{\"id\":\"p%d\",\"published\":\"2026-01-01\"}\n", i)
		fmt.Fprintf(links["A"], "{\"seed\":\"p%d\",\"items\":[[\"p%d\",2],[\"p%d\",1]]}\n", i, (i+1)%10, (i+2)%10)
		fmt.Fprintf(links["B"], "{\"seed\":\"p%d\",\"items\":[[\"p%d\",2],[\"p%d\",1]]}\n", i, (i+2)%10, (i+1)%10)
	}
	for i := range 400 {
		seed, variant := i/2%10, "AB"[i%2:i%2+1]
		shown := []int{(seed + 1) % 10, (seed + 2) % 10}
		if variant == "B" {
			shown[0], shown[1] = shown[1], shown[0]
		}
		at := fmt.Sprintf("2026-03-02T%02d:%02d:00Z", i/60, i%60)
		fmt.Fprintf(&log, `{"query_id":"q%d","user_query":"p%d","client_id":"c%d","timestamp":%q,"query_attributes":{"variant":%q,"snapshot":%q}}`+"\n", i, seed, i%50, at, variant, variant)
		for k, item := range shown {
			attributes := fmt.Sprintf(`"event_attributes":{"object":{"object_id":"p%d"},"position":{"ordinal":%d}}`, item, k+1)
			fmt.Fprintf(&log, `{"action_name":"impression","query_id":"q%d","timestamp":%q,%s}`+"\n", i, at, attributes)
			if i%(5+5*k) == 0 {
				fmt.Fprintf(&log, `{"action_name":"click","query_id":"q%d","timestamp":%q,%s}`+"\n", i, at, attributes)
			}
		}
	}
	out := filepath.Join(t.TempDir(), "ubi.evp")
	s.ok("eval", "pack", s.file("ubi.ndjson", log.String()), "--articles", s.file("articles.ndjson", articles.String()), "--out", out,
		"--snapshot", "A="+s.file("a.ndjson", links["A"].String()), "--snapshot", "B="+s.file("b.ndjson", links["B"].String()))
	text := s.ok("eval", "run", "--pack", out, "--candidate", "c="+s.file("c.ndjson", links["B"].String()), "--report-only")
	for _, part := range []string{"400 lists with 120 clicks of 50 readers", "2 snapshots", "clicks (L2)"} {
		if !strings.Contains(text, part) {
			t.Errorf("the report does not say %q:\n%s", part, text)
		}
	}
}
