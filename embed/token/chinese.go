package token

import (
	"strings"
	"unicode"

	"github.com/longbridgeapp/opencc"
)

// A hanFold maps Chinese characters to the Simplified ones they are counted as.
type hanFold struct {
	basic [0xA000 - firstHan]rune // 0: itself
	rare  map[rune]rune           // beyond those
}

const firstHan = 0x3400

var theHanFold lazy[hanFold]

// foldHan writes s in Simplified characters, all that either script can take for one
// another as one: 發 and 髮 as 发, and 著 as 着.
func foldHan(s string) string { return strings.Map(theHanFold.get(newHanFold).of, s) }

func (f *hanFold) of(r rune) rune {
	to := r
	switch {
	case r < firstHan:
		return r
	case r < 0xA000:
		to = f.basic[r-firstHan]
	default:
		to = f.rare[r]
	}
	if to == 0 {
		return r
	}
	return to
}

// exchanged are pairs of characters that differ in OpenCC's phrases only, as in 沉没
// for 沈沒.
const exchanged = "沉沈 具俱 夫伕 仇讎 并幷 熏薰 坐座 周賙 背揹 穗繐 戚鏚 酰醯 吣唚 昵暱"

// newHanFold reads OpenCC's characters: from Taiwan's and Hong Kong's to the common
// Traditional ones, and from these to the Simplified. Characters of which one may
// become the other make a class, and a class becomes the first Simplified one in it.
func newHanFold() hanFold {
	simplified := make(map[rune]rune) // first choices
	var pairs [][2]rune
	for _, name := range []string{"tw2s", "hk2s"} {
		cc, err := opencc.New(name)
		if err != nil {
			panic(err) // the tables are part of the binary
		}
		for step, group := range cc.DictChains {
			for _, dict := range group.Dicts {
				for _, id := range dict.Trie.PrefixPredict(nil, 0) {
					key, err := dict.Trie.Key(id)
					if err != nil {
						panic(err)
					}
					value, err := dict.Trie.Value(id)
					if err != nil {
						panic(err)
					}
					from := []rune(string(key))
					if len(from) > 1 {
						continue // a phrase
					}
					for i, choice := range dict.Values[value] {
						to := []rune(choice)[0]
						if last := step == len(cc.DictChains)-1; last && i == 0 && to != from[0] {
							simplified[from[0]] = to
						}
						pairs = append(pairs, [2]rune{from[0], to})
					}
				}
			}
		}
	}
	for pair := range strings.FieldsSeq(exchanged) {
		pairs = append(pairs, [2]rune([]rune(pair)))
	}

	parent := make(map[rune]rune)
	class := func(r rune) rune {
		for range 2 { // 薴 becomes 苧, and 苧 becomes 苎
			if to, ok := simplified[r]; ok {
				r = to
			}
		}
		for parent[r] != 0 {
			r = parent[r]
		}
		return r
	}
	for _, p := range pairs {
		if a, b := class(p[0]), class(p[1]); a != b {
			parent[max(a, b)] = min(a, b)
		}
	}
	f := hanFold{rare: make(map[rune]rune)}
	for _, p := range pairs {
		for _, r := range p {
			if firstHan <= r && r < 0xA000 {
				f.basic[r-firstHan] = class(r)
			} else {
				f.rare[r] = class(r)
			}
		}
	}
	return f
}

// looksChinese reports whether s has Chinese characters and no kana, which all
// Japanese has.
func looksChinese(s string) bool {
	han := false
	for _, r := range s {
		switch {
		case r < 0x3041:
		case r <= 0x30FF:
			return false
		default:
			han = han || unicode.Is(unicode.Han, r)
		}
	}
	return han
}
