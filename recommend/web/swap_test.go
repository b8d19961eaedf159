package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/datatest"
	"github.com/alsolike/alsolike/embed"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/knn"
	"github.com/alsolike/alsolike/recommend/snapshot"
)

const swapArticles = 40

func swapID(row int) data.ArticleID { return data.ArticleID(fmt.Sprintf("a%02d", row)) }

// swapContents is a snapshot in which every article links only to those of that
// parity.
func swapContents(parity int) snapshot.Contents {
	const k = swapArticles / 2
	c := snapshot.Contents{
		Vectors:    embed.Dense{Rows: swapArticles, Dim: 2, Data: make([]float32, 2*swapArticles)},
		Candidates: knn.Lists{K: k, Len: make([]int32, swapArticles), Data: make([]knn.Neighbour, k*swapArticles)},
		Model:      strings.NewReader(fmt.Sprintf("model %d", parity)),
		Manifest:   snapshot.Manifest{Created: noon.Add(time.Duration(parity) * time.Hour), Scales: snapshot.Scales{"en": {Quantiles: make([]float32, 101)}}},
	}
	for row := range swapArticles {
		id := swapID(row)
		c.Cards = append(c.Cards, data.Card{ID: id, Title: string(id), URL: "/" + string(id), Lang: "en", Group: id, State: data.Published})
		c.Vectors.Row(row)[0] = 1
		for to := parity; to < swapArticles; to += 2 {
			if to != row {
				n := c.Candidates.Len[row]
				c.Candidates.Data[row*k+int(n)] = knn.Neighbour{Row: int32(to), Cosine: 1 - float32(to)/100}
				c.Candidates.Len[row]++
			}
		}
	}
	return c
}

// Snapshots are swapped while many ask over real connections: every answer is a
// list, and every list is of one snapshot, the one that it names.
func TestSnapshotSwapUnderLoad(t *testing.T) {
	dir, err := snapshot.OpenDir(filepath.Join(t.TempDir(), "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	var ids [2]string
	for parity := range ids {
		if ids[parity], err = dir.Write(t.Context(), swapContents(parity)); err != nil {
			t.Fatal(err)
		}
	}
	log := slog.New(slog.DiscardHandler)
	engine, err := recommend.New(datatest.NewStore(time.Now), dir, recommend.Options{Secret: []byte("secret"), Poll: time.Millisecond, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	url, stop, served := start(t, New(Config{Recommender: engine, Log: log}))
	watching, stopWatching := context.WithCancel(t.Context())
	watched := make(chan error, 1)
	go func() { watched <- engine.Watch(watching) }()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}

	if err := dir.Publish(ids[0]); err != nil {
		t.Fatal(err)
	}
	waitReady(t, client, url, ids[0])

	var (
		asking sync.WaitGroup
		swaps  = make(chan struct{}) // closed when there are no more
		mu     sync.Mutex
		bodies = map[string]string{} // by snapshot and article
		counts [2]int                // answers of each snapshot
	)
	for worker := range 8 {
		asking.Go(func() {
			for i := worker; ; i++ {
				select {
				case <-swaps:
					return
				default:
				}
				id := swapID(i % swapArticles)
				body, err := ask(client, url+"/v1/related?limit=12&id="+string(id))
				if err != nil {
					t.Error(err)
					return
				}
				var list relatedResponse
				if err := json.Unmarshal(body, &list); err != nil {
					t.Error(err)
					return
				}
				parity := 0
				if list.Snapshot == ids[1] {
					parity = 1
				}
				if !ofOneSnapshot(list, ids[parity], parity) {
					t.Errorf("a mixed answer for %s: %s", id, body)
				}
				mu.Lock()
				key := list.Snapshot + " " + string(id)
				if first, seen := bodies[key]; seen && first != string(body) {
					t.Errorf("%s has two answers:\n%s%s", key, first, body)
				}
				bodies[key] = string(body)
				counts[parity]++
				mu.Unlock()
			}
		})
	}
	for i := range 30 {
		next := ids[(i+1)%2]
		if err := dir.Publish(next); err != nil {
			t.Error(err)
		}
		waitReady(t, client, url, next)
		time.Sleep(2 * time.Millisecond) // of load between two swaps
	}
	close(swaps)
	asking.Wait()

	if counts[0] < 100 || counts[1] < 100 {
		t.Errorf("%v answers of the two snapshots are too few to tell", counts)
	}
	t.Logf("%d and %d answers during 30 swaps", counts[0], counts[1])
	client.CloseIdleConnections()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	stopWatching()
	if err := <-watched; err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// ofOneSnapshot reports whether list is what the snapshot id of that parity has
// for its article: the first twelve of the parity, without the article itself.
func ofOneSnapshot(list relatedResponse, id string, parity int) bool {
	want := make([]string, 0, 12)
	for row := parity; len(want) < 12; row += 2 {
		if s := string(swapID(row)); s != list.Article.ID {
			want = append(want, s)
		}
	}
	if list.Snapshot != id || len(list.Items) != len(want) {
		return false
	}
	for i, item := range list.Items {
		if item.ID != want[i] || item.Position != i+1 {
			return false
		}
	}
	return true
}

// waitReady waits until the snapshot id is in service.
func waitReady(t *testing.T, client *http.Client, url, id string) {
	t.Helper()
	for range 2000 {
		if body, err := ask(client, url+"/readyz"); err == nil && strings.Contains(string(body), id) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s never came into service", id)
}

// ask is the body of a 200.
func ask(client *http.Client, url string) ([]byte, error) {
	res, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", url, res.Status, body)
	}
	return body, err
}
