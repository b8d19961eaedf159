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
	return map[string]any{
		"lsa.rank": rank, "lsa.seed": o.LSA.Seed, "lsa.min_df": cmp.Or(o.LSA.MinDocFreq, 2),
		"lsa.max_df": cmp.Or(o.LSA.MaxDocFreq, 0.5), "neighbours.k": o.K,
		"analysis.stop_words": !o.LSA.Rules.KeepStopWords, "analysis.stemming": !o.LSA.Rules.KeepEndings,
	}
}

// otherConfig says in words which setting is no longer that of the snapshot with
// manifest m; "" if all are.
func (o *Options) otherConfig(m *snapshot.Manifest) string {
	if asked := m.Fit.RankAsked; asked != o.LSA.Rank {
		return fmt.Sprintf("lsa.rank was %s and is %s", rankName(asked), rankName(o.LSA.Rank))
	}
	now := o.config(m.Rank)
	if hashJSON(now) == m.ConfigHash {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(now)) {
		if was, is := fmt.Sprint(m.Config[key]), fmt.Sprint(now[key]); was != is {
			return fmt.Sprintf("%s was %s and is %s", key, was, is)
		}
	}
	return "the settings have changed"
}

func rankName(rank int) string {
	if rank == 0 {
		return "left to the number of articles"
	}
	return fmt.Sprint(rank)
}

func hashJSON(v any) string {
	b, err := json.Marshal(v) // sorts the keys of a map
	if err != nil {
		panic("refresh: configuration holds a value that is no JSON")
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
