package gate

import (
	"math"
	"strconv"
	"strings"
)

// Number writes x with three significant digits, and with its thousands apart:
// 0.0123, 4.56, 12,300.
func Number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "unknown"
	case math.IsInf(x, 0):
		return strings.Repeat("−", btoi(x < 0)) + "∞"
	case x == 0:
		return "0"
	}
	abs := math.Abs(x)
	decimals := min(max(2-int(math.Floor(math.Log10(abs))), 0), 6)
	s := strconv.FormatFloat(abs, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	whole, fraction, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if x < 0 && whole != "0" {
		return "−" + whole
	}
	return whole
}

// Signed is Number with the sign always there.
func Signed(x float64) string {
	if x > 0 {
		return "+" + Number(x)
	}
	return Number(x)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
