// Package checks is the table of all preflight checks: everything that is known
// to go wrong in the field is found before anything is installed. Each group is
// a package with a table of its own; package check runs them.
package checks

import (
	"context"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/admission"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/cluster"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/checks/expose"
	"github.com/zenml-installer/zenml-installer/checks/local"
	"github.com/zenml-installer/zenml-installer/checks/network"
	"github.com/zenml-installer/zenml-installer/checks/probepod"
	"github.com/zenml-installer/zenml-installer/checks/secrets"
	"github.com/zenml-installer/zenml-installer/checks/supply"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Table is every check, in the order of the final report. A check stands
// after those it needs.
var Table = slices.Concat(
	cluster.Checks,
	admission.Checks,
	database.Checks,
	probepod.Checks,
	secrets.Checks,
	supply.Checks,
	expose.Checks,
	network.Checks,
	local.Checks,
)

// ByID returns the check with that id.
func ByID(id string) (check.Check, bool) { return check.Find(Table, id) }

// Run makes the checks that the options choose and returns the report. Checks
// that do not wait for each other run at the same time; observe may be nil.
// The error is an UnknownError, or the cause of ctx's end: then the report
// says which checks were not made.
func Run(ctx context.Context, env *check.Env, o check.Options, observe check.Observer) (check.Report, error) {
	return check.Run(ctx, Table, env, o, observe)
}

// Notices says what a run with these options writes into accounts outside the
// cluster for a moment: for a person to read before it. The answers are
// complete.
func Notices(a answers.Answers, o check.Options) []string { return o.Notices(Table, a) }
