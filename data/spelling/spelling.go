package spelling

import (
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Nearest is the name in known that word most likely means: the one with the
// fewest letters to change, whatever the case, and of equally near ones the
// first in byte order. It is empty when more than about a third of the letters
// would have to change.
func Nearest(word string, known []string) string {
	if word == "" {
		return ""
	}
	lower := strings.ToLower(word)
	best, bestDistance := "", utf8.RuneCountInString(word)/3+2 // one more than is near
	for _, name := range known {
		d := levenshtein.ComputeDistance(lower, strings.ToLower(name))
		if d < bestDistance || d == bestDistance && best != "" && name < best {
			best, bestDistance = name, d
		}
	}
	return best
}
