package data_test

import (
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
	check("no action", func(o *data.Override) { o.Action = "" }, "action", `is ""; it may be pin or hide`)
	check("unknown action", func(o *data.Override) { o.Action = "boast" }, "action", `is "boast"`)
	late, early := time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600)), time.Date(1, 1, 1, 0, 0, 0, 0, time.FixedZone("", 3600))
	check("last moment", func(o *data.Override) { o.Until = late.Add(-1) }, "", "")
	check("too late", func(o *data.Override) { o.Until = late }, "until", "is in the year 10000")
	check("too early", func(o *data.Override) { o.From = early }, "from", "is in the year 0")
	check("ends at once", func(o *data.Override) { o.From, o.Until = now, now }, "until", "must come after from")
	check("ends before", func(o *data.Override) { o.From, o.Until = now, now.Add(-1) }, "until", "must come after from")
}
