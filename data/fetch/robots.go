package fetch

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// robots is what a robots.txt says to one robot. The zero value allows all.
type robots struct {
	rules    []rule
	delay    time.Duration
	sitemaps []string
}

// A rule is for URLs that match pattern: a path with its query, of which "*" is
// any part and a final "$" the end.
type rule struct {
	pattern string
	allow   bool
}

// parseRobots reads robots.txt as robot may read it (RFC 9309): the groups that
// name it, or else those for "*". Lines that make no sense are passed over.
func parseRobots(text []byte, robot string) *robots {
	var mine, everyone robots
	var r robots
	named := false
	var forMe, forAll, inRules bool // of the present group
	for line := range strings.Lines(strings.TrimPrefix(strings.ReplaceAll(string(text), "\r", "\n"), "\ufeff")) {
		line, _, _ = strings.Cut(line, "#")
		key, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		value = strings.TrimSpace(value)
		switch key = strings.ToLower(strings.TrimSpace(key)); key {
		case "sitemap":
			r.sitemaps = append(r.sitemaps, value)
		case "user-agent":
			if inRules {
				forMe, forAll, inRules = false, false, false
			}
			forMe = forMe || product(value) == robot
			forAll = forAll || value == "*"
			named = named || forMe
		case "allow", "disallow", "crawl-delay":
			inRules = true
			if forMe {
				mine.add(key, value)
			}
			if forAll {
				everyone.add(key, value)
			}
		}
	}
	group := everyone
	if named {
		group = mine
	}
	r.rules, r.delay = group.rules, group.delay
	return &r
}

func (r *robots) add(key, value string) {
	switch {
	case key == "crawl-delay":
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
			r.delay = time.Duration(min(seconds, 1e6) * float64(time.Second))
		}
	case value != "":
		r.rules = append(r.rules, rule{plainPath(value), key == "allow"})
	}
}

// allow reports whether u may be fetched: the longest matching rule decides,
// and of equally long ones the one that allows.
func (r *robots) allow(u *url.URL) bool {
	path := cmp.Or(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	path = plainPath(path)
	allowed, longest := true, -1
	for _, rule := range r.rules {
		if len(rule.pattern) > longest || len(rule.pattern) == longest && rule.allow {
			if matches(rule.pattern, path) {
				allowed, longest = rule.allow, len(rule.pattern)
			}
		}
	}
	return allowed
}

// matches reports whether path starts as pattern says, or ends so too if that
// ends in "$". O(len(pattern)·len(path)).
func matches(pattern, path string) bool {
	pattern, whole := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, found := strings.CutPrefix(path, parts[0])
	if !found {
		return false
	}
	for i, part := range parts[1:] {
		if whole && i == len(parts)-2 {
			return strings.HasSuffix(rest, part)
		}
		if _, rest, found = strings.Cut(rest, part); !found {
			return false
		}
	}
	return !whole || rest == ""
}

// plainPath brings percent-encoding into one form: only where needed, in
// capital digits. Encoded "*" and "$" stay so: they are no wildcards.
func plainPath(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c, encoded := s[i], false
		if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c, encoded = byte(n), true
				i += 2
			}
		}
		unreserved := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
		if unreserved || !encoded && ' ' < c && c < 0x7f {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteString(strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:]))
	}
	return b.String()
}

// product is the name in a User-Agent, lower case: "alsolike" of "Alsolike/1.0 (…)".
func product(agent string) string {
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(agent)), " ")
	name, _, _ = strings.Cut(name, "/")
	return name
}
