package web

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/evaluation"
	"github.com/alsolike/alsolike/recommend/web/editor"
)

// askEvaluations asks for everything about evaluations that the contract has.
func askEvaluations(c *contract, request func(method, target string, role account.Role) *http.Request) {
	store := newEditorStore(c.t)
	session, err := store.StartSession(c.t.Context(), string(account.Viewer), "")
	if err != nil {
		c.t.Fatal(err)
	}
	config := newEditorConfig(c.t, store)
	folder := filepath.Join(c.t.TempDir(), evaluation.Folder)
	config.Evaluations = evaluation.Open(folder)
	s := New(Config{Recommender: newShelf(), Editor: config, Log: slog.New(slog.DiscardHandler)})
	ask := func(status int, target string, headers ...string) string {
		c.t.Helper()
		r := request("GET", editor.APIPrefix+"/evaluations"+target, account.Viewer)
		r.Header.Set("Cookie", "alsolike="+session)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		res, allowed := c.ask(s, r, "")
		if res.Code != status {
			c.t.Errorf("GET %s: got %d, want %d: %s", target, res.Code, status, res.Body)
		}
		if !allowed && res.Code < 400 {
			c.t.Errorf("GET %s: the contract forbids what was answered with %d", target, res.Code)
		}
		return res.Header().Get("ETag")
	}
	ask(200, "")
	report, err := os.ReadFile("../../eval/report/testdata/rich.golden.json")
	if err != nil {
		c.t.Fatal(err)
	}
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	id, err := config.Evaluations.Keep(noon, "rank 36", report, []byte("page"))
	if err != nil {
		c.t.Fatal(err)
	}
	broken, err := config.Evaluations.Keep(noon.Add(time.Second), "", []byte("{"), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	ask(304, "", "If-None-Match", ask(200, ""))
	ask(200, "?limit=1")
	ask(200, "?before="+broken)
	ask(400, "?limit=none")
	ask(304, "/"+id, "If-None-Match", ask(200, "/"+id))
	ask(409, "/"+broken)
	ask(404, "/none")
}
