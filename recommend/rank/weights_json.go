package rank

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alsolike/alsolike/data/spelling"
)

// MarshalJSON writes the weights by the names of their features, in the order of
// Kinds: {"cosine":1,"lexical":0.3,…}. It is an error if one is not finite.
func (w Weights) MarshalJSON() ([]byte, error) {
	if err := w.validate(); err != nil {
		return nil, err
	}
	b := []byte{'{'}
	for k, v := range w {
		number, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if k > 0 {
			b = append(b, ',')
		}
		b = append(fmt.Appendf(b, "%q:", Kind(k).String()), number...)
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes. Features that are not named keep the
// weights that w has. A name that no feature has is an error that tells the nearest
// one, and so are null and numbers that a float32 cannot hold; w stays as it is then.
func (w *Weights) UnmarshalJSON(b []byte) error {
	var named map[string]json.RawMessage
	if err := json.Unmarshal(b, &named); err != nil {
		return fmt.Errorf("rank: weights: %w", err)
	}
	if named == nil {
		return fmt.Errorf("rank: weights are null; they are an object with a number for each feature")
	}
	read := *w
	for _, name := range slices.Sorted(maps.Keys(named)) {
		k := slices.Index(kindNames[:], name)
		if k < 0 {
			return unknownFeature(name)
		}
		var v *float32
		if err := json.Unmarshal(named[name], &v); err != nil || v == nil {
			return fmt.Errorf("rank: the weight of %s is %s; it must be a number", name, named[name])
		}
		read[k] = *v
	}
	*w = read
	return nil
}

func unknownFeature(name string) error {
	if near := spelling.Nearest(name, kindNames[:]); near != "" {
		return fmt.Errorf("rank: there is no feature %q to weigh; did you mean %s?", name, near)
	}
	return fmt.Errorf("rank: there is no feature %q to weigh; features are %s", name, strings.Join(kindNames[:], ", "))
}
