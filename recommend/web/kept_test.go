package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func answerOf(text string) *answer { return newAnswer(jsonType, []byte(text)) }

func TestKeptByVersion(t *testing.T) {
	k := newKept(1 << 20)
	one, two := answerOf("one"), answerOf("two")
	k.put(3, "id=a1", one)
	if k.get(3, "id=a1") != one || k.get(3, "id=a2") != nil || k.get(4, "id=a1") != nil || k.get(2, "id=a1") != nil {
		t.Error("an answer is kept for another request or version")
	}
	k.put(4, "id=a1", two)
	k.put(3, "id=a2", one) // made before, and late
	if k.get(4, "id=a1") != two || k.get(4, "id=a2") != nil || k.get(3, "id=a1") != nil {
		t.Error("what is old did not give way to what is new")
	}
}

// However many answers there are, they take no more than they may; those that are
// asked for again and again stay.
func TestKeptIsBounded(t *testing.T) {
	const most = 1 << 20
	k := newKept(most)
	body := strings.Repeat("x", 2000)
	k.put(1, "popular", answerOf(body))
	for i := range 5000 {
		request := fmt.Sprintf("id=a%d", i)
		k.put(1, request, answerOf(body))
		if k.get(1, request) == nil {
			t.Fatalf("%s is not kept", request)
		}
		if k.get(1, "popular") == nil {
			t.Fatalf("what is asked for again and again is forgotten after %d others", i)
		}
		n := 0
		for _, half := range []*keptAnswers{k.now.Load().young, k.now.Load().old} {
			half.answers.Range(func(_, a any) bool { n += len(a.(*answer).plain.bytes); return true })
		}
		if n > most*3/2 {
			t.Fatalf("%d answers take %d bytes, more than half as much again as %d", i, n, most)
		}
	}
	if k.get(1, "id=a0") != nil {
		t.Error("nothing was ever forgotten")
	}
}

// A list is made once for a version, and counted each time that it is sent.
func TestListsAreMadeOnce(t *testing.T) {
	rec := newShelf()
	rec.steady = true
	asked := make(chan query, 100)
	rec.asked = asked
	s := newServer(rec)
	made := func(n int, targets ...string) {
		t.Helper()
		for _, target := range targets {
			if res := get(s, "/v1/related?"+target); res.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", target, res.Code, res.Body)
			}
		}
		if got := len(asked); got != n {
			t.Errorf("%q: %d lists were made, want %d", targets, got, n)
		}
		for len(asked) > 0 {
			<-asked
		}
	}
	made(1, "id=a1", "id=a1", "id=a1")
	made(2, "id=a1", "id=a1&limit=1", "limit=1&id=a1", "id=a1&limit=1")
	if first, again := get(s, "/v1/related?id=a1"), get(s, "/v1/related?id=a1"); first.Body.String() != again.Body.String() || first.Header().Get("ETag") != again.Header().Get("ETag") {
		t.Error("an answer that was kept differs from what was sent before")
	}
	if got := get(s, "/metrics").Body.String(); !strings.Contains(got, "alsolike_list_links_count 9\n") || !strings.Contains(got, `alsolike_links_total{source="algorithm"} 15`) {
		t.Errorf("lists sent were not counted:\n%s", got)
	}

	long := "id=a1&limit=2&exclude=" + strings.Repeat("x", 500) + "&exclude=" + strings.Repeat("y", 500) + "&exclude=z"
	made(2, long, long)
	get(s, "/v1/related?id=nobody")
	get(s, "/v1/related?id=nobody")
	made(2)
	rec.passing = true
	made(2, "id=a2", "id=a2")
	rec.passing = false
	s.now = func() time.Time { return time.Now().Add(2 * time.Hour) } // past the moment until which the version holds
	made(2, "id=a1", "id=a1")
	s.now, rec.steady = time.Now, false // now every version is another
	made(3, "id=a1", "id=a1", "id=a1")
}
