package editor

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A Setting is one key of the running configuration.
type Setting struct {
	Name    string
	Value   string // as it was written; empty where the default holds
	Default string // in words; may be empty
	Effect  string // one line, in English
}

// A told text may be in another language than the page.
type told struct {
	Text string
	Lang string // "" is that of the page
}

// Effect says what a setting is for.
func (w words) Effect(s Setting) told { return w.told(s.Effect, effectKey(s)) }

// Standard says what holds where a setting is not set.
func (w words) Standard(s Setting) told {
	if isValue(s.Default) {
		return told{Text: s.Default}
	}
	return w.told(s.Default, standardKey(s))
}

// told is an English text in the reader's language, if it is that of the key.
func (w words) told(text, key string) told {
	switch {
	case w.lang == english:
		return told{Text: text}
	case texts[key][english] != text:
		return told{text, tags[english].tag}
	}
	return told{Text: w.T(key)}
}

// effectKey is the key of what is said of a setting. One of several that share a name,
// such as heading.en, is told of by that.
func effectKey(s Setting) string {
	for name := s.Name; ; {
		if _, ok := texts["effect."+name]; ok {
			return "effect." + name
		}
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			return ""
		}
		name = name[:dot]
	}
}

func standardKey(s Setting) string {
	if _, ok := texts["default."+s.Name]; ok {
		return "default." + s.Name
	}
	return "standard." + s.Default
}

// isValue reports whether a default is one that is written so in the configuration, in
// every language, or nothing.
func isValue(standard string) bool { return valuePattern.MatchString(standard) }

var valuePattern = regexp.MustCompile(`^([0-9.]+[a-zA-Z%]*|true|false|auto|always|UTC)?$`)

// CheckSettings reports what the pages cannot say in Chinese, or say of another English, if
// all are the settings that there may be, and the texts that are of none of these.
func CheckSettings(all []Setting) error {
	var faults []error
	used := map[string]bool{}
	for _, s := range all {
		effect, standard := effectKey(s), standardKey(s)
		used[effect], used[standard] = true, true
		if texts[effect][english] != s.Effect || !isValue(s.Default) && texts[standard][english] != s.Default {
			faults = append(faults, fmt.Errorf("editor: effectTexts do not have %q, default %q, of %s", s.Effect, s.Default, s.Name))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(effectTexts)) {
		if !used[key] {
			faults = append(faults, fmt.Errorf("editor: no setting needs the text %q", key))
		}
	}
	return errors.Join(faults...)
}
