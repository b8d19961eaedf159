package token

import (
	"testing"

	"github.com/longbridgeapp/opencc"
)

// Whatever OpenCC's phrases make of a text, in either direction, is folded to the same.
func TestFoldHanKnowsAllPhrases(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a dictionary of 49,000 phrases")
	}
	for _, c := range []struct {
		conversion string
		phrases    int // at least
		others     int // phrases that are folded to something else, at most
	}{
		{"t2s", 277, 0},
		{"tw2s", 68, 0},
		{"hk2s", 156, 0},
		{"s2t", 49000, 3}, // 呆着, 荫蔽 and the Cantonese 讲下, of 49,061
	} {
		cc, err := opencc.New(c.conversion)
		if err != nil {
			t.Fatal(err)
		}
		phrases, others := 0, 0
		for _, group := range cc.DictChains {
			for _, dict := range group.Dicts {
				for _, id := range dict.Trie.PrefixPredict(nil, 0) {
					key, err := dict.Trie.Key(id)
					if err != nil {
						t.Fatal(err)
					}
					value, err := dict.Trie.Value(id)
					if err != nil {
						t.Fatal(err)
					}
					if len([]rune(string(key))) == 1 {
						continue
					}
					phrases++
					if converted := dict.Values[value][0]; foldHan(string(key)) != foldHan(converted) {
						others++
						t.Logf("%s: %s becomes %s, and %s %s", c.conversion, key, foldHan(string(key)), converted, foldHan(converted))
					}
				}
			}
		}
		if phrases < c.phrases || others > c.others {
			t.Errorf("%s: %d of %d phrases are folded to something else, want at most %d of %d or more",
				c.conversion, others, phrases, c.others, c.phrases)
		}
	}
}

func TestFoldHanIsIdempotent(t *testing.T) {
	for r := rune(0x3400); r < 0x32000; r++ {
		if once := foldHan(string(r)); foldHan(once) != once {
			t.Errorf("%c becomes %s, and that %s", r, once, foldHan(once))
		}
	}
}
