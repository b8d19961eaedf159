package data

import (
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// CanonicalURL is the spelling of a URL by which articles are found: two URLs
// with the same one are taken to name one page. CanonicalURL(CanonicalURL(s))
// is CanonicalURL(s).
//
// Of an address on the web it makes
//
//   - the scheme https; the host lower case, in ASCII (punycode), without
//     "amp." and final dot; no user, and no port 80 or 443
//   - the path without dot segments, trailing slashes and the "amp" that
//     stands first or last in it
//   - the query sorted by name, without what only serves tracking (utm_…,
//     gclid, …) and without amp
//   - percent-encoding only where it is needed, with capital digits
//   - no fragment
//
// A path without host ("/a/b", as sites have it that do not know their own
// address) stays one. Anything else, such as "mailto:…" or a host that cannot
// be, comes back as it is but for space around it.
func CanonicalURL(raw string) string {
	raw = strings.TrimSpace(raw)
	rest, hasHost, ok := cutScheme(raw)
	if !ok {
		return raw
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, query, _ := strings.Cut(rest, "?")
	prefix := ""
	if hasHost {
		end := strings.IndexByte(rest+"/", '/')
		host, ok := canonicalHost(rest[:end])
		if !ok {
			return raw
		}
		prefix, rest = "https://"+host, rest[end:]
		if rest == "" {
			rest = "/"
		}
	}
	path := canonicalPath(rest, hasHost)
	if query = canonicalQuery(query); query != "" {
		path += "?" + query
	}
	return prefix + path
}

// cutScheme takes "http://", "https://" or "//" off an address on the web and
// reports whether there was one. It is not ok if s is of another scheme.
func cutScheme(s string) (rest string, hasHost, ok bool) {
	if rest, found := strings.CutPrefix(s, "//"); found {
		return rest, true, true
	}
	scheme, rest, found := strings.Cut(s, ":")
	if !found || !isScheme(scheme) {
		return s, false, true
	}
	rest, found = strings.CutPrefix(rest, "//")
	return rest, true, found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

func isScheme(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) && (i == 0 || !isDigit(s[i]) && strings.IndexByte("+-.", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// canonicalHost is the host and port of an authority; not ok if it is none.
func canonicalHost(authority string) (host string, ok bool) {
	authority = authority[strings.LastIndexByte(authority, '@')+1:]
	host, port := authority, ""
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], strings.TrimLeft(authority[i+1:], "0")
	}
	if strings.ContainsFunc(port, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", false
	}
	if port == "80" || port == "443" {
		port = ""
	}
	if port != "" {
		port = ":" + port
	}
	host = strings.ToLower(host)
	if address, found := strings.CutPrefix(host, "["); found {
		address, found = strings.CutSuffix(address, "]")
		return host + port, found && address != "" && strings.Trim(address, "0123456789abcdef:.") == ""
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 }) {
		var err error
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return "", false
		}
	}
	host = strings.TrimRight(host, ".")
	for {
		rest, found := strings.CutPrefix(host, "amp.")
		if !found || !strings.Contains(rest, ".") {
			break
		}
		host = rest
	}
	isName := host != "" && strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
	return host + port, isName
}

// canonicalPath never makes a path that would be read as a host or a scheme.
func canonicalPath(path string, hasHost bool) string {
	path = escape(path, pathBytes)
	if !strings.HasPrefix(path, "/") {
		return strings.ReplaceAll(strings.TrimRight(path, "/"), ":", "%3A")
	}
	path = withoutDots(path)
	for before := 0; before != len(path); { // only ever cut shorter, never copied: anyone may ask for any address
		before = len(path)
		if path = strings.TrimRight(path, "/"); path == "" {
			return "/"
		}
		if !hasHost {
			path = path[len(path)-len(strings.TrimLeft(path, "/"))-1:]
		}
		if story, found := strings.CutSuffix(path, "/amp"); found && story != "" {
			path = story
		}
		if strings.HasPrefix(path, "/amp/") && len(path) > len("/amp/") {
			path = path[len("/amp"):]
		}
	}
	return path
}

// withoutDots resolves the segments "." and ".." of a path that starts with "/".
func withoutDots(path string) string {
	if !strings.Contains(path, "/.") {
		return path
	}
	segments := strings.Split(path[1:], "/")
	kept := segments[:0]
	for i, segment := range segments {
		last := i == len(segments)-1
		switch segment {
		case ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
			last = false
		}
		if last { // a folder
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/")
}

func canonicalQuery(query string) string {
	if query == "" {
		return ""
	}
	type parameter struct{ name, text string }
	var kept []parameter
	for text := range strings.SplitSeq(query, "&") {
		text = escape(strings.ReplaceAll(text, "+", "%20"), queryBytes)
		name, value, hasValue := strings.Cut(text, "=")
		if text == "" || isNoise(strings.ToLower(name), strings.ToLower(value)) {
			continue
		}
		if hasValue && value == "" {
			text = name // "a=" says no more than "a"
		}
		if text != "" {
			kept = append(kept, parameter{name, text})
		}
	}
	slices.SortStableFunc(kept, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for i, p := range kept {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// WithoutTracking is the URL of a page without what CanonicalURL leaves out of
// its query: the link to show, where a feed or a page marks its own links for
// statistics. The rest stays as it is.
func WithoutTracking(url string) string {
	address, fragment, hasFragment := strings.Cut(url, "#")
	path, query, found := strings.Cut(address, "?")
	if !found {
		return url
	}
	var kept []string
	for text := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(strings.ToLower(escape(text, queryBytes)), "=")
		if !isNoise(name, value) {
			kept = append(kept, text)
		}
	}
	if len(kept) > 0 {
		path += "?" + strings.Join(kept, "&")
	}
	if hasFragment {
		path += "#" + fragment
	}
	return path
}

// trackingPrefixes and tracking name the parameters with which campaigns,
// advertisers, newsletters and statistics mark links.
var (
	trackingPrefixes = []string{"utm_", "mtm_", "pk_", "piwik_", "hsa_", "_hs", "wt_", "at_", "oly_", "vero_", "ga_"}
	tracking         = map[string]bool{
		"gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "fbclid": true, "msclkid": true,
		"yclid": true, "ysclid": true, "twclid": true, "ttclid": true, "li_fat_id": true, "igshid": true, "igsh": true,
		"mc_cid": true, "mc_eid": true, "mkt_tok": true, "_ga": true, "_gl": true, "_ke": true, "s_cid": true, "xtor": true,
		"spm": true, "ref_src": true, "ref_url": true, "hsctatracking": true, "guccounter": true,
		"guce_referrer": true, "guce_referrer_sig": true, "fb_action_ids": true, "fb_action_types": true,
		"fb_source": true, "srsltid": true, "epik": true, "wickedid": true, "trk": true, "trkcampaign": true,
	}
)

// isNoise reports whether a parameter says nothing of the page: it tracks, or
// asks for the amp version.
func isNoise(name, value string) bool {
	if tracking[name] || name == "amp" || name == "outputtype" && value == "amp" {
		return true
	}
	return slices.ContainsFunc(trackingPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// What may stand in a path and in a query as it is, beside letters and digits
// (RFC 3986, 3.3 and 3.4).
const (
	pathBytes  = "-._~!$&'()*+,;=:@/"
	queryBytes = "-._~!$'()*,;:@/?=&"
	// inert bytes mean the same whether or not they are encoded; the others of
	// the lists above may set something off.
	inert = "-._~!$'()*,:@"
)

// escape encodes what is not in plain and decodes what need not be encoded.
func escape(s, plain string) string {
	const digits = "0123456789ABCDEF"
	isPlain := func(c byte, plain string) bool {
		return isLetter(c) || isDigit(c) || strings.IndexByte(plain, c) >= 0
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c = unhex(s[i+1])<<4 | unhex(s[i+2])
			i += 2
			if isPlain(c, inert) {
				b.WriteByte(c)
				continue
			}
		} else if isPlain(c, plain) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
