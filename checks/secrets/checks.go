// Package secrets contains the checks of the secrets store, which stores the
// secrets of the server's users, and of the backup secrets store.
package secrets

import (
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Checks verify the secrets store and the backup secrets store.
var Checks = []check.Check{
	{
		ID:       "secrets.key",
		Claim:    "the SQL secrets store encrypts with a stable key",
		Failure:  "the SQL secrets store does not encrypt with a stable key",
		Severity: check.MustPass,
		When:     needsSQLStore,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"secretsStore.sql.encryptionKey"},
		Run:      checkKey,

		Reason: "without a key, everyone who can read the database can read the secrets; with a different key " +
			"they can no longer be decrypted",
		Finds: []string{
			"no encryption key (a warning)",
			"a weak key: short, or of few different characters (a warning)",
			"a key other than that of the deployed release, a key where it has none, or none where it has one",
			"a new key for a database or volume in which an earlier server stored secrets under another key",
		},
	},
	{
		ID:       "secrets.credentials",
		Claim:    "the credentials of the secrets store work",
		Failure:  "the credentials of the secrets store do not work",
		Severity: check.MustPass,
		When:     needsCloudStore,
		Limit:    40 * time.Second,
		Answers:  storeLogins,
		Run:      checkCredentials,

		Reason: "the server logs in to its secrets store when it starts, and does not start if that fails",
		Finds: []string{
			"AWS: an unknown or expired access key, a secret key that does not match, a missing session " +
				"token; a role that cannot be assumed; an unknown region (a warning) or one of another " +
				"partition; a key of the root user (a warning)",
			"Google Cloud: a key file of the wrong type, incomplete or damaged; a deleted key or " +
				"account; an account that cannot be impersonated; Secret Manager API disabled; an unknown " +
				"project, or its number instead of its ID (a warning)",
			"Azure: an unknown tenant or application; a wrong or expired client secret; the ID of the " +
				"secret instead of its value; an unknown key vault, or one of another tenant; the firewall " +
				"of the vault (a warning)",
			"Vault: the placeholder address; not initialized or sealed; a wrong or expired token, " +
				"AppRole or login mount; an unknown namespace, or one that this Vault ignores (a warning); a " +
				"root token, or a token that expires (a warning)",
			"the backup store is the same as the primary store (a warning)",
			"an address that this machine cannot reach, or a certificate that it does not trust (a " +
				"warning where a pod may)",
		},
	},
	{
		ID:       "secrets.permissions",
		Claim:    "the credentials have the permissions that the server needs",
		Failure:  "the credentials lack permissions that the server needs",
		Severity: check.MustPass,
		When:     needsCloudStore,
		Limit:    60 * time.Second,
		Answers:  storeLogins,
		Notices:  secretsNotices,
		Run:      checkPermissions,

		Reason: "a secret that cannot be written, read or deleted fails for a user, long after the install",
		Finds: []string{
			"each missing permission by name, with the policy that grants it",
			"Vault: no permission to write the engine's configuration, without which the server does not " +
				"start; KV version 1, another engine, or none at the mount",
			"a secret that was created to prove the permissions and cannot be deleted: it is named",
			"with --read-only nothing is created: permissions that cannot be queried are listed as not proved",
		},
	},
	{
		ID:       "secrets.identity",
		Claim:    "the pods have an identity for the implicit login",
		Failure:  "the pods have no identity for the implicit login",
		Severity: check.MustPass,
		When:     needsImplicit,
		Answers:  storeMethods,
		Run:      checkIdentity,

		Reason: "without it the pod has the identity of its node, or none, and cannot access the secrets store",
		Finds: []string{
			"no annotation on the ServiceAccount: eks.amazonaws.com/role-arn, " +
				"iam.gke.io/gcp-service-account or azure.workload.identity/client-id (a warning: EKS Pod " +
				"Identity and the identity of the node need none)",
			"an annotation that is not a role ARN, a service account address or a client ID",
			"Azure: the pod label azure.workload.identity/use, which the chart cannot set (a warning)",
			"an existing ServiceAccount that is missing",
		},
	},
	{
		ID:       "secrets.change",
		Claim:    "the release keeps using its current secrets store",
		Failure:  "the upgrade would switch to another secrets store",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"secretsStore.type"},
		Run:      checkChange,

		Reason: "the server does not move secrets: it can no longer read those in the old store",
		Finds: []string{
			"an upgrade with another type of store than the deployed release has",
			"the same type at another location: region, project, key vault, address, namespace or mount " +
				"(a warning)",
		},
	},
}

// storeLogins are the answers with the credentials of secrets stores.
var storeLogins = []string{
	"secretsStore.aws.accessKeyID", "secretsStore.aws.roleARN",
	"secretsStore.gcp.serviceAccountJSON", "secretsStore.gcp.externalAccountJSON",
	"secretsStore.gcp.userAccountJSON", "secretsStore.gcp.token", "secretsStore.gcp.projectID",
	"secretsStore.azure.clientSecret", "secretsStore.azure.token", "secretsStore.azure.keyVaultName",
	"secretsStore.hashicorp.token", "secretsStore.hashicorp.secretID", "secretsStore.hashicorp.awsRole",
}

// storeMethods are the answers that select the authentication method of secrets
// stores.
var storeMethods = []string{
	"secretsStore.aws.authMethod", "secretsStore.gcp.authMethod",
	"secretsStore.azure.authMethod", "secretsStore.hashicorp.authMethod",
}
