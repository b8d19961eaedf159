package editor

import (
	"strconv"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/reason"
)

// Wish says what an override does, and to which article.
func (w words) Wish(o wishRow) string {
	to := w.Called(o.To)
	if o.To.ID == "" {
		to = string(o.Target)
	}
	where := ""
	if o.Everywhere() {
		where = ".everywhere"
	}
	switch o.Action {
	case data.Pin:
		return w.T("wish.pin"+where, to, o.Position)
	case data.Hide:
		return w.T("wish.hide"+where, to)
	case data.Boost, data.Bury:
		return w.T("wish."+string(o.Action)+where, to, w.Times(o.Strength))
	}
	return w.T("wish.off")
}

// Rule says what an override does where its target is clear.
func (w words) Rule(o wishRow) string {
	where := ""
	if o.Everywhere() {
		where = ".everywhere"
	}
	switch o.Action {
	case data.Pin:
		return w.T("rule.pin"+where, o.Position)
	case data.Hide:
		return w.T("rule.hide" + where)
	}
	return w.T("rule."+string(o.Action)+where, w.Times(o.Strength))
}

// Times is a strength.
func (w words) Times(strength float64) string { return strconv.FormatFloat(strength, 'g', 3, 64) }

// Source is the key of what is said of where a link comes from.
func (w words) Source(s recommend.Source) string {
	if s == "" {
		s = recommend.Algorithm
	}
	return w.T("source." + string(s))
}

// A piece is a part of a sentence, and whether it is marked.
type piece struct {
	Text string
	Mark bool
}

// Pieces is a sentence with the marks of what carries it.
func (w words) Pieces(s reason.Sentence) (pieces []piece) {
	at := 0
	for _, m := range s.Marks {
		pieces = append(pieces, piece{s.Text[at:m.Start], false}, piece{s.Text[m.Start:m.End], true})
		at = m.End
	}
	return append(pieces, piece{s.Text[at:], false})
}
