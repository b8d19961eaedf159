package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/recommend"
)

// MaxBatch is how many lists one request gets at most.
const MaxBatch = 50

// handleBatch serves POST /v1/related/batch: the lists of several queries, all of
// one moment, each of them an answer as /v1/related has it or a problem. With
// dedupe no article, in whatever language, is in two lists.
func (s *Server) handleBatch(c echo.Context) error {
	if _, err := parseQuery(c.Request().URL.RawQuery, nil, nil); err != nil {
		return err
	}
	body, err := readJSON(c)
	if err != nil {
		return err
	}
	asked, dedupe, err := parseBatch(body)
	if err != nil {
		return err
	}
	problems := make([]error, len(asked)) // of each query
	queries := make([]recommend.Query, 0, len(asked))
	for i, raw := range asked {
		values, err := queryValues(raw)
		if err == nil {
			err = checkNames(values, relatedParameters, repeatedParameters)
		}
		var q recommend.Query
		if err == nil {
			q, err = newQuery(values, s.now())
		}
		if problems[i] = err; err == nil {
			queries = append(queries, q)
		}
	}
	answers := s.rec.RelatedBatch(c.Request().Context(), queries, dedupe)

	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	list := append(b.AvailableBuffer(), `{"lists":[`...)
	for _, err := range problems {
		if err == nil {
			q, answer := queries[0], answers[0]
			queries, answers = queries[1:], answers[1:]
			if answer.Err == nil {
				list = append(appendList(list, q.Placement, &answer.List), ',')
				continue
			}
			err = relatedError(q, answer.Err)
		}
		p := newProblem(err, c)
		if p.Status >= http.StatusInternalServerError {
			return err
		}
		text, err := json.Marshal(p)
		if err != nil {
			return fmt.Errorf("web: encode problem: %w", err)
		}
		list = append(append(list, text...), ',')
	}
	b.Write(append(closed(list, ']'), "}\n"...))
	return send(c, http.StatusOK, echo.MIMEApplicationJSON, b.Bytes())
}

// readJSON is the body of a request, which says that it is JSON or says nothing.
func readJSON(c echo.Context) ([]byte, error) {
	if err := plainBody(c); err != nil {
		return nil, err
	}
	if ct := c.Request().Header.Get(echo.HeaderContentType); ct != "" {
		if kind, _, err := mime.ParseMediaType(ct); err != nil || kind != echo.MIMEApplicationJSON {
			return nil, echo.NewHTTPError(http.StatusUnsupportedMediaType, fmt.Sprintf("the body is %q; send JSON, and say so by Content-Type: application/json", clip(ct)))
		}
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return nil, fmt.Errorf("web: read body: %w", err)
	}
	return body, nil
}

// parseBatch is the queries of a body.
func parseBatch(body []byte) (queries []json.RawMessage, dedupe bool, err error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		reason := `is no JSON object such as {"queries":[{"id":"a1"}]}`
		if _, broken := errors.AsType[*json.SyntaxError](err); broken {
			reason = "is no JSON: " + err.Error()
		}
		return nil, false, &data.InvalidError{Field: "body", Reason: reason}
	}
	known := []string{"dedupe", "queries"}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if !slices.Contains(known, name) {
			return nil, false, &data.InvalidError{Field: clip(name), Reason: unknown(name, known)}
		}
	}
	if raw, ok := members["dedupe"]; ok && json.Unmarshal(raw, &dedupe) != nil {
		return nil, false, &data.InvalidError{Field: "dedupe", Reason: "must be true or false"}
	}
	if err := json.Unmarshal(members["queries"], &queries); err != nil {
		return nil, false, &data.InvalidError{Field: "queries", Reason: `must be a list of objects such as [{"id":"a1"}]`}
	}
	if n := len(queries); n < 1 || n > MaxBatch {
		return nil, false, &data.InvalidError{Field: "queries", Reason: fmt.Sprintf("are %d; there must be 1 to %d", n, MaxBatch)}
	}
	return queries, dedupe, nil
}

// queryValues is an object with the parameters of /v1/related as its address would
// have them. Numbers may be numbers, 1 and 0 true and false, and what repeats is a
// list.
func queryValues(raw json.RawMessage) (url.Values, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, &data.InvalidError{Field: "queries", Reason: `holds something that is no object such as {"id":"a1"}`}
	}
	values := url.Values{}
	for name, raw := range members {
		list := []json.RawMessage{raw}
		if slices.Contains(repeatedParameters, name) && bytes.HasPrefix(raw, []byte("[")) {
			if err := json.Unmarshal(raw, &list); err != nil {
				return nil, err // cannot be: it was parsed before
			}
		}
		for _, raw := range list {
			value, err := scalar(name, raw)
			if err != nil {
				return nil, err
			}
			values.Add(name, value)
		}
	}
	return values, nil
}

// scalar is a single JSON value as it would stand in an address.
func scalar(name string, raw json.RawMessage) (string, error) {
	switch {
	case raw[0] == '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case string(raw) == "true":
		return "1", nil
	case string(raw) == "false":
		return "0", nil
	case strings.ContainsRune("{[n", rune(raw[0])):
		return "", &data.InvalidError{Field: clip(name), Reason: fmt.Sprintf("is %s; it must be a single value", clip(string(raw)))}
	}
	return string(raw), nil
}
