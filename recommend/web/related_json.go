package web

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// RelatedJSON is l as /v1/related answers it, indented for people to read.
func RelatedJSON(l recommend.List) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, appendList(nil, "", &l), "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// AppendListItems appends the id of l's article, a colon, and the items of l as
// /v1/related answers them: a member of a JSON object.
func AppendListItems(b []byte, l recommend.List) []byte {
	b = append(appendString(b, string(l.Article.ID)), ':')
	return appendItems(b, &l)
}

// appendList appends l, which is for that placement, as the contract writes it.
func appendList(b []byte, placement string, l *recommend.List) []byte {
	b = append(b, `{"recommendation_id":`...)
	b = appendString(b, l.RecommendationID)
	b = append(b, `,"snapshot":`...)
	b = appendString(b, l.Snapshot)
	b = append(b, `,"article":{"id":`...)
	b = appendString(b, string(l.Article.ID))
	b = append(b, ',')
	b = appendField(b, `"lang":`, string(l.Article.Lang))
	if l.Provisional {
		b = append(b, `"provisional":true,`...)
	}
	b = append(closed(b, '}'), ',')
	b = appendField(b, `"placement":`, placement)
	b = appendItems(append(b, `"items":`...), l)
	if l.Draw != nil {
		b = appendDraw(b, l.Draw)
	}
	if len(l.Rules) > 0 {
		b = append(b, `,"rules":[`...)
		for i := range l.Rules {
			b = append(b, `{"id":`...)
			b = append(strconv.AppendInt(b, l.Rules[i].ID, 10), `,"text":`...)
			b = append(appendString(b, l.Rules[i].Sentence()), "},"...)
		}
		b = closed(b, ']')
	}
	if l.Withheld != nil {
		b = append(b, `,"withheld":{`...)
		for _, reason := range slices.Sorted(maps.Keys(l.Withheld)) {
			b = append(appendString(b, reason), ':')
			b = append(strconv.AppendInt(b, int64(l.Withheld[reason]), 10), ',')
		}
		b = closed(b, '}')
	}
	return append(b, '}')
}

// appendItems appends the links of l.
func appendItems(b []byte, l *recommend.List) []byte {
	b = append(b, '[')
	for i := range l.Links {
		b = append(appendLink(b, l, i), ',')
	}
	return closed(b, ']')
}

// appendLink appends link i of l.
func appendLink(b []byte, l *recommend.List, i int) []byte {
	link := &l.Links[i]
	b = append(b, `{"id":`...)
	b = appendString(b, string(link.Card.ID))
	b = append(b, `,"position":`...)
	b = strconv.AppendInt(b, int64(link.Position), 10)
	b = append(b, `,"score":`...)
	b = strconv.AppendInt(b, int64(link.Score), 10)
	b = append(b, `,"source":`...)
	b = appendString(b, string(link.Source))
	if l.Draw != nil {
		b = append(b, `,"p":`...)
		b = appendFloat(b, l.Draw.P[i])
	}
	if link.Provisional {
		b = append(b, `,"provisional":true`...)
	}
	b = append(b, `,"card":`...)
	b = appendCard(b, &link.Card)
	if link.Reason != nil {
		b = append(b, `,"reason":{"text":`...)
		b = appendString(b, link.Reason.Text)
		if len(link.Reason.Terms) > 0 {
			b = append(b, `,"terms":[`...)
			for _, term := range link.Reason.Terms {
				b = append(appendString(b, term), ',')
			}
			b = closed(b, ']')
		}
		if s := &link.Reason.Sentences; s[0].Text != "" && s[1].Text != "" {
			b = append(b, `,"sentences":[`...)
			b = append(appendString(b, s[0].Text), ',')
			b = append(appendString(b, s[1].Text), ']')
		}
		if link.Rule != 0 {
			b = append(b, `,"rule":`...)
			b = strconv.AppendInt(b, link.Rule, 10)
		}
		b = append(b, '}')
	}
	return append(b, '}')
}

func appendCard(b []byte, c *data.Card) []byte {
	b = append(b, '{')
	b = appendField(b, `"title":`, c.Title)
	b = appendField(b, `"url":`, c.URL)
	if c.Image.Src != "" {
		b = append(b, `"image":{`...)
		b = appendField(b, `"src":`, c.Image.Src)
		b = appendField(b, `"alt":`, c.Image.Alt)
		b = append(closed(b, '}'), ',')
	}
	if !c.PublishedAt.IsZero() {
		b = append(b, `"published_at":"`...)
		b = append(c.PublishedAt.UTC().AppendFormat(b, time.RFC3339), `",`...)
	}
	b = appendField(b, `"section":`, c.Section)
	b = appendField(b, `"lang":`, string(c.Lang))
	return closed(b, '}')
}

func appendDraw(b []byte, d *recommend.Draw) []byte {
	b = append(b, `,"draw":{"pool":[`...)
	for _, id := range d.Pool {
		b = append(appendString(b, string(id)), ',')
	}
	b = append(closed(b, ']'), `,"logits":[`...)
	for _, logit := range d.Logits {
		b = append(appendFloat(b, logit), ',')
	}
	b = append(closed(b, ']'), `,"keep":`...)
	return append(strconv.AppendInt(b, int64(d.Keep), 10), '}')
}

// appendField appends a member of an object and the comma after it, unless the
// value is empty. The key is quoted and has its colon.
func appendField(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	return append(appendString(append(b, key...), value), ',')
}

// closed ends an array or object, whose members have a comma each.
func closed(b []byte, end byte) []byte {
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, end)
}

// appendFloat appends x such that who reads it has exactly x.
func appendFloat(b []byte, x float64) []byte { return strconv.AppendFloat(b, x, 'g', -1, 64) }

// appendString appends s in quotes. Text stays as it is: "&" is not "\u0026".
func appendString(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	const hex = "0123456789abcdef"
	b = append(b, '"')
	done := 0
	for i := range len(s) {
		c := s[i]
		if !escaped[c] {
			continue
		}
		b = append(append(b, s[done:i]...), '\\')
		if done = i + 1; c < ' ' {
			b = append(b, 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return append(append(b, s[done:]...), '"')
}

// escaped holds the bytes that cannot stand in a string as they are.
var escaped = func() (t [256]bool) {
	for c := range ' ' {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()
