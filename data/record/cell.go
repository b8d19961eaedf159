package record

import "strings"

// EscapeCell is a cell of CSV as it is safe to open in a spreadsheet: one that would be
// taken for a formula stands behind an apostrophe, and so does one that has apostrophes
// there already, so that UnescapeCell takes off what this put on, and no more.
func EscapeCell(cell string) string {
	if formula(cell) {
		return "'" + cell
	}
	return cell
}

// UnescapeCell is what EscapeCell has made the cell of.
func UnescapeCell(cell string) string {
	if strings.HasPrefix(cell, "'") && formula(cell) {
		return cell[1:]
	}
	return cell
}

// formula reports whether a spreadsheet might take the cell for one, but for the
// apostrophes before it.
func formula(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(rest)[0])
}
