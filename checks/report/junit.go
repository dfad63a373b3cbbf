package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`

	took time.Duration
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
	Output  string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes a report for CI systems: one suite per group, one case per check.
// JUnit has no warnings: a warning is a passed case with output, or a failure if
// failOnWarn is set.
func JUnit(w io.Writer, r check.Report, failOnWarn bool) error {
	all := junitSuites{Name: "zenml-installer preflight", Time: junitTime(r.Duration)}
	for _, result := range r.Results {
		suite := all.suite(result.Check.Group())
		suite.add(result, failOnWarn)
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.Time = junitTime(s.took)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// suite returns the suite of a group and creates it if missing.
func (s *junitSuites) suite(group string) *junitSuite {
	for i := range s.Suites {
		if s.Suites[i].Name == group {
			return &s.Suites[i]
		}
	}
	s.Suites = append(s.Suites, junitSuite{Name: group})
	return &s.Suites[len(s.Suites)-1]
}

func (s *junitSuite) add(r check.Result, failOnWarn bool) {
	c := junitCase{Class: r.Check.Group(), Name: r.Check.ID + ": " + r.Check.Claim, Time: junitTime(r.Duration)}
	switch {
	case r.Status == check.Skipped:
		c.Skipped = &junitMessage{Message: r.Message}
		s.Skipped++
	case r.Status == check.Failed || r.Status == check.Warned && failOnWarn:
		c.Failure = &junitMessage{Message: r.Message, Type: string(r.Status), Text: junitText(r)}
		s.Failures++
	case r.Status == check.Warned:
		c.Output = "warning: " + junitText(r)
	default:
		c.Output = r.Message
	}
	s.Tests++
	s.took += r.Duration
	s.Cases = append(s.Cases, c)
}

func junitText(r check.Result) string {
	lines := []string{r.Message}
	for _, part := range []struct{ label, text string }{{"why", r.Reason}, {"remedy", r.Remedy}, {"docs", r.Check.Docs()}} {
		if part.text != "" {
			lines = append(lines, part.label+": "+part.text)
		}
	}
	return strings.Join(lines, "\n")
}

// junitTime formats seconds.
func junitTime(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
