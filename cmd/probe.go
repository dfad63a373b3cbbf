package cmd

import (
	"context"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
)

// probes are the checks that start a pod in the namespace.
var probes = []struct{ id, what string }{
	{"database.in-cluster", "the database"}, {"secrets.in-cluster", "the secrets store"},
}

// probe returns the step of the install that checks from a pod what the server needs;
// nil if there is nothing to check, or the options exclude it.
func (u *setup) probe(o check.Options) func(context.Context) (string, error) {
	ids, _ := u.probesOf(o)
	if len(ids) == 0 || o.ReadOnly {
		return nil
	}
	o.Only = ids
	return func(ctx context.Context) (string, error) {
		report, err := checks.Run(ctx, u.checksEnv(0), o, nil)
		if err != nil {
			return "", err
		}
		var warnings []string
		for _, id := range ids {
			result, _ := report.ByID(id)
			switch result.Status {
			case check.Failed:
				return "", probeFault(result)
			case check.Warned:
				warnings = append(warnings, result.Message)
			}
		}
		return strings.Join(warnings, "\n"), nil
	}
}

// probesOf lists the checks that apply to the answers and that the options do not skip,
// and what they are about.
func (u *setup) probesOf(o check.Options) (ids, what []string) {
	for _, p := range probes {
		c, _ := checks.ByID(p.id)
		if c.When(u.checksEnv(0)) == "" && !check.Matches(c, o.Skip) {
			ids, what = append(ids, p.id), append(what, p.what)
		}
	}
	return ids, what
}

// probed describes what the step checks: "the database and the secrets store".
func (u *setup) probed(o check.Options) string {
	_, what := u.probesOf(o)
	return check.JoinAnd(what)
}

// probeFault explains why the install stopped before the migration.
func probeFault(r check.Result) *diagnose.Fault {
	return &diagnose.Fault{
		Object: event.Object{Kind: "Check", Name: r.Check.ID}, Summary: r.Message,
		Remedy: r.Remedy + "\nthe database is unchanged; to install without this check: --skip " + r.Check.ID,
	}
}
