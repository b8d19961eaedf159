package data_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/alsolike/alsolike/data"
)

func TestOverrideActive(t *testing.T) {
	hour := time.Hour
	check := func(name string, from, until time.Time, want bool) {
		t.Helper()
		o := data.Override{From: from, Until: until}
		if got := o.Active(now); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	check("for ever", time.Time{}, time.Time{}, true)
	check("begun", now.Add(-hour), time.Time{}, true)
	check("begins now", now, time.Time{}, true)
	check("begins later", now.Add(1), time.Time{}, false)
	check("ends later", time.Time{}, now.Add(1), true)
	check("ends now", time.Time{}, now, false)
	check("ended", now.Add(-2*hour), now.Add(-hour), false)
	check("within", now.Add(-hour), now.Add(hour), true)
	if o := (data.Override{Paused: true}); o.Active(now) {
		t.Error("a paused one holds")
	}
}

func TestOverrideInScope(t *testing.T) {
	check := func(o data.Override, lang data.Lang, placement string, want bool) {
		t.Helper()
		if got := o.InScope(lang, placement); got != want {
			t.Errorf("lang %q, placement %q under an article in %q as %q: got %v", o.Lang, o.Placement, lang, placement, got)
		}
	}
	check(data.Override{}, "en", "", true)
	check(data.Override{}, "", "side", true)
	check(data.Override{Placement: "side"}, "en", "side", true)
	check(data.Override{Placement: "side"}, "en", "", false)
	check(data.Override{Placement: "side"}, "en", "Side", false)
	check(data.Override{Lang: "zh"}, "zh-Hant", "", true)
	check(data.Override{Lang: "zh-Hant"}, "zh-Hant", "x", true)
	check(data.Override{Lang: "zh-Hant"}, "zh-Hans", "", false)
	check(data.Override{Lang: "en"}, "en-GB", "", true)
	check(data.Override{Lang: "en-GB"}, "en", "", false)
	check(data.Override{Lang: "und"}, "", "", true)
	check(data.Override{Lang: "en", Placement: "side"}, "en", "top", false)
	check(data.Override{Lang: "en", Placement: "side"}, "fr", "side", false)
}

func TestParseScope(t *testing.T) {
	for s, want := range map[string]data.Lang{"": "", " zh ": "zh", "ZH": "zh", "zh-tw": "zh-Hant", "cn": "zh-Hans", "en": "en", "en_GB": "en-GB", "und": "und"} {
		if got, err := data.ParseScope(s); got != want || err != nil {
			t.Errorf("%q: got %q, %v; want %q", s, got, err, want)
		}
	}
	_, err := data.ParseScope("klingon")
	checkInvalid(t, "klingon", err, "lang", `is "klingon", which is no language tag`)
}

func TestOverrideValidate(t *testing.T) {
	check := func(name string, change func(*data.Override), field, part string) {
		t.Helper()
		o := data.Override{Article: "a", Target: "b", Action: data.Pin, Position: 1}
		change(&o)
		checkInvalid(t, name, o.Validate(), field, part)
	}
	hide := func(o *data.Override) { o.Action, o.Position = data.Hide, 0 }
	check("pin", func(o *data.Override) {}, "", "")
	check("pin far down", func(o *data.Override) { o.Position = 1000 }, "", "")
	check("hide", hide, "", "")
	check("hide everywhere", func(o *data.Override) { hide(o); o.Article = data.Everywhere }, "", "")
	check("pin everywhere", func(o *data.Override) { o.Article = data.Everywhere }, "", "")
	check("dates", func(o *data.Override) { o.From, o.Until = now, now.Add(1) }, "", "")
	check("end alone", func(o *data.Override) { o.Until = now }, "", "")
	check("no article", func(o *data.Override) { o.Article = "" }, "article", "is missing")
	check("no target", func(o *data.Override) { o.Target = "" }, "target", "is missing")
	check("target everything", func(o *data.Override) { o.Target = "*" }, "target", "cannot be *")
	check("itself", func(o *data.Override) { o.Target = "a" }, "target", "is the article itself")
	check("position 0", func(o *data.Override) { o.Position = 0 }, "position", "is 0; a pin's position counts from 1")
	check("position -1", func(o *data.Override) { o.Position = -1 }, "position", "is -1")
	check("hide at a position", func(o *data.Override) { o.Action = data.Hide }, "position", "belongs to pins only")
	check("no action", func(o *data.Override) { o.Action = "" }, "action", `is ""; it may be pin, hide, boost, bury or off`)
	check("unknown action", func(o *data.Override) { o.Action = "boast" }, "action", `is "boast"; it may be pin, hide, boost, bury or off; did you mean boost?`)
	weigh := func(action data.Action, strength float64) func(*data.Override) {
		return func(o *data.Override) { o.Action, o.Position, o.Strength = action, 0, strength }
	}
	for _, strength := range []float64{1, 2.5, 10} {
		check("boost", weigh(data.Boost, strength), "", "")
	}
	for _, strength := range []float64{0, 0.5, 0.9} {
		check("bury", weigh(data.Bury, strength), "", "")
	}
	check("boost without strength", weigh(data.Boost, 0), "strength", "is 0; of a boost it is 1.0 to 10.0")
	check("too weak", weigh(data.Boost, 0.99), "strength", "is 0.99")
	check("too strong", weigh(data.Boost, 10.01), "strength", "is 10.01")
	check("no number", weigh(data.Boost, math.NaN()), "strength", "is NaN")
	check("bury upwards", weigh(data.Bury, 0.91), "strength", "is 0.91; of a bury it is 0.0, the last place, to 0.9")
	check("bury below", weigh(data.Bury, -0.1), "strength", "is -0.1")
	check("bury by nothing known", weigh(data.Bury, math.NaN()), "strength", "is NaN")
	check("strong pin", func(o *data.Override) { o.Strength = 2 }, "strength", "belongs to boost and bury only")
	check("boost at a position", func(o *data.Override) { o.Action, o.Strength = data.Boost, 2 }, "position", "belongs to pins only")
	off := func(o *data.Override) { o.Action, o.Position, o.Target = data.Off, 0, "" }
	check("off", off, "", "")
	check("off with a target", func(o *data.Override) { off(o); o.Target = "b" }, "target", "belongs to other actions")
	check("off everywhere", func(o *data.Override) { off(o); o.Article = "*" }, "article", "is *; off is for one article")
	check("off at a position", func(o *data.Override) { off(o); o.Position = 1 }, "position", "belongs to pins only")
	check("scope", func(o *data.Override) { o.Lang, o.Placement = "zh", "side" }, "", "")
	check("no language", func(o *data.Override) { o.Lang = "klingon" }, "lang", `is "klingon", which is no language tag`)
	check("another spelling", func(o *data.Override) { o.Lang = "zh-TW" }, "lang", `is "zh-TW", which is written zh-Hant`)
	check("long note", func(o *data.Override) { o.Note = strings.Repeat("x", 10_001) }, "note", "is longer than 10000 bytes")
	check("author in Latin-1", func(o *data.Override) { o.Author = "Ren\xe9" }, "author", "is not valid UTF-8")
	check("placement", func(o *data.Override) { o.Placement = "\xff" }, "placement", "is not valid UTF-8")
	late, early := time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600)), time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
	check("last moment", func(o *data.Override) { o.Until = late.Add(-1) }, "", "")
	check("too late", func(o *data.Override) { o.Until = late }, "until", "is in the year 10000")
	check("too early", func(o *data.Override) { o.From = early }, "from", "is in the year 0")
	check("ends at once", func(o *data.Override) { o.From, o.Until = now, now }, "until", "must come after from")
	check("ends before", func(o *data.Override) { o.From, o.Until = now, now.Add(-1) }, "until", "must come after from")
}
