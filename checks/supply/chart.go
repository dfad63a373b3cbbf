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
			fault.Remedy = fmt.Sprintf("fix chart.ref (%s) or chart.version, or use a downloaded chart: --chart "+
				"FILE.tgz",
				e.Answers.Chart.Ref)
		}
		return "", fault
	}
	if _, err := info.Layout(); err != nil {
		remedy := "use ZenML's chart: --chart " + answers.DefaultChart
		return "", &check.Fault{Summary: err.Error(), Remedy: remedy, Err: err}
	}
	if info.Instead != "" {
		return "", &check.Fault{
			Summary: info.Instead, Failure: "the deployed chart is used, because the default one cannot be loaded",
			Reason: "the release keeps its version",
			Remedy: "set chart.ref to a chart that can be loaded (--chart REFERENCE|FOLDER|FILE.tgz) to upgrade to another " +
				"version",
			Warn: true,
		}
	}
	return info.Name + " " + info.Version, nil
}

// referencesCheck is the check of findings about missing Secrets.
const referencesCheck = "supply.references"

func checkRender(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		fault := check.AsFault(err)
		if fault.Remedy == "" {
			fault.Remedy = "fix the key in the message under values, or remove it"
		}
		return "", fault
	}
	if len(r.Objects) == 0 {
		fault := &check.Fault{
			Summary: "the chart renders no objects", Remedy: "use ZenML's chart: --chart " + answers.DefaultChart,
		}
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
		fault.Remedy = "fix the keys under values, or remove them"
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
		return "", ineffective(r.Warnings)
	}
	fault := check.AnswersFault(without)
	if strings.TrimSpace(fault.Remedy) == "" {
		fault.Remedy = "set another chart.version, or remove these answers"
	}
	return "", fault
}

// ineffective returns a warning about what no answer asks for, or nil.
func ineffective(warnings answers.Faults) error {
	if len(warnings) == 0 {
		return nil
	}
	fault := check.AnswersFault(warnings)
	fault.Warn = true
	return fault
}
