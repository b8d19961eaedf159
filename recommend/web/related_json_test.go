package web

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/reason"
)

// The answer of /v1/related, as whoever asks reads it.
type (
	relatedResponse struct {
		RecommendationID string         `json:"recommendation_id"`
		Snapshot         string         `json:"snapshot"`
		Article          relatedArticle `json:"article"`
		Placement        string         `json:"placement,omitempty"`
		Items            []relatedItem  `json:"items"`
		Draw             *relatedDraw   `json:"draw,omitempty"`
		Rules            []relatedRule  `json:"rules,omitempty"`
		Withheld         map[string]int `json:"withheld,omitempty"`
	}
	relatedArticle struct {
		ID          string `json:"id"`
		Lang        string `json:"lang,omitempty"`
		Provisional bool   `json:"provisional,omitempty"`
	}
	relatedItem struct {
		ID          string         `json:"id"`
		Position    int            `json:"position"`
		Score       int            `json:"score"`
		Source      string         `json:"source"`
		P           *float64       `json:"p,omitempty"`
		Provisional bool           `json:"provisional,omitempty"`
		Card        relatedCard    `json:"card"`
		Reason      *relatedReason `json:"reason,omitempty"`
	}
	relatedCard struct {
		Title       string        `json:"title,omitempty"`
		URL         string        `json:"url,omitempty"`
		Image       *relatedImage `json:"image,omitempty"`
		PublishedAt string        `json:"published_at,omitempty"` // RFC 3339, UTC
		Section     string        `json:"section,omitempty"`
		Lang        string        `json:"lang,omitempty"`
	}
	relatedImage struct {
		Src string `json:"src"`
		Alt string `json:"alt,omitempty"`
	}
	relatedReason struct {
		Text      string   `json:"text"`
		Terms     []string `json:"terms,omitempty"`
		Sentences []string `json:"sentences,omitempty"`
		Rule      int64    `json:"rule,omitempty"`
	}
	relatedRule struct {
		ID   int64  `json:"id"`
		Text string `json:"text"`
	}
	relatedDraw struct {
		Pool   []string  `json:"pool"`
		Logits []float64 `json:"logits"`
		Keep   int       `json:"keep"`
	}
)

// What appendList writes is what encoding/json would, byte for byte but for the
// spelling of control characters and numbers.
func TestAppendListIsJSON(t *testing.T) {
	word := rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{`"`, `\`, "a\"b\\c", "\x00\x1f\n\t", "港口", "\u2028", "<&>", "ü"}))
	rapid.Check(t, func(t *rapid.T) {
		list := recommend.List{
			RecommendationID: word.Draw(t, "id"), Snapshot: word.Draw(t, "snapshot"), Provisional: rapid.Bool().Draw(t, "provisional"),
			Article: data.Card{ID: data.ArticleID(word.Draw(t, "article")), Lang: data.Lang(word.Draw(t, "lang"))},
		}
		placement := word.Draw(t, "placement")
		want := relatedResponse{
			RecommendationID: list.RecommendationID, Snapshot: list.Snapshot, Placement: placement, Items: []relatedItem{},
			Article: relatedArticle{string(list.Article.ID), string(list.Article.Lang), list.Provisional},
		}
		drawn := rapid.Bool().Draw(t, "drawn")
		if drawn {
			list.Draw = &recommend.Draw{Keep: rapid.IntRange(0, 5).Draw(t, "keep")}
			want.Draw = &relatedDraw{[]string{}, []float64{}, list.Draw.Keep}
			for range rapid.IntRange(0, 3).Draw(t, "pool") {
				id, logit := word.Draw(t, "of pool"), rapid.Float64().Draw(t, "logit")
				list.Draw.Pool, list.Draw.Logits = append(list.Draw.Pool, data.ArticleID(id)), append(list.Draw.Logits, logit)
				want.Draw.Pool, want.Draw.Logits = append(want.Draw.Pool, id), append(want.Draw.Logits, logit)
			}
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "links") {
			link := recommend.Link{
				Position: i + 1, Score: rapid.IntRange(0, 100).Draw(t, "score"), Source: recommend.Source(word.Draw(t, "source")),
				Provisional: rapid.Bool().Draw(t, "provisional link"),
				Card: data.Card{
					ID: data.ArticleID(word.Draw(t, "link")), Title: word.Draw(t, "title"), URL: word.Draw(t, "url"), Section: word.Draw(t, "section"),
					Lang: data.Lang(word.Draw(t, "lang")), Image: data.Image{Src: word.Draw(t, "src"), Alt: word.Draw(t, "alt")},
				},
			}
			item := relatedItem{
				ID: string(link.Card.ID), Position: link.Position, Score: link.Score, Source: string(link.Source), Provisional: link.Provisional,
				Card: relatedCard{Title: link.Card.Title, URL: link.Card.URL, Section: link.Card.Section, Lang: string(link.Card.Lang)},
			}
			if link.Card.Image.Src != "" {
				item.Card.Image = &relatedImage{link.Card.Image.Src, link.Card.Image.Alt}
			}
			if rapid.Bool().Draw(t, "dated") {
				link.Card.PublishedAt = noon
				item.Card.PublishedAt = "2026-11-23T11:00:00Z"
			}
			if rapid.Bool().Draw(t, "reasoned") {
				terms := rapid.SliceOfN(word, 0, 3).Draw(t, "terms")
				link.Reason = &recommend.Reason{Text: word.Draw(t, "reason"), Terms: terms}
				item.Reason = &relatedReason{Text: link.Reason.Text, Terms: terms}
				if from, to := word.Draw(t, "from"), word.Draw(t, "to"); from != "" && to != "" {
					link.Reason.Sentences = [2]reason.Sentence{{Text: from}, {Text: to}}
					item.Reason.Sentences = []string{from, to}
				}
				if len(terms) == 0 {
					item.Reason.Terms = nil
				}
				link.Rule = rapid.Int64Range(0, 2).Draw(t, "rule")
				item.Reason.Rule = link.Rule
			}
			if drawn {
				p := rapid.Float64Range(0, 1).Draw(t, "p")
				list.Draw.P = append(list.Draw.P, p)
				item.P = &p
			}
			list.Links, want.Items = append(list.Links, link), append(want.Items, item)
		}
		if rapid.Bool().Draw(t, "explained") {
			list.Withheld = map[string]int{"language": 2, "filter": 1}
			want.Withheld = list.Withheld
			for i := range rapid.IntRange(0, 2).Draw(t, "rules") {
				r := data.Rule{ID: int64(i + 1), MaxPerAuthor: 1, Under: data.Condition{Placements: []string{word.Draw(t, "placement of rule")}}}
				list.Rules, want.Rules = append(list.Rules, r), append(want.Rules, relatedRule{r.ID, r.Sentence()})
			}
		}

		body := appendList(nil, placement, &list)
		var got relatedResponse
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&got); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n(-want +got):\n%s", body, diff)
		}
		var plain bytes.Buffer
		enc := json.NewEncoder(&plain)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(want); err != nil {
			t.Fatal(err)
		}
		if s := plain.String(); !drawn && !strings.Contains(s, `\`) && s != string(body)+"\n" {
			t.Fatalf("got  %s\nwant %s", body, s)
		}
	})
}

// Text that is no UTF-8 cannot spoil an answer.
func TestAppendStringMendsText(t *testing.T) {
	if got := string(appendString(nil, "a\xffb")); got != "\"a\ufffdb\"" {
		t.Errorf("got %s", got)
	}
}
