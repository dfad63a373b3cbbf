// Package probepod checks the database from a pod in the server's namespace.
// The pod does what the server does first: it resolves the host, connects and
// logs in.
package probepod

import (
	"context"
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

// Checks check the database from a pod in the cluster.
var Checks = []check.Check{
	{
		ID:       databaseID,
		Claim:    "a pod in the namespace can log in to the database",
		Failure:  "a pod in the namespace cannot use the database",
		Severity: check.MustPass,
		When:     needsDatabaseInCluster,
		Needs:    []string{"database.config", "cluster.namespace"},
		Writes:   true,
		Limit:    2*time.Minute + 30*time.Second,
		Answers:  []string{"database.mysql.host"},
		Run:      checkInCluster,

		Reason: "the server runs in the cluster: that this machine can or cannot reach the database proves little",
		Finds: []string{
			"a private name that the cluster DNS does not resolve",
			"a network policy, security group or firewall between the pods and the database",
			"a port that does not speak MySQL to pods",
			"an account that may log in from this machine, but not from the cluster",
			"a certificate that does not verify in the pod; a login that is rejected from the addresses " +
				"of the pods; no privileges on the database",
			"a probe pod that does not start because of its image, node or admission, with its events; " +
				"it uses the server's ServiceAccount, or the default one until the chart has created that",
		},
		Accepts: []string{
			"a namespace that enforces the restricted Pod Security level",
		},
	},
	{
		ID:       identityID,
		Claim:    "a pod in the namespace can use the secrets store",
		Failure:  "a pod in the namespace cannot use the secrets store",
		Severity: check.MustPass,
		When:     needsIdentity,
		Needs:    []string{"secrets.identity", "cluster.namespace"},
		Writes:   true,
		Limit:    5 * time.Minute, // for two stores, one after the other
		Answers:  []string{"server.serviceAccount.annotations", "secretsStore.aws.region"},
		Notices:  identityNotices,
		Run:      checkIdentity,

		Reason: "with the implicit login of AWS, only a pod with the server's ServiceAccount has the credentials",
		Finds: []string{
			"a ServiceAccount without AWS credentials: no annotation, no webhook or agent that acts on it",
			"a role whose trust policy does not name the ServiceAccount",
			"missing permissions by name; if secretsmanager:CreateSecret is missing, only that one",
			"pods that cannot reach AWS",
		},
		Accepts: []string{
			"a role that the ServiceAccount assumes with a token (IRSA)",
			"a ServiceAccount that the chart will create: the check creates it and removes it afterwards",
		},
	},
}

// checkInCluster runs the probe pod with the server's image and removes the pod and
// its Secret in any case.
func checkInCluster(ctx context.Context, e *check.Env) (string, error) {
	out, err := runTask(ctx, e, databaseTask(e))
	if err != nil {
		return "", err
	}
	said, err := parseResult(out.log)
	if err != nil {
		return "", err
	}
	if fault := resultFault(ctx, e, said); fault != nil {
		return "", fault
	}
	return said.words(e) + out.differs, nil
}

func (s probeResult) words(e *check.Env) string {
	what := fmt.Sprintf("a pod reached %s (%s)", database.Address(e), check.JoinAnd(s.Addresses))
	switch {
	case !s.Login:
		return what + "; the login was not tested because it needs the AWS identity of the server's pods"
	case s.Database == "missing":
		return what + " and logged in; the server will create the database"
	case e.Answers.Database.MySQL.TLS.Mode == answers.TLSOff:
		return what + " and logged in, without TLS"
	}
	return what + " and logged in"
}
