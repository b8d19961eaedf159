package report_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/alsolike/alsolike/eval"
	"github.com/alsolike/alsolike/eval/report"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every report is as the schema says, and the schema sees when one is not.
func TestSchema(t *testing.T) {
	schema := compiled(t)
	for name, r := range map[string]*report.Report{
		"rich": richReport(t), "small": small(t), "empty": report.New(&eval.Outcome{}, nil),
	} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(render(t, r, (*report.Report).WriteJSON)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(doc map[string]any){
		"a key that is not known": func(doc map[string]any) { doc["colour"] = "blue" },
		"a gate without a reason": func(doc map[string]any) { delete(doc["gates"].([]any)[0].(map[string]any), "reason") },
		"a word of its own":       func(doc map[string]any) { doc["gates"].([]any)[0].(map[string]any)["verdict"] = "fine" },
		"a number where there is none": func(doc map[string]any) {
			doc["gates"].([]any)[1].(map[string]any)["delta"] = 0.5
		},
	} {
		var doc map[string]any
		if err := json.Unmarshal(render(t, richReport(t), (*report.Report).WriteJSON), &doc); err != nil {
			t.Fatal(err)
		}
		change(doc)
		if schema.Validate(doc) == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}
