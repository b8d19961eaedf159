package token

import (
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// newEnglish returns a function that stems an English word, or makes it empty
// if it is a stop word. The function holds a buffer and is not for concurrent use.
func newEnglish() func(word string) string {
	env := snowballstem.NewEnv("")
	return func(word string) string {
		if stopWords[word] {
			return ""
		}
		if strings.ContainsFunc(word, notInWords) {
			return word // a code, number or abbreviation, such as u.s or covid19
		}
		env.SetCurrent(word)
		english.Stem(env)
		return env.Current()
	}
}

func notInWords(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }

// stopWords are English words that join others and name nothing themselves.
var stopWords = makeSet(`
	a an the this that these those each every either neither some any no none both all such same other another
	i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself
	we us our ours ourselves they them their theirs themselves who whom whose which what one
	and or but nor so yet if then than else because as while although though unless until since whether
	of at by for with without about against between among into through during before after above below
	to from up down in out on off over under again further upon within toward towards via per
	am is are was were be been being have has had having do does did doing done
	will would shall should can could may might must ought cannot
	not only own too very just also there here when where why how now once ever never more most less least
	it's he's she's that's there's what's let's i'm i've i'd i'll you're you've you'd you'll we're we've we'd we'll
	they're they've they'd they'll isn't aren't wasn't weren't hasn't haven't hadn't doesn't don't didn't
	won't wouldn't can't couldn't shouldn't mustn't`)

func makeSet(list string) map[string]bool {
	set := make(map[string]bool)
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}
