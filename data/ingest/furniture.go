package ingest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// What belongs to a page and not to its article is known by its words alone,
// in the languages of the sites that this was made for first.

// furniture are whole lines, lower case, without punctuation at their ends.
var furniture = set(
	"back to top", "top", "go to top", "scroll to top", "to the top", "return to top", "返回顶部", "回到顶部", "返回頂部", "回到頂部", "nach oben", "haut de page", "volver arriba",
	"share", "share this", "share this article", "share on facebook", "share on twitter", "share on x", "share on linkedin", "share via email", "tweet", "facebook", "twitter", "linkedin", "whatsapp", "wechat", "weibo", "email this", "分享", "分享到", "teilen", "partager", "compartir",
	"print", "print this page", "print this article", "打印", "列印", "drucken", "imprimer", "imprimir", "email", "save", "copy link", "text size", "font size", "a a a",
	"home", "menu", "search", "skip to content", "skip to main content", "skip to navigation", "sign in", "log in", "login", "subscribe", "subscribe now", "newsletter", "首页", "首頁",
	"advertisement", "advertising", "sponsored", "广告", "廣告", "anzeige", "publicité", "publicidad",
	"leave a comment", "post a comment", "add a comment", "view comments", "comments", "follow us", "accept cookies", "cookie settings", "all rights reserved", "next article", "previous article",
)

// tails are lines after which only furniture comes: headings of lists of links.
var tails = set(
	"you might also like", "you may also like", "related", "related articles", "related posts", "related stories", "related content", "related reading", "recommended", "recommended for you", "recommended reading", "more from this author", "more on this topic", "more like this", "read next", "read more", "most read", "most popular", "trending", "latest articles", "also on this site",
	"你可能也喜欢", "你可能也喜歡", "你可能还喜欢", "你可能還喜歡", "相关文章", "相關文章", "相关阅读", "相關閱讀", "推荐阅读", "推薦閱讀", "热门文章", "熱門文章", "関連記事", "das könnte sie auch interessieren", "vous aimerez aussi", "también te puede interesar",
)

// languageNames are what bars of languages are made of, lower case.
var languageNames = set(
	"english", "简体", "繁體", "繁体", "简体中文", "繁體中文", "繁体中文", "中文", "中文简体", "中文繁體", "中文(简体)", "中文(繁體)", "简", "繁", "简中", "繁中", "正體中文", "日本語", "한국어", "deutsch", "français", "español", "português", "italiano",
	"русский", "українська", "العربية", "nederlands", "polski", "türkçe", "tiếng việt", "bahasa indonesia", "български", "हिन्दी", "svenska", "dansk", "suomi", "norsk", "čeština", "ελληνικά", "עברית", "magyar", "română", "ไทย",
	"en", "de", "fr", "es", "pt", "it", "ru", "ja", "ko", "zh", "cn", "tw", "eng", "chinese", "german", "french", "spanish", "japanese", "korean", "russian", "arabic", "portuguese",
)

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, word := range words {
		m[word] = true
	}
	return m
}

// phrase is a line as furniture and tails have it.
func phrase(line string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.TrimFunc(line, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})), " "))
}

// isFurniture reports whether a line belongs to the page.
func isFurniture(line string) bool {
	const longest = 200 // bytes: a bar of twenty languages
	return line != "" && len(line) <= longest && (furniture[phrase(line)] || isLanguageBar(line))
}

// isLanguageBar reports whether a line holds nothing but names of languages,
// two at least.
func isLanguageBar(line string) bool {
	before, after, ok := strings.Cut(strings.ReplaceAll(line, "：", ":"), ":")
	if label := phrase(before); ok && slices.Contains([]string{"language", "languages", "语言", "語言", "sprache", "langue", "idioma", "言語"}, label) {
		line = after
	}
	words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("|/,·•;、，", r)
	})
	for i := 0; i < len(words); i++ {
		if i+1 < len(words) && languageNames[words[i]+" "+words[i+1]] {
			i++
		} else if !languageNames[words[i]] {
			return false
		}
	}
	return len(words) >= 2
}

// cutTail cuts lines off at the heading of a list of links, if no text follows.
func cutTail(lines []string) []string {
	for i := len(lines) - 1; i >= 0; i-- {
		switch {
		case tails[phrase(lines[i])]:
			lines = lines[:i]
		case isProse(lines[i]):
			return lines
		}
	}
	return lines
}

const bullets = "•·●▪‣∙◦*–—- \t"

// isBullet reports whether a line is an item of a list.
func isBullet(line string) bool {
	trimmed := strings.TrimLeft(line, bullets)
	return trimmed != "" && len(trimmed) < len(line)
}

var authorPrefix = regexp.MustCompile(`^(?:(?i:written by|by|authors?|von|par|autor|autora|auteur|di|door)\s*[:：]?\s+|(?i:authors?|autor|auteur)\s*[:：]\s*|(?:作者|文|撰文|记者|記者)\s*[:：/／丨|]\s*)(.+)$`)

// authorLine reads a line that says who wrote the page.
func authorLine(line string) (names []string, ok bool) {
	m := authorPrefix.FindStringSubmatch(strings.TrimLeft(line, bullets))
	if m == nil || isProse(line) || endsSentence(line) && !strings.HasSuffix(line, "Jr.") {
		return nil, false
	}
	const most = 100 // bytes: a few names
	names = splitNames(m[1])
	return names, len(m[1]) <= most && len(names) > 0
}

var nameSeparator = regexp.MustCompile(`\s*(?:,|;|、|，|/|&|\band\b|\bund\b|\bet\b)\s*`)

func splitNames(s string) []string {
	var names []string
	for _, name := range nameSeparator.Split(strings.TrimSpace(s), -1) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

var (
	datePrefix = regexp.MustCompile(`^(?i:published|posted|updated|last updated|date|发布时间|發布時間|发布于|日期)(?i:\s+(?:on|at))?\s*[:：]?\s*`)
	dateForms  = []*regexp.Regexp{ // with year, month and day in groups of these names
		regexp.MustCompile(`^(?P<y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?(?:$|[ T,，])`),
		regexp.MustCompile(`^(?:\pL+\s*,\s*)?(?P<m>\pL{3,9})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?\s*,?\s*(?P<y>\d{4})(?:$|[ ,|])`),
		regexp.MustCompile(`^(?:\pL+\s*,\s*)?(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<m>\pL{3,9})\.?\s*,?\s*(?P<y>\d{4})(?:$|[ ,|])`),
		regexp.MustCompile(`^(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:$|[ ,|])`),
	}
	months = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
)

// parseDateLine reads a line that is a date and little else, such as a time of day.
func parseDateLine(line string) (time.Time, bool) {
	const most = 50 // bytes
	line = strings.TrimLeft(line, bullets)
	if len(line) > most {
		return time.Time{}, false
	}
	line = datePrefix.ReplaceAllString(line, "")
	for _, form := range dateForms {
		m := form.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		part := func(name string) string { return m[form.SubexpIndex(name)] }
		year, _ := strconv.Atoi(part("y"))
		day, _ := strconv.Atoi(part("d"))
		month, err := strconv.Atoi(part("m"))
		if name := strings.ToLower(part("m")); err != nil {
			month = 1 + slices.IndexFunc(months, func(month string) bool { return strings.HasPrefix(name, month) })
		}
		date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		if year >= 1000 && month >= 1 && date.Day() == day && int(date.Month()) == month {
			return date, true
		}
	}
	return time.Time{}, false
}
