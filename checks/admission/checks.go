// Package admission contains the check that submits the rendered objects to the
// API server as a dry run, before anything is installed.
package admission

import "github.com/zenml-installer/zenml-installer/checks/check"

// Checks verify that the API server accepts what the install applies.
var Checks = []check.Check{
	{
		ID:       "cluster.admission",
		Claim:    "the API server accepts the rendered objects in a dry run",
		Failure:  "the API server rejects the rendered objects in a dry run",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.namespace", "supply.render"},
		Answers:  []string{"cluster.namespace"},
		Run:      checkAdmission,

		Reason: "later a rejection shows only in events, while the install waits",
		Finds: []string{
			"a Pod Security violation (`restricted`); judged by the namespace's label where you are not " +
				"allowed to create pods",
			"an exhausted object quota, an exceeded resource quota, or limits that a quota requires",
			"a policy webhook that rejects an object",
			"an admission webhook that does not answer, with its configuration and owner",
			"a missing ServiceAccount",
			"invalid objects, or kinds that the cluster does not serve",
			"OpenShift's security context constraints, as they apply to the ServiceAccount of the pods " +
				"and not to you",
			"pods that could not be tried (a warning)",
		},
		Accepts: []string{
			"a namespace that enforces the restricted Pod Security level, with server.security.profile restricted",
			"a ResourceQuota that requires limits, which a LimitRange sets",
			"OpenShift, with server.security.profile openshift or a granted constraint",
		},
	},
	{
		ID:       "cluster.sidecars",
		Claim:    "no added container keeps the migration Job from completing",
		Failure:  "an added container keeps the migration Job from completing",
		Severity: check.ShouldPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.admission"},
		Answers:  []string{"server.podAnnotations"},
		Run:      checkSidecars,

		Reason: "the Job only completes when all its containers end",
		Finds: []string{
			"a classic sidecar in the dry-run pod of the migration: Istio, Linkerd, Consul, Vault Agent, Kuma, " +
				"Dapr, AWS App Mesh, OpenTelemetry or another one, with the annotation that keeps it out " +
				"(native sidecars are fine)",
			"a namespace with automatic injection, if you are not allowed to create pods",
		},
		Accepts: []string{
			"a service mesh with native sidecars",
			"a service mesh that the pods opt out of",
		},
	},
	{
		ID:       "cluster.limits",
		Claim:    "the memory limits of the pods are high enough",
		Failure:  "the memory limit of a pod is too low",
		Severity: check.ShouldPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"cluster.admission"},
		Answers:  []string{"server.migrationResources.limits", "server.resources.limits"},
		Run:      checkLimits,

		Reason: "the container is OOMKilled, and the install fails",
		Finds: []string{
			"a limit that a LimitRange or a policy adds, below what the migration (about 180 MB) or the server needs",
			"a limit of the answers that is too low",
		},
		Accepts: []string{
			"default limits of a LimitRange that are high enough",
		},
	},
}
