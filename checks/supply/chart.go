package supply

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func checkChart(ctx context.Context, e *check.Env) (string, error) {
	info, err := e.PullChart(ctx)
	if err != nil {
		fault := check.AsFault(err)
		if fault.Remedy == "" {
			fault.Remedy = fmt.Sprintf("correct chart.ref (%s) and chart.version, or name a downloaded chart: --chart FILE.tgz", e.Answers.Chart.Ref)
		}
		return "", fault
	}
	if _, err := info.Layout(); err != nil {
		return "", &check.Fault{Found: err.Error(), Remedy: "--chart " + answers.DefaultChart, Cause: err}
	}
	return info.Name + " " + info.Version, nil
}

// referencesCheck marks the findings about Secrets that nobody provides.
const referencesCheck = "supply.references"

func checkRender(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		fault := check.AsFault(err)
		if fault.Remedy == "" {
			fault.Remedy = "correct the values that the message names"
		}
		return "", fault
	}
	if len(r.Objects) == 0 {
		fault := &check.Fault{Found: "the chart renders no object", Remedy: "--chart " + answers.DefaultChart}
		if len(r.Findings) > 0 {
			fault = check.AnswersFault(r.Findings)
		}
		return "", fault
	}
	return fmt.Sprintf("%d objects", len(r.Objects)), nil
}

func checkValues(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	if len(r.Unknown) == 0 {
		return "", nil
	}
	fault := check.AnswersFault(r.Unknown)
	if fault.Remedy == "" {
		fault.Remedy = "correct the keys, or leave them out"
	}
	return "", fault
}

func checkEffect(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	var without answers.Faults
	for _, f := range r.Findings {
		if f.Check != referencesCheck {
			without = append(without, f)
		}
	}
	if len(without) == 0 {
		return "", nil
	}
	fault := check.AnswersFault(without)
	if strings.TrimSpace(fault.Remedy) == "" {
		fault.Remedy = "use another chart version (chart.version), or leave the answers out"
	}
	return "", fault
}
