// Package cluster contains the checks of the cluster that the server is
// installed into: access, version, namespace, permissions, nodes and storage.
package cluster

import (
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Checks verify the cluster that the server is installed into.
var Checks = []check.Check{
	{
		ID:       "cluster.kubeconfig",
		Claim:    "the kubeconfig and its context are usable",
		Failure:  "the kubeconfig or its context is not usable",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Answers:  []string{"cluster.context"},
		Run:      checkKubeconfig,

		Reason: "every other step reaches the cluster through it",
		Finds: []string{
			"no kubeconfig",
			"a kubeconfig that is not YAML",
			"an unknown context, or no current context",
			"an expired client certificate",
			"a credential plugin that is not installed",
			"credentials in a format Kubernetes removed: `auth-provider`, plugins with `v1alpha1`",
		},
	},
	{
		ID:       "cluster.credentials",
		Claim:    "the credential plugin works without a terminal",
		Failure:  "the credential plugin returns no credentials",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.kubeconfig"},
		Answers:  []string{"cluster.context"},
		Limit:    40 * time.Second,
		Run:      checkCredentials,

		Reason: "the plugin runs again whenever its credentials expire, also while the screens use the terminal",
		Finds: []string{
			"a plugin that asks for a code, a password or a confirmation",
			"a plugin that does not finish within 30 seconds",
			"a plugin that fails, with its own message",
			"a plugin that prints a warning (a warning)",
		},
	},
	{
		ID:       "cluster.reachable",
		Claim:    "the API server answers and accepts your credentials",
		Failure:  "the API server does not answer, or does not accept your credentials",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.credentials"},
		Answers:  []string{"cluster.context"},
		Run:      checkReachable,

		Reason: "without the API server nothing can be checked or installed",
		Finds: []string{
			"connection refused, a timeout, or an unknown host",
			"an untrusted TLS certificate",
			"missing, expired or rejected credentials (401)",
			"a proxy or another web server that answers instead",
		},
	},
	{
		ID:       "cluster.version",
		Claim:    "the Kubernetes version is supported",
		Failure:  "the Kubernetes version is not supported",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"cluster.context"},
		Run:      checkVersion,

		Reason: "the chart's objects need APIs that older versions do not serve",
		Finds: []string{
			"Kubernetes older than 1.23",
			"a version without upstream support (a warning)",
		},
		Accepts: []string{
			"the version names of EKS, GKE, k3s and other distributions",
		},
	},
	{
		ID:       "cluster.clock",
		Claim:    "the clocks of this machine and the cluster agree",
		Failure:  "the clocks of this machine and the cluster differ",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Run:      checkClock,

		Reason: "tokens and certificates are rejected as expired or not yet valid",
		Finds: []string{
			"a difference of more than five minutes",
		},
	},
	{
		ID:       "cluster.namespace",
		Claim:    "the namespace is usable",
		Failure:  "the namespace is not usable",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"cluster.namespace"},
		Run:      checkNamespace,

		Reason: "every object of the release is created in it",
		Finds: []string{
			"a namespace that is being deleted (Terminating)",
			"a missing namespace that you are not allowed to create",
		},
	},
	{
		ID:       "cluster.permissions",
		Claim:    "you have the permissions that the install needs",
		Failure:  "you lack permissions that the install needs",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.reachable", "supply.render"},
		Answers:  []string{"cluster.namespace"},
		Run:      checkPermissions,

		Reason: "an install that is denied partway leaves a broken release behind",
		Finds: []string{
			"each missing verb on the resources that the chart renders, on Helm's own Secrets, and on " +
				"what the wait, the diagnosis and the port-forward read; the result includes the Role to " +
				"request from an administrator",
		},
	},
	{
		ID:       "cluster.release",
		Claim:    "the release name is free or can be upgraded",
		Failure:  "the release name cannot be used",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"cluster.release"},
		Run:      checkRelease,

		Reason: "Helm refuses to continue a release that another run left unfinished",
		Finds: []string{
			"another run of the installer that is changing the release (a warning with `--wait-for-other`)",
			"a release that a killed run left pending-install, pending-upgrade, pending-rollback or uninstalling (a " +
				"warning: this run takes it over and keeps all keys)",
			"a pending release of Helm or another tool",
			"a first install that failed (a warning: this run continues it)",
			"a release of another chart with this name",
			"a chart older than the deployed one: the older server does not know the newer database schema",
		},
	},
	{
		ID:       "cluster.nodes",
		Claim:    "a ready, schedulable node matches the server's pods",
		Failure:  "no ready, schedulable node matches the server's pods",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.reachable", "supply.render"},
		Run:      checkNodes,

		Reason: "the pods stay Pending until the install times out",
		Finds: []string{
			"no nodes, or none that is ready",
			"only tainted or cordoned nodes",
			"a nodeSelector or node affinity that matches no node",
			"any of these where nodes are created on demand (a warning that names the sign: Fargate, " +
				"Karpenter, GKE Autopilot, a cluster autoscaler)",
		},
		Accepts: []string{
			"arm64 nodes only",
			"AWS Fargate, where each pod gets a node of its own (a warning)",
			"Karpenter, GKE Autopilot or a cluster autoscaler that adds nodes when pods need them (a warning)",
		},
	},
	{
		ID:       "cluster.capacity",
		Claim:    "a node has room for the server's requests",
		Failure:  "no node has room for the server's requests",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.nodes"},
		Limit:    30 * time.Second,
		Run:      checkCapacity,

		Reason: "the pods stay Pending until the install times out",
		Finds: []string{
			"CPU or memory requests that exceed every node",
			"large enough nodes without enough free capacity",
			"either of these where nodes are created on demand (a warning)",
		},
		Accepts: []string{
			"Karpenter that adds a larger node (a warning)",
		},
	},
	{
		ID:       "cluster.portforward",
		Claim:    "a port-forward reaches pods through the API server",
		Failure:  "a port-forward does not reach pods through the API server",
		Severity: check.ShouldPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Answers:  []string{"expose.type"},
		Run:      checkPortForward,

		Reason: "the install works, but the port-forward to the server does not",
		Finds: []string{
			"a proxy that rejects connection upgrades, or removes the Upgrade header",
			"a port-forward that fails for another reason",
		},
	},
	{
		ID:       "cluster.dns",
		Claim:    "the cluster DNS runs",
		Failure:  "the cluster DNS does not run",
		Severity: check.MustPass,
		When:     check.NeedsCluster,
		Needs:    []string{"cluster.reachable"},
		Run:      checkDNS,

		Reason: "without it the server's pods cannot resolve the database host or any other name",
		Finds: []string{
			"no DNS Service (a warning: some clusters keep it elsewhere)",
			"a DNS Service without a ready pod",
		},
		Accepts: []string{
			"Cloud DNS for GKE, with a DNS Service that has no pods (a warning)",
		},
	},
	{
		ID:       "cluster.storage",
		Claim:    "the StorageClass exists",
		Failure:  "the StorageClass does not exist",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.reachable", "supply.render"},
		Answers:  []string{"database.sqlite.storageClass"},
		Run:      checkStorage,

		Reason: "the volume stays Pending, and so does the pod that mounts it",
		Finds: []string{
			"a volume without a class in a cluster without a default class",
			"a class that does not exist",
		},
	},
	{
		ID:       "cluster.conflicts",
		Claim:    "no existing object conflicts with this install",
		Failure:  "an existing object conflicts with this install",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.reachable", "supply.render"},
		Answers:  []string{"cluster.release"},
		Run:      checkConflicts,

		Reason: "Helm refuses to take over objects of another owner, partway through the install",
		Finds: []string{
			"an object of another release or owner with a name that the chart renders: ServiceAccount " +
				"`zenml`, Secret `zenml-tls-certs`, …",
			"a Secret of another owner with a name that the installer uses",
			"a migration Job or volume of another release",
			"a volume left by an earlier install (a warning)",
		},
	},
}
