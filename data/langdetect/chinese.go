package langdetect

import (
	"strings"
	"sync"

	"github.com/longbridgeapp/opencc"
)

// Characters of the common block, of which a bit each tells whether only one
// script has it.
const (
	firstHan = 0x4e00
	lastHan  = 0x9fff
)

type bits [(lastHan - firstHan + 64) / 64]uint64

func (b *bits) set(r rune)      { b[(r-firstHan)/64] |= 1 << ((r - firstHan) % 64) }
func (b *bits) has(r rune) bool { return b[(r-firstHan)/64]&(1<<((r-firstHan)%64)) != 0 }

// ownCharacters are the characters that only simplified and that only
// traditional Chinese has: those that OpenCC changes in one direction and not in
// the other. Its dictionaries are in memory only while the sets are made.
var ownCharacters = sync.OnceValue(func() (own struct{ simplified, traditional bits }) {
	toTraditional, toSimplified := converter("s2t"), converter("t2s")
	for r := rune(firstHan); r <= lastHan; r++ {
		traditional, simplified := toSimplified(r), toTraditional(r)
		switch {
		case traditional && !simplified:
			own.traditional.set(r)
		case simplified && !traditional:
			own.simplified.set(r)
		}
	}
	return own
})

// converter tells whether a conversion changes a character.
func converter(conversion string) func(rune) bool {
	c, err := opencc.New(conversion)
	if err != nil {
		panic("langdetect: " + err.Error()) // its dictionaries are embedded
	}
	return func(r rune) bool {
		converted, err := c.Convert(string(r))
		return err == nil && !strings.ContainsRune(converted, r)
	}
}

// countScripts counts the characters that only one script has.
func countScripts(text string) (simplified, traditional int) {
	own := ownCharacters()
	for _, r := range text {
		if r < firstHan || r > lastHan {
			continue
		}
		if own.simplified.has(r) {
			simplified++
		} else if own.traditional.has(r) {
			traditional++
		}
	}
	return simplified, traditional
}
