// Package secrets holds the checks of the store that keeps the secrets of the
// server's users, and of its backup.
package secrets

import (
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Checks ask about the store that keeps the secrets of the server's
// users, and about the one that keeps a copy.
var Checks = []check.Check{
	{
		ID: "secrets.key", Claim: "the SQL store encrypts, with a key that stays", Severity: check.MustPass, When: needsSQLStore, Run: checkKey,
		Why: "without a key the secrets lie in the database for everybody who can read it; with another key they cannot be read again",
		Finds: []string{
			"no encryption key (a warning)",
			"a weak key: short, or of few different characters (a warning)",
			"another key than the deployed release has, one where it has none, or none where it has one",
			"a new key for a database, or a volume, in which a server of before has stored secrets under another",
		},
	},
	{
		ID: "secrets.credentials", Claim: "the store's credentials work", Severity: check.MustPass, When: needsCloudStore, Run: checkCredentials,
		Limit: 40 * time.Second,
		Why:   "the server logs into its secrets store when it starts, and does not start without it",
		Finds: []string{
			"AWS: an access key that is unknown, that does not belong to its secret, that has expired or wants a session token; a role that may not be taken on; a region that is not there (a warning) or of another partition; the root user's key (a warning)",
			"Google Cloud: a file of the wrong kind, incomplete or damaged; a deleted key or account; an account that may not be impersonated; Secret Manager switched off; a project that is not there, or its number instead of its ID (a warning)",
			"Azure: an unknown tenant or application; a wrong or expired client secret; the secret's ID instead of its value; a vault that is not there or of another tenant; the vault's firewall (a warning)",
			"Vault: the placeholder address; not initialised or sealed; a wrong or expired token, AppRole or login mount; an unknown namespace, or one that the Vault ignores (a warning); a root token, or one that ends (a warning)",
			"the backup store is the same store as the first (a warning)",
			"an address or a certificate that this machine cannot reach or trust (a warning where a pod may)",
		},
	},
	{
		ID: "secrets.permissions", Claim: "the store's credentials allow what the server does", Severity: check.MustPass, When: needsCloudStore, Run: checkPermissions,
		Limit: 60 * time.Second, Notices: secretsNotices,
		Why: "a secret that cannot be written, read or deleted fails in the hands of a user, long after the install",
		Finds: []string{
			"each missing right by its name, with the policy that gives it",
			"Vault: no right to write the engine's configuration, without which the server does not start; KV version 1, another engine or none at the mount",
			"a secret that was made to prove the rights and cannot be removed: it is named",
			"under --read-only nothing is made: rights that cannot be asked for are named as not proved",
		},
	},
	{
		ID: "secrets.identity", Claim: "an implicit login has an identity to use", Severity: check.MustPass, When: needsImplicit, Run: checkIdentity,
		Why: "without it the pod has the identity of its node, or none, and the server does not reach its secrets store",
		Finds: []string{
			"no annotation on the ServiceAccount: eks.amazonaws.com/role-arn, iam.gke.io/gcp-service-account or azure.workload.identity/client-id (a warning: EKS pod identity and the node's own identity need none)",
			"an annotation whose value is not a role's ARN, a service account's address or a client ID",
			"Azure: the pod's label azure.workload.identity/use, which the chart cannot set (a warning)",
			"an existing ServiceAccount that is not there",
		},
	},
	{
		ID: "secrets.change", Claim: "the store is not switched under existing secrets", Severity: check.MustPass, When: check.NeedsCluster, Run: checkChange,
		Needs: []string{"cluster.reachable"},
		Why:   "the server moves no secret by itself: those in the old store are lost to it",
		Finds: []string{
			"an upgrade with another type of store than the deployed release has",
			"the same type in another place: region, project, key vault, address, namespace or mount (a warning)",
		},
	},
}
