package trec

import (
	"strconv"
	"strings"
)

// leadingInt is the whole number that s begins with, 0 where it begins with
// none: C's atol, by which parameters such as the 23.4 of ndcg_cut.23.4 are read.
func leadingInt(s string) int {
	end := 0
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		end = 1
	}
	end += digits(s[end:])
	n, _ := strconv.Atoi(s[:end]) // out of range: the nearest number
	return n
}

// leadingFloat is the number that s begins with, 0 where it begins with none: C's atof.
func leadingFloat(s string) float64 {
	end := 0
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		end = 1
	}
	whole := digits(s[end:])
	end += whole
	fraction := 0
	if strings.HasPrefix(s[end:], ".") {
		fraction = digits(s[end+1:])
		end += 1 + fraction
	}
	if whole+fraction == 0 {
		return 0
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		exponent := end + 1
		if exponent < len(s) && (s[exponent] == '-' || s[exponent] == '+') {
			exponent++
		}
		if n := digits(s[exponent:]); n > 0 {
			end = exponent + n
		}
	}
	x, _ := strconv.ParseFloat(s[:end], 64) // out of range: infinite
	return x
}

// digits is how many decimal digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
