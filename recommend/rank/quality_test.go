package rank_test

import (
	"context"
	"testing"

	"github.com/alsolike/alsolike/recommend/rank"
)

func ranked(tb testing.TB, s *set, o rank.Options) (rank.Lists, rank.Health) {
	tb.Helper()
	lists, health, err := rank.Rank(context.Background(), &s.Corpus, o)
	if err != nil {
		tb.Fatal(err)
	}
	return lists, health
}

// tf-idf cosine of scikit-learn reaches .057 and .022, its LSA .054 and .021.
func TestQualityOfIBMCommunity(t *testing.T) {
	s := ibm(t)
	lists, health := ranked(t, s, rank.Options{})
	hr, rr := hits(s.reads, rows(lists, 10))
	t.Logf("hr@10 %.4f, mrr@10 %.4f of %d readers; %+v", mean(hr), mean(rr), len(hr), health)
	if len(s.Cards) != 1051 || len(hr) != 2504 {
		t.Errorf("got %d articles and %d readers, want 1051 and 2504", len(s.Cards), len(hr))
	}
	if mean(hr) < .062 || mean(rr) < .024 {
		t.Errorf("got hr@10 %.4f and mrr@10 %.4f, want at least .062 and .024", mean(hr), mean(rr))
	}
	if health.MostIn > 60 {
		t.Errorf("got %d links into one article, want at most 60", health.MostIn)
	}
}

// LSA of scikit-learn reaches .796 at rank 256, with 126 links into one article.
func TestQualityOfReuters(t *testing.T) {
	s := reuters(t)
	lists, health := ranked(t, s, rank.Options{})
	got := mean(purity(s.labels, rows(lists, 20)))
	t.Logf("purity@10 %.4f; %+v", got, health)
	if got < .80 {
		t.Errorf("purity@10: got %.4f, want at least .80", got)
	}
	if health.MostIn > 60 {
		t.Errorf("got %d links into one article, want at most 60", health.MostIn)
	}
	if health.OrphanShare > .02 {
		t.Errorf("got %.4f orphans, want at most .02", health.OrphanShare)
	}
}

// LSA of scikit-learn reaches .866, tf-idf cosine .846.
func TestQualityOfDRCD(t *testing.T) {
	s := drcd(t)
	lists, health := ranked(t, s, rank.Options{})
	got := mean(purity(s.labels, rows(lists, 20)))
	t.Logf("purity@10 %.4f; %+v", got, health)
	if got < .875 {
		t.Errorf("purity@10: got %.4f, want at least .875", got)
	}
}
