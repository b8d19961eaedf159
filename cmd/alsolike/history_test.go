package main

import (
	"encoding/csv"
	"strings"
	"testing"
)

// Whatever editors did to the lists is written down, and taken back from the newest
// change to the oldest it leaves the lists as they were.
func TestHistory(t *testing.T) {
	oneByOne(t)
	s := withSample(t)
	s.environ = append(s.environ, "USER=jo")
	const article, target = "en/harbour-cranes", "en/cod-quota"
	first := s.ok("export", "related")
	s.ok("override", "add", "--article", article, "--target", target, "--action", "pin", "--author", "mei", "--note", "=1+1")
	pinned := s.ok("export", "related")
	s.ok("override", "pause", "1")
	s.ok("override", "resume", "1", "--author", "mei")
	s.ok("override", "import", s.file("o.csv", "article,target,action,author\n*,en/grey-bank-turbines,hide,ann\n"), "--author", "@lee")
	s.ok("override", "remove", "1")

	var rows []historyRow
	s.decode(&rows, "history", "list", "--people", "--json")
	var got []string
	for _, r := range rows {
		got = append(got, r.Action+" "+r.Subject+" by "+r.Author)
		if r.Revertible != (r.ID >= 5) || (r.Before == nil) != (r.Action == "add") || (r.After == nil) != (r.Action == "remove") {
			t.Errorf("got %+v", r)
		}
	}
	if want := "remove 1 by jo, add 2 by @lee, resume 1 by mei, pause 1 by jo, add 1 by mei"; strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	for _, c := range []struct {
		ids  string
		args []string
	}{
		{"6 5 4 3 2", []string{"--kind", "override"}},
		{"", []string{"--kind", "rule"}},
		{"4 2", []string{"--author", "mei"}},
		{"6 4 3 2", []string{"--article", target}},
		{"5", []string{"--article", "en/grey-bank-turbines"}},
		{"6 5", []string{"--limit", "2"}},
		{"6 5 4 3 2 1", []string{"--since", "2026-01-01"}}, // the first is of the refresh
		{"6 5 4 3 2", []string{"--since", "2026-01-01", "--people"}},
		{"", []string{"--until", "2026-01-01"}},
	} {
		table := s.ok(append([]string{"history", "list"}, c.args...)...)
		var ids []string
		for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
			if i > 0 {
				ids = append(ids, strings.Fields(line)[0])
			}
		}
		if strings.Join(ids, " ") != c.ids {
			t.Errorf("history list %q: got\n%s", c.args, table)
		}
	}
	cells, err := csv.NewReader(strings.NewReader(s.ok("history", "export"))).ReadAll()
	if err != nil || len(cells) != 7 || cells[2][2] != "'@lee" || cells[0][0] != "id" || strings.Contains(cells[2][11], `"author":"@lee"`) {
		t.Errorf("%v\n%q", err, cells)
	}
	if lines := s.ok("history", "export", "--format", "jsonl", "--author", "mei"); strings.Count(lines, "\n") != 2 || !strings.Contains(lines, `"note":"=1+1"`) {
		t.Errorf("as JSON lines:\n%s", lines)
	}

	s.fails(1, []string{"change 2 cannot be reverted: override 1 has been changed again since", "by jo (change 6); revert that one first"}, "history", "revert", "2")
	s.fails(1, []string{"change 1 cannot be reverted: it put the first snapshot into service"}, "history", "revert", "1")
	s.fails(1, []string{"there is no change 99"}, "history", "revert", "99")
	s.fails(2, []string{`"x" is not the number of a change`}, "history", "revert", "x")
	s.fails(2, []string{`--kind is "pin"`}, "history", "list", "--kind", "pin")
	s.fails(2, []string{"--limit is 0"}, "history", "list", "--limit", "0")
	s.fails(2, []string{`--format is "xml"`}, "history", "export", "--format", "xml")
	s.fails(2, []string{"an argument is missing"}, "history", "revert")

	if out := s.ok("history", "revert", "5", "6", "--author", "mei"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "Change 6 is reverted by change 7: override 1 is back again (en/cod-quota is pinned to position 1 under en/harbour-cranes).") {
		t.Errorf("got\n%s", out)
	}
	if s.ok("export", "related") != pinned {
		t.Error("with the pin alone the lists are not those of before")
	}
	s.ok("history", "revert", "2", "3", "4")
	if s.ok("export", "related") != first {
		t.Error("with everything reverted the lists are not the first ones")
	}
	if all := s.ok("override", "list", "--json"); strings.TrimSpace(all) != "[]" {
		t.Errorf("there still are %s", all)
	}
	if table := s.ok("history", "list", "--limit", "1"); !strings.Contains(table, "jo") || !strings.Contains(table, "remove (reverts 2)") {
		t.Errorf("got\n%s", table)
	}
}
