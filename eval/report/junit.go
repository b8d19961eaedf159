package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/alsolike/alsolike/eval/gate"
)

type suitesXML struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	countsXML
	Suites []suiteXML `xml:"testsuite"`
}

type countsXML struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type suiteXML struct {
	Name string `xml:"name,attr"`
	countsXML
	Time       int            `xml:"time,attr"`
	Properties *propertiesXML `xml:"properties"`
	Cases      []caseXML      `xml:"testcase"`
}

type propertiesXML struct {
	Properties []propertyXML `xml:"property"`
}

type propertyXML struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type caseXML struct {
	Class      string         `xml:"classname,attr"`
	Name       string         `xml:"name,attr"`
	Time       int            `xml:"time,attr"`
	Properties *propertiesXML `xml:"properties"`
	Failure    *messageXML    `xml:"failure"`
	Error      *messageXML    `xml:"error"`
	Skipped    *messageXML    `xml:"skipped"`
}

type messageXML struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the gates as tests: a suite for every candidate, a case for
// every gate, with its slice as the class. What failed is a failure; what could
// not be told, or only warns, is skipped; wrong data are an error.
func (r *Report) WriteJUnit(w io.Writer) error {
	suites := suitesXML{Name: "alsolike eval"}
	if r.out.Simulated != "" {
		suites.Name += " (" + legal(r.simulated()) + ")"
	}
	for _, candidate := range r.candidates() {
		suite := suiteXML{Name: legal(candidate)}
		if r.out.Simulated != "" {
			suite.Properties = &propertiesXML{[]propertyXML{{"simulated", legal(r.out.Simulated)}}}
		}
		for i := range r.verdicts {
			if v := &r.verdicts[i]; v.Candidate == candidate {
				suite.add(v)
			}
		}
		if suite.Tests == 0 {
			continue
		}
		suites.Tests += suite.Tests
		suites.Failures += suite.Failures
		suites.Errors += suite.Errors
		suites.Skipped += suite.Skipped
		suites.Suites = append(suites.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(suites); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *suiteXML) add(v *gate.Verdict) {
	c := caseXML{Class: "all", Name: legal(v.Name)}
	if v.Slice != "" {
		c.Class = legal(v.Slice)
	}
	properties := []propertyXML{{"verdict", string(v.Word)}}
	for _, p := range []struct {
		name string
		x    float64
	}{{"delta", v.Delta}, {"low", v.Low}, {"high", v.High}, {"margin", v.Margin}, {"limit", v.Limit}, {"value", v.Value}, {"baseline", v.Reference}} {
		if !math.IsNaN(p.x) && !math.IsInf(p.x, 0) {
			properties = append(properties, propertyXML{p.name, strconv.FormatFloat(p.x, 'g', -1, 64)})
		}
	}
	c.Properties = &propertiesXML{properties}
	message := &messageXML{Message: legal(fmt.Sprintf("%s: %s", v.Word, v.Reason)), Type: string(v.Word)}
	switch {
	case v.Effect == gate.Passes:
	case v.Fault:
		c.Error, s.Errors = message, s.Errors+1
	case v.Effect == gate.Fails:
		c.Failure, s.Failures = message, s.Failures+1
	default:
		message.Type = ""
		if v.Rule.WarnOnly {
			message.Message = "only warns: " + message.Message
		}
		c.Skipped, s.Skipped = message, s.Skipped+1
	}
	s.Tests++
	s.Cases = append(s.Cases, c)
}

// legal is s without the characters that XML 1.0 cannot hold.
func legal(s string) string {
	return strings.Map(func(c rune) rune {
		if c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= 0x10FFFF {
			return c
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
}
