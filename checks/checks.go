// Package checks is the table of all preflight checks, which find known problems
// before anything is installed. Each group is a package with its own table; package
// check runs them.
package checks

import (
	"context"
	"slices"
	"time"

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
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// Table lists every check in the order of the report.
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

// Run runs the checks that the options select and returns the report. Independent
// checks run concurrently; observe may be nil. The error is an UnknownError, or the
// cause of ctx's end; then the report shows which checks were interrupted.
func Run(ctx context.Context, env *check.Env, o check.Options, observe check.Observer) (check.Report, error) {
	return check.Run(ctx, Table, env, o, observe)
}

// Notices describes what a run with these options creates temporarily in
// accounts outside the cluster, for the user to read before the run. The
// answers are complete.
func Notices(a answers.Answers, o check.Options) []string { return o.Notices(Table, a) }

// RemoveLeftovers removes what killed preflights left in this namespace. Any
// command that connects to the cluster can call it. It takes a few seconds at
// most and ignores errors: the objects expire.
func RemoveLeftovers(ctx context.Context, access *kube.Access, namespace string) {
	ctx, cancel := context.WithTimeout(ctx, leftoversLimit)
	defer cancel()
	if client, err := access.Client(); err == nil {
		probepod.RemoveLeftovers(ctx, client, namespace, time.Now())
	}
}

// leftoversLimit is the time limit of RemoveLeftovers.
const leftoversLimit = 5 * time.Second
