package cmd

import (
	"context"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// probeID is the check that starts a pod in the namespace.
const probeID = "database.in-cluster"

// probe returns the step of the install that checks the database from a pod; nil if
// there is nothing to check, or the options exclude it.
func (u *setup) probe(o check.Options) func(context.Context) (string, error) {
	c, _ := checks.ByID(probeID)
	if u.answers.Database.Type != answers.MySQLDatabase || o.ReadOnly || check.Matches(c, o.Skip) {
		return nil
	}
	o.Only = []string{probeID}
	return func(ctx context.Context) (string, error) {
		report, err := checks.Run(ctx, u.checksEnv(0), o, nil)
		if err != nil {
			return "", err
		}
		result, _ := report.ByID(probeID)
		switch result.Status {
		case check.Failed:
			return "", probeFault(result)
		case check.Warned:
			return result.Message, nil
		}
		return "", nil
	}
}

// probeFault explains why the install stopped before the migration.
func probeFault(r check.Result) *diagnose.Fault {
	return &diagnose.Fault{
		Object: event.Object{Kind: "Check", Name: r.Check.ID}, Summary: r.Message,
		Remedy: r.Remedy + "\nthe database is unchanged; to install without this check: --skip " + r.Check.ID,
	}
}
