// Package cluster holds the checks of the cluster that the server is installed
// into: access, version, namespace, permissions, nodes and storage.
package cluster

import (
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Checks ask about the cluster that the server is installed into.
var Checks = []check.Check{
	{
		ID: "cluster.kubeconfig", Claim: "a kubeconfig and context are usable", Severity: check.MustPass, When: check.NeedsCluster, Run: checkKubeconfig,
		Why:   "everything that follows reaches the cluster by it",
		Finds: []string{"no kubeconfig", "a kubeconfig that is not YAML", "an unknown context, or none chosen", "an expired client certificate", "a credential plugin that is not installed", "credentials in a form that Kubernetes has given up: `auth-provider`, plugins by `v1alpha1`"},
	},
	{
		ID: "cluster.reachable", Claim: "the API server answers and knows you", Severity: check.MustPass, When: check.NeedsCluster, Run: checkReachable,
		Needs: []string{"cluster.kubeconfig"},
		Why:   "without it nothing can be checked or installed",
		Finds: []string{"refused, no answer, no such host", "a TLS certificate that is not trusted", "expired or refused credentials (401), or none at all", "a proxy or another web server that answers in its place"},
	},
	{
		ID: "cluster.version", Claim: "its version is supported", Severity: check.MustPass, When: check.NeedsCluster, Run: checkVersion,
		Needs: []string{"cluster.reachable"},
		Why:   "the chart's objects need APIs that older versions do not serve",
		Finds: []string{"older than Kubernetes 1.23", "out of upstream support (a warning)"},
	},
	{
		ID: "cluster.clock", Claim: "local and server clocks agree", Severity: check.MustPass, When: check.NeedsCluster, Run: checkClock,
		Needs: []string{"cluster.reachable"},
		Why:   "tokens and certificates are refused as expired or not yet valid",
		Finds: []string{"a difference of more than five minutes"},
	},
	{
		ID: "cluster.namespace", Claim: "the namespace is usable", Severity: check.MustPass, When: check.NeedsCluster, Run: checkNamespace,
		Needs: []string{"cluster.reachable"},
		Why:   "every object of the release goes there",
		Finds: []string{"it is being deleted (Terminating)", "it is missing, and you may not create it"},
	},
	{
		ID: "cluster.permissions", Claim: "you may do what the install does", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkPermissions,
		Needs: []string{"cluster.reachable", "supply.render"},
		Why:   "an install that is refused half-way leaves a broken release behind",
		Finds: []string{"each missing verb on the resources that the chart really renders, on Helm's own Secrets, and on what the wait, the diagnosis and the port-forward read; with the Role to ask an administrator for"},
	},
	{
		ID: "cluster.release", Claim: "the release name is free or can be upgraded", Severity: check.MustPass, When: check.NeedsCluster, Run: checkRelease,
		Needs: []string{"cluster.reachable"},
		Why:   "Helm refuses to go on from a release that another run left unfinished",
		Finds: []string{"pending-install, pending-upgrade or pending-rollback", "a first install that failed (a warning: this run goes on from it)", "another chart under this name", "a chart older than the deployed one: the server does not know the newer database schema"},
	},
	{
		ID: "cluster.nodes", Claim: "a ready, schedulable node fits", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkNodes,
		Needs: []string{"cluster.reachable", "supply.render"},
		Why:   "the pods stay Pending, and the install waits for them until its time is over",
		Finds: []string{"no node, or none ready", "all of them tainted or cordoned", "a nodeSelector or node affinity that matches nothing", "any of these where nodes are made on demand (a warning, by what shows it: Fargate, Karpenter, GKE Autopilot, a cluster autoscaler)"},
	},
	{
		ID: "cluster.capacity", Claim: "the requests fit a node", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkCapacity, Limit: 30 * time.Second,
		Needs: []string{"cluster.nodes"},
		Why:   "the pods stay Pending, and the install waits for them until its time is over",
		Finds: []string{"CPU or memory requests that no node is large enough for", "nodes that are large enough, but have no room left", "either where nodes are made on demand (a warning)"},
	},
	{
		ID: "cluster.dns", Claim: "cluster DNS is there", Severity: check.MustPass, When: check.NeedsCluster, Run: checkDNS,
		Needs: []string{"cluster.reachable"},
		Why:   "the server's pods find neither the database nor anything else by name",
		Finds: []string{"no DNS Service is found (a warning: some clusters keep it elsewhere)", "a DNS Service without a pod that is ready"},
	},
	{
		ID: "cluster.storage", Claim: "the StorageClass exists", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkStorage,
		Needs: []string{"cluster.reachable", "supply.render"},
		Why:   "the volume stays Pending, and so does the pod that wants it",
		Finds: []string{"a volume without a class, and no class that is the default", "a named class that does not exist"},
	},
	{
		ID: "cluster.conflicts", Claim: "no foreign object bears a name the install uses", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkConflicts,
		Needs: []string{"cluster.reachable", "supply.render"},
		Why:   "Helm refuses to take over what belongs to someone else, in the middle of the install",
		Finds: []string{"an object of the release's names that another release or someone else made: ServiceAccount `zenml`, Secret `zenml-tls-certs`, …", "a Secret that the installer would make, made by someone else", "a migration Job or volume of another release", "a volume that an earlier install left (a warning)"},
	},
}
