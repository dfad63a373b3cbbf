package report

import (
	"encoding/json"
	"io"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// JSONVersion is the version of the JSON report. It changes with incompatible
// changes; new fields are compatible.
const JSONVersion = 1

type jsonReport struct {
	Version int          `json:"version"`
	Summary jsonSummary  `json:"summary"`
	Checks  []jsonResult `json:"checks"`
}

type jsonSummary struct {
	Passed     int   `json:"passed"`
	Warned     int   `json:"warned"`
	Failed     int   `json:"failed"`
	Skipped    int   `json:"skipped"`
	DurationMs int64 `json:"durationMs"`
}

type jsonResult struct {
	ID         string       `json:"id"`
	Group      string       `json:"group"`
	Title      string       `json:"title"`
	Status     check.Status `json:"status"`
	Message    string       `json:"message"`
	Reason     string       `json:"why,omitempty"`
	Remedy     string       `json:"hint"`
	Docs       string       `json:"docs"`
	Softened   bool         `json:"softened,omitempty"`
	DurationMs int64        `json:"durationMs"`
}

// JSON writes a report for scripts.
func JSON(w io.Writer, r check.Report) error {
	s := r.Summary()
	out := jsonReport{
		Version: JSONVersion,
		Summary: jsonSummary{s.Passed, s.Warned, s.Failed, s.Skipped, s.Duration.Milliseconds()},
		Checks:  []jsonResult{},
	}
	for _, result := range r.Results {
		out.Checks = append(out.Checks, jsonResult{
			ID: result.Check.ID, Group: result.Check.Group(), Title: result.Check.Claim,
			Status: result.Status, Message: result.Message, Reason: result.Reason, Remedy: result.Remedy,
			Docs: result.Check.Docs(), Softened: result.Softened, DurationMs: result.Duration.Milliseconds(),
		})
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
