package refresh

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/alsolike/alsolike/recommend/snapshot"
)

// config is the configuration that a snapshot's bytes depend on, with vectors of
// that rank.
func (o *Options) config(rank int) map[string]any {
	config := o.modelConfig(rank)
	maps.Copy(config, o.Ranking.config())
	return config
}

// modelConfig is the part of it that the model and the candidates depend on.
func (o *Options) modelConfig(rank int) map[string]any {
	return map[string]any{
		"lsa.rank": rank, "lsa.seed": o.LSA.Seed, "lsa.min_df": cmp.Or(o.LSA.MinDocFreq, 2),
		"lsa.max_df": cmp.Or(o.LSA.MaxDocFreq, 0.5), "neighbours.k": o.K,
		"analysis.stop_words": !o.LSA.Rules.KeepStopWords, "analysis.stemming": !o.LSA.Rules.KeepEndings,
	}
}

// otherConfig says in words which setting of the model is no longer that of the snapshot
// with manifest m; "" if all are. Other settings do not count: links are ranked anew by
// every refresh.
func (o *Options) otherConfig(m *snapshot.Manifest) string {
	if asked := m.Fit.RankAsked; asked != o.LSA.Rank {
		return fmt.Sprintf("lsa.rank was %s and is %s", rankName(asked), rankName(o.LSA.Rank))
	}
	now := o.modelConfig(m.Rank)
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if was, is := inJSON(m.Config[key]), inJSON(now[key]); was != is {
			return fmt.Sprintf("%s was %s and is %s", key, was, is)
		}
	}
	return ""
}

func rankName(rank int) string {
	if rank == 0 {
		return "left to the number of articles"
	}
	return fmt.Sprint(rank)
}

// inJSON is v, in which the keys of a map stand in order.
func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic("refresh: configuration holds a value that is no JSON")
	}
	return string(b)
}

func hashJSON(v any) string {
	sum := sha256.Sum256([]byte(inJSON(v)))
	return hex.EncodeToString(sum[:])
}
