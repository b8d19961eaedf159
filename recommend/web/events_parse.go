package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/clicklog"
	"github.com/alsolike/alsolike/data/spelling"
	"github.com/alsolike/alsolike/recommend"
)

// An eventMessage is an event as a page sends it: the fields of all kinds.
type eventMessage struct {
	T    string       `json:"t"`
	View string       `json:"view"` // chosen by the page, for each time it shows the list
	List *listMessage `json:"list"`

	Lang string `json:"lang"`
	Dev  string `json:"dev"`
	Ref  string `json:"ref"`

	Positions []int          `json:"positions"`
	Item      data.ArticleID `json:"item"`
	Position  int            `json:"position"`

	DwellMS float64 `json:"dwell_ms"`
	Scroll  float64 `json:"scroll"`

	Page string `json:"page"`
	From string `json:"from"`
}

// A listMessage is a list as /v1/related answered it, or as much of it as is signed.
type listMessage struct {
	RecommendationID string         `json:"recommendation_id"`
	Snapshot         string         `json:"snapshot"`
	Article          articleMessage `json:"article"`
	Placement        string         `json:"placement"`
	Items            []itemMessage  `json:"items"`
	Draw             *struct {
		Pool   []data.ArticleID `json:"pool"`
		Logits []float64        `json:"logits"`
		Keep   int              `json:"keep"`
	} `json:"draw"`
}

type itemMessage struct {
	ID       data.ArticleID   `json:"id"`
	Position int              `json:"position"`
	Source   recommend.Source `json:"source"`
	P        float64          `json:"p"`
}

// UnmarshalJSON lets the list have fields that are not listed here: a card, a score.
func (l *listMessage) UnmarshalJSON(b []byte) error {
	type plain listMessage
	return json.Unmarshal(b, (*plain)(l))
}

// An articleMessage is an id, or {"id":…} as in the answer.
type articleMessage data.ArticleID

func (a *articleMessage) UnmarshalJSON(b []byte) error {
	if b[0] != '{' {
		return json.Unmarshal(b, (*data.ArticleID)(a))
	}
	var object struct {
		ID data.ArticleID `json:"id"`
	}
	err := json.Unmarshal(b, &object)
	*a = articleMessage(object.ID)
	return err
}

// decodeStrictly decodes one JSON value, with no fields but those of to. Its error is
// a *data.InvalidError.
func decodeStrictly(b []byte, to any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	err := dec.Decode(to)
	if err == nil {
		if _, end := dec.Token(); end != io.EOF {
			return &data.InvalidError{Field: "body", Reason: "holds more than one JSON value"}
		}
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &data.InvalidError{Field: clip(cmp.Or(wrong.Field, "body")), Reason: fmt.Sprintf("is %s; it must be %s", jsonValue(wrong.Value), jsonKind(wrong.Type.Kind()))}
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return &data.InvalidError{Field: clip(strings.Trim(name, `"`)), Reason: "is not known here"}
	}
	return &data.InvalidError{Field: "body", Reason: "is not JSON: " + clip(strings.TrimPrefix(err.Error(), "json: "))}
}

// jsonValue and jsonKind name what encoding/json names, for people.
func jsonValue(v string) string {
	if words, known := map[string]string{"string": "a text", "number": "a number", "object": "an object", "array": "a list", "bool": "true or false"}[v]; known {
		return words
	}
	return clip(v)
}

func jsonKind(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a text"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

// parse makes an event of what a page sent, if it can be true.
func (e *events) parse(raw json.RawMessage, from sender) (clicklog.Event, error) {
	var m eventMessage
	if err := decodeStrictly(raw, &m); err != nil {
		return nil, refuse(refusedMalformed, "%v", err)
	}
	if m.T == "pv" {
		return e.pageView(&m, from)
	}
	if m.T == "read" && m.List == nil {
		return e.visitReading(&m, from)
	}
	kinds := []string{"imp", "view", "clk", "read", "pv"}
	if !slices.Contains(kinds, m.T) {
		return nil, malformed("t", "is %s; it must be one of %s", data.Quote(m.T), strings.Join(kinds, ", "))
	}
	id, err := e.impressionID(&m)
	if err != nil {
		return nil, err
	}
	switch m.T {
	case "imp":
		return impressionOf(&m, id, from)
	case "view":
		return viewOf(&m, id, from)
	case "clk":
		if !m.List.shows(m.Item, m.Position) {
			return nil, refuse(refusedNotInList, "the list has no item %s at position %d", data.Quote(string(m.Item)), m.Position)
		}
		return &clicklog.Click{Impression: id, Item: m.Item, Position: m.Position, Time: from.at}, nil
	default:
		if !slices.ContainsFunc(m.List.Items, func(i itemMessage) bool { return i.ID == m.Item }) {
			return nil, refuse(refusedNotInList, "the list has no item %s", data.Quote(string(m.Item)))
		}
		return readingOf(&m, clicklog.Reading{Impression: id, Item: m.Item, Time: from.at})
	}
}

// malformed says what is wrong with a field.
func malformed(field, reason string, args ...any) error {
	return refuse(refusedMalformed, "%s "+reason, append([]any{field}, args...)...)
}

// impressionID names the showing of a list: its own id and the page's token. The list
// is known to have been an answer of ours.
func (e *events) impressionID(m *eventMessage) (string, error) {
	const least, most = 8, 64
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	switch {
	case len(m.View) < least || len(m.View) > most || strings.Trim(m.View, letters) != "":
		return "", malformed("view", "is %s; it must be %d to %d of A–Z, a–z, 0–9, - and _, chosen at random", data.Quote(m.View), least, most)
	case m.List == nil:
		return "", malformed("list", "is missing; it is what /v1/related answered")
	case !e.Verifier.Verify(m.List.claim()):
		return "", refuse(refusedSignature, "the list was never answered by this server, or not as it is told")
	}
	return m.List.RecommendationID + "." + m.View, nil
}

func (l *listMessage) claim() recommend.Claim {
	c := recommend.Claim{
		RecommendationID: l.RecommendationID, Snapshot: l.Snapshot, Article: data.ArticleID(l.Article), Placement: l.Placement,
		Items: make([]recommend.ClaimedItem, len(l.Items)),
	}
	for i, item := range l.Items {
		c.Items[i] = recommend.ClaimedItem{ID: item.ID, Position: item.Position, Source: item.Source}
	}
	if l.Draw != nil {
		c.Draw = &recommend.Draw{Pool: l.Draw.Pool, Logits: l.Draw.Logits, Keep: l.Draw.Keep}
		for _, item := range l.Items {
			c.Draw.P = append(c.Draw.P, item.P)
		}
	}
	return c
}

func (l *listMessage) shows(id data.ArticleID, position int) bool {
	return slices.ContainsFunc(l.Items, func(i itemMessage) bool { return i.ID == id && i.Position == position })
}

// The variants that the log names: lists as the ranking has them, and drawn ones.
const (
	variantFixed = "A"
	variantDrawn = "X"
)

func impressionOf(m *eventMessage, id string, from sender) (clicklog.Event, error) {
	l := m.List
	switch {
	case len(l.Items) == 0:
		return nil, malformed("list", "has no items; a list of none is not shown")
	case l.Article == "":
		return nil, malformed("list", "is of no article; lists that only fill in for an unknown one are not evaluated")
	}
	const longest = 35 // bytes of a language tag that says no more than the language (RFC 5646, 4.4.1)
	lang, err := data.ParseLang(m.Lang)
	switch {
	case len(m.Lang) > longest:
		return nil, malformed("lang", "is %s; it must be a language tag, such as en or zh-Hant", data.Quote(m.Lang))
	case err != nil:
		return nil, refuse(refusedMalformed, "%v", err)
	}
	if err := oneOf("dev", m.Dev, devices); err != nil {
		return nil, err
	}
	if err := oneOf("ref", m.Ref, referrers); err != nil {
		return nil, err
	}
	im := &clicklog.Impression{
		ID: id, Time: from.at, Source: data.ArticleID(l.Article), Snapshot: l.Snapshot, Widget: l.Placement,
		User: from.reader, Session: from.reader, Device: m.Dev, Referrer: m.Ref,
		Variant: variantFixed, Policy: clicklog.Policy{Kind: "fixed"},
	}
	if lang != data.Undetermined {
		im.Lang = string(lang)
	}
	if d := l.Draw; d != nil {
		im.Variant = variantDrawn
		im.Policy = clicklog.Policy{Kind: "plackett-luce", Pool: d.Pool, Logits: d.Logits, Keep: d.Keep}
	}
	for _, item := range l.Items {
		shown := clicklog.Shown{Item: item.ID, Position: item.Position, P: item.P, Slot: clicklog.SlotOf(string(item.Source))}
		if l.Draw == nil {
			shown.P = math.NaN() // what it says is not signed
		}
		im.Items = append(im.Items, shown)
	}
	return im, nil
}

// The values of dev, and of ref and from where they are no article's.
var (
	devices   = []string{"mobile", "tablet", "desktop"}
	referrers = []string{"home", "section", "search", "social", "internal", "direct", "other"}
)

// oneOf checks a field that may be missing.
func oneOf(field, value string, known []string) error {
	if value == "" || slices.Contains(known, value) {
		return nil
	}
	hint := "it must be one of " + strings.Join(known, ", ")
	if near := spelling.Nearest(clip(value), known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return malformed(field, "is %s; %s", data.Quote(value), hint)
}

func viewOf(m *eventMessage, id string, from sender) (clicklog.Event, error) {
	if len(m.Positions) == 0 {
		return nil, malformed("positions", "are missing: those of the items that were seen")
	}
	positions := slices.Compact(slices.Sorted(slices.Values(m.Positions)))
	for _, p := range positions {
		if !slices.ContainsFunc(m.List.Items, func(i itemMessage) bool { return i.Position == p }) {
			return nil, refuse(refusedNotInList, "the list has no position %d", p)
		}
	}
	return &clicklog.View{Impression: id, Time: from.at, Positions: positions}, nil
}

// readingOf fills r with how long and how far the page was read.
func readingOf(m *eventMessage, r clicklog.Reading) (clicklog.Event, error) {
	const most = 24 * time.Hour
	switch {
	case !(m.DwellMS >= 0 && m.DwellMS <= float64(most.Milliseconds())):
		return nil, malformed("dwell_ms", "is %v; it must be milliseconds, at most those of a day", m.DwellMS)
	case !(m.Scroll >= 0 && m.Scroll <= 1):
		return nil, malformed("scroll", "is %v; it must be a share from 0 to 1", m.Scroll)
	case m.DwellMS == 0 && m.Scroll == 0:
		return nil, malformed("dwell_ms", "is missing, and so is scroll")
	}
	r.Dwell, r.Scroll = time.Duration(m.DwellMS)*time.Millisecond, m.Scroll
	return &r, nil
}

// visitReading is a reading that names no list: the reader's pseudonym says which
// click led to it.
func (e *events) visitReading(m *eventMessage, from sender) (clicklog.Event, error) {
	if from.reader == "" {
		return nil, malformed("list", "is missing; without it a reading belongs to no click (unless events.reader_id is on)")
	}
	id, err := e.article("item", string(m.Item))
	if err != nil {
		return nil, err
	}
	return readingOf(m, clicklog.Reading{Session: from.reader, Item: id, Time: from.at})
}

func (e *events) article(field, name string) (data.ArticleID, error) {
	if name == "" {
		return "", malformed(field, "is missing")
	}
	id, ok := e.Verifier.Find(name)
	if !ok {
		return "", refuse(refusedArticle, "%s is %s, which is no article of this site", field, data.Quote(name))
	}
	return id, nil
}

// pageView keeps of the page before this one only which article it was, or what kind
// of page: no address ever gets into the log.
func (e *events) pageView(m *eventMessage, from sender) (clicklog.Event, error) {
	page, err := e.article("page", m.Page)
	if err != nil {
		return nil, err
	}
	before := m.From
	if before != "" && !slices.Contains(referrers, before) {
		id, ok := e.Verifier.Find(before)
		before = string(id)
		if !ok {
			before = "other"
		}
	}
	return &clicklog.PageView{Time: from.at, Page: page, From: before, User: from.reader, Session: from.reader}, nil
}
