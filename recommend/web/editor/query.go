package editor

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
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/spelling"
)

// parseQuery is the parameters of a request for JSON, each of them given once at most.
func parseQuery(r *http.Request, known ...string) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &data.InvalidError{Field: "query", Reason: "cannot be read"}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			return nil, unknown(name, known)
		}
		if len(values[name]) > 1 {
			return nil, &data.InvalidError{Field: name, Reason: fmt.Sprintf("is given %d times; once is allowed", len(values[name]))}
		}
	}
	return values, nil
}

// unknown is the error about a parameter or field that there is not.
func unknown(name string, known []string) error {
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60]) + "…"
	}
	name = strings.ToValidUTF8(name, "�")
	reason := "is not known here; there are no parameters"
	if near := spelling.Nearest(name, known); near != "" {
		reason = "is not known; did you mean " + near + "?"
	} else if len(known) > 0 {
		reason = "is not known; there are " + strings.Join(known, ", ")
	}
	return &data.InvalidError{Field: name, Reason: reason}
}

// readJSON reads the body of a request, one JSON object, over what into holds already;
// known are the names of its fields.
func readJSON(c echo.Context, into any, known []string) error {
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	if err != nil || kind != echo.MIMEApplicationJSON && kind != "application/merge-patch+json" {
		return echo.NewHTTPError(http.StatusUnsupportedMediaType, "send JSON, as Content-Type: application/json")
	}
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(into)
	if err == nil && decoder.More() {
		return &data.InvalidError{Field: "body", Reason: "holds more than one JSON object"}
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := wrong.Field
		if field == "" {
			field = "body"
		}
		return &data.InvalidError{Field: field, Reason: "is a JSON " + wrong.Value + ", which it cannot be"}
	}
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if plain, err := strconv.Unquote(name); err == nil {
			name = plain
		}
		return unknown(name, known)
	}
	return &data.InvalidError{Field: "body", Reason: "is no JSON object"}
}
