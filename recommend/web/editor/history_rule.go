package editor

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/data"
)

// rule tells what has become of a rule, or of the order of all. Of a change it tells the
// sentence and the note that were there before, where these differ.
func (t *historyTeller) rule(row *historyRow) error {
	e := &row.HistoryEntry
	if e.Action == data.ActionMove {
		var ids []int64
		if err := json.Unmarshal(e.After, &ids); err != nil {
			return err
		}
		numbers := make([]string, len(ids))
		for i, id := range ids {
			numbers[i] = strconv.FormatInt(id, 10)
		}
		row.What, row.Subject = t.T("history.order", strings.Join(numbers, ", ")), ""
		return nil
	}
	var rules [2]*data.Rule // before and after
	var said [2]string
	for i, state := range []json.RawMessage{e.Before, e.After} {
		if state == nil {
			continue
		}
		rules[i] = new(data.Rule)
		err := json.Unmarshal(state, rules[i])
		if err == nil && rules[i].Target != "" {
			_, err = t.title(rules[i].Target)
		}
		if err != nil {
			return err
		}
		said[i] = t.RuleSentence(*rules[i], t.titles)
	}
	before, after := rules[0], rules[1]
	switch {
	case before == nil || after == nil:
		about := after
		if after == nil {
			about = before
		}
		row.What = said[0] + said[1]
		if about.Note != "" {
			row.Details = []historyDetail{{Name: t.T("history.note"), After: about.Note}}
		}
		return nil
	case said[0] != said[1]:
		row.Details = []historyDetail{{Name: t.T("history.before"), After: said[0]}}
	}
	row.What = said[1]
	if before.Note != after.Note {
		row.Details = append(row.Details, historyDetail{t.T("history.note"), before.Note, after.Note, true})
	}
	return nil
}
