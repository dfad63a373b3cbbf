// Package admission holds the check that has the API server judge the rendered
// objects by a dry run, before anything is installed.
package admission

import "github.com/zenml-installer/zenml-installer/checks/check"

// Checks ask whether the API server accepts what the install applies.
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

		Why: "later a rejection shows only in events, while the install waits",
		Finds: []string{
			"a Pod Security violation (`restricted`); judged by the namespace's label where you are not " +
				"allowed to create pods",
			"an exhausted object quota, an exceeded resource quota, or limits that a quota requires",
			"a policy webhook that rejects an object",
			"a missing ServiceAccount",
			"invalid objects, or kinds that the cluster does not serve",
			"OpenShift's security context constraints, as they apply to the ServiceAccount of the pods " +
				"and not to you",
			"pods that could not be tried (a warning)",
		},
	},
}
