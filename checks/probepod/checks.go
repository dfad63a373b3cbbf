// Package probepod runs a pod in the namespace of the server that does what the
// server will do first: it resolves, reaches and logs into the database.
package probepod

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func needsDatabaseInCluster(e *check.Env) string {
	if why := database.NeedsMySQL(e); why != "" {
		return why
	}
	return check.NeedsClusterAndObjects(e)
}

// Checks look at the database from a pod in the cluster.
var Checks = []check.Check{
	{
		ID:       "database.in-cluster",
		Claim:    "a pod in the namespace can log in to the database",
		Failure:  "a pod in the namespace cannot use the database",
		Severity: check.MustPass,
		When:     needsDatabaseInCluster,
		Needs:    []string{"database.config", "cluster.namespace"},
		Writes:   true,
		Limit:    2*time.Minute + 30*time.Second,
		Answers:  []string{"database.mysql.host"},
		Run:      checkInCluster,

		Why: "the server runs in the cluster: that this machine can or cannot reach the database proves little",
		Finds: []string{
			"a private name that the cluster DNS does not resolve",
			"a network policy, security group or firewall between the pods and the database",
			"a port that does not speak MySQL to pods",
			"a certificate that does not verify in the pod; a login that is rejected from the addresses " +
				"of the pods; no privileges on the database",
			"a probe pod that does not start because of its image, node or admission, with its events; " +
				"it uses the server's ServiceAccount, or the default one until the chart has created that",
		},
	},
}

// checkInCluster has a pod of the server's image do what the server will
// do first. Pod and Secret are removed again, whatever happens.
func checkInCluster(ctx context.Context, e *check.Env) (string, error) {
	look, err := newPodLook(ctx, e)
	if err != nil {
		return "", err
	}
	if err := look.removable(ctx); err != nil {
		return "", err
	}
	defer look.sweep(ctx)
	log, err := look.run(ctx)
	look.remove(ctx)
	if fault := (*check.Fault)(nil); errors.As(err, &fault) {
		fault.Found += look.differs
	}
	if err != nil {
		return "", err
	}
	said, err := parseSight(log)
	if err != nil {
		return "", err
	}
	if fault := sightFault(ctx, e, said); fault != nil {
		return "", fault
	}
	return said.words(e) + look.differs, nil
}

func (s sight) words(e *check.Env) string {
	what := fmt.Sprintf("a pod reaches %s (%s)", database.Address(e), check.JoinAnd(s.Addresses))
	switch {
	case !s.Login:
		return what + "; the login needs the AWS identity that the server's pods will have"
	case s.Database == "missing":
		return what + " and logs in; the server will create the database"
	case e.Answers.Database.MySQL.TLS.Mode == answers.TLSOff:
		return what + " and logs in, without TLS"
	}
	return what + " and logs in"
}
