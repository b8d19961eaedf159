package ingest

import (
	"regexp"
	"strings"
)

var (
	// shortcode is a tag of WordPress, such as [gallery ids="1,2"], [/caption]
	// or [embed /]; doubled brackets quote one.
	shortcode = regexp.MustCompile(`\[?\[(/?)([A-Za-z][A-Za-z0-9_-]*)((?:[ \t\r\n][^\[\]]*)?)/?\]\]?`)
	// shortcodeAttributes are attributes, which no remark in brackets has.
	shortcodeAttributes = regexp.MustCompile(`[A-Za-z_-]\s*=\s*["'0-9A-Za-z]|https?://`)
	// linkShortcode is a shortcode around an address, which nobody reads.
	linkShortcode = regexp.MustCompile(`\[(embed|youtube|vimeo|audio|video|video_lightbox)[^\[\]]*\]\s*https?://[^\s\[\]]+\s*\[/(?:embed|youtube|vimeo|audio|video|video_lightbox)\]`)
)

// lonelyShortcodes are those that come without attributes and without an end.
var lonelyShortcodes = set("gallery", "audio", "video", "playlist", "more", "toc", "nextpage", "contact-form", "polldaddy", "archives", "sitemap", "slideshow", "googlemaps", "wp_sitemap_page")

// removeShortcodes removes the shortcodes of WordPress from s and leaves what
// stands between them. A word in brackets that is a part of the text, such as
// [sic], stays: a shortcode has attributes, an end somewhere, a name that is no
// word, or is known.
func removeShortcodes(s string) string {
	if !strings.Contains(s, "[") {
		return s
	}
	s = linkShortcode.ReplaceAllString(s, "")
	ended := map[string]bool{}
	for _, m := range shortcode.FindAllStringSubmatch(s, -1) {
		if m[1] == "/" {
			ended[m[2]] = true
		}
	}
	return shortcode.ReplaceAllStringFunc(s, func(tag string) string {
		m := shortcode.FindStringSubmatch(tag)
		name, attributes := m[2], m[3]
		known := ended[name] || lonelyShortcodes[strings.ToLower(name)] || strings.ContainsAny(name, "_-") || shortcodeAttributes.MatchString(attributes)
		if !known {
			return tag
		}
		if strings.HasPrefix(tag, "[[") && strings.HasSuffix(tag, "]]") {
			return tag[1 : len(tag)-1] // quoted: readers see the shortcode itself
		}
		kept := ""
		if strings.HasPrefix(tag, "[[") {
			kept = "["
		} else if strings.HasSuffix(tag, "]]") {
			kept = "]"
		}
		return kept
	})
}
