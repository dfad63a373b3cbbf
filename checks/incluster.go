package checks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func needsDatabaseInCluster(e *Env) string {
	if why := needsMySQL(e); why != "" {
		return why
	}
	return needsRendered(e)
}

// inClusterChecks look at the database from a pod in the cluster.
var inClusterChecks = []Check{
	{
		ID: "database.in-cluster", Claim: "a pod in the namespace reaches and logs into the database", Severity: MustPass, When: needsDatabaseInCluster, Run: databaseInCluster,
		Needs: []string{"database.config", "cluster.namespace"}, Writes: true, Limit: 2*time.Minute + 30*time.Second,
		Why: "the server runs in the cluster: what this machine sees of the database proves little in either direction",
		Finds: []string{
			"a private name that the cluster's DNS does not know",
			"a network policy, security group or firewall between the pods and the database",
			"a port that answers pods with something else than MySQL",
			"a certificate that does not verify there; a login that is refused to the pods' addresses; no right on the database",
			"a pod that does not start: its image, node or admission, with its events; it has the server's ServiceAccount, or before the chart makes that, the default one",
		},
	},
}

// databaseInCluster has a pod of the server's image do what the server will
// do first. Pod and Secret are removed again, whatever happens.
func databaseInCluster(ctx context.Context, e *Env) (string, error) {
	look, err := e.newPodLook(ctx)
	if err != nil {
		return "", err
	}
	if err := look.removable(ctx); err != nil {
		return "", err
	}
	defer look.sweep(ctx)
	log, err := look.run(ctx)
	look.remove(ctx)
	if fault := (*Fault)(nil); errors.As(err, &fault) {
		fault.Found += look.differs
	}
	if err != nil {
		return "", err
	}
	said, err := parseSight(log)
	if err != nil {
		return "", err
	}
	if fault := e.sightFault(ctx, said); fault != nil {
		return "", fault
	}
	return said.words(e) + look.differs, nil
}

func (s sight) words(e *Env) string {
	what := fmt.Sprintf("a pod reaches %s (%s)", e.databaseAddress(), list(s.Addresses))
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
