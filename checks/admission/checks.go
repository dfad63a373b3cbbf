// Package admission holds the check that has the API server judge the rendered
// objects by a dry run, before anything is installed.
package admission

import "github.com/zenml-installer/zenml-installer/checks/check"

// Checks ask whether the API server accepts what the install applies.
var Checks = []check.Check{
	{
		ID: "cluster.admission", Claim: "the API server accepts the rendered objects (server-side dry run)", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkAdmission,
		Needs: []string{"cluster.namespace", "supply.render"},
		Why:   "what is refused later appears only in events, while the install waits",
		Finds: []string{
			"Pod Security (`restricted`): where you may not make pods yourself, by the namespace's label",
			"a quota of objects that is full, a quota of sizes, or limits that it wants",
			"a policy's webhook", "a ServiceAccount that is not there",
			"invalid objects, or kinds that the cluster does not serve",
			"OpenShift's security context constraints, as the pods' ServiceAccount has them and not as you have them",
			"pods that could not be tried (a warning)",
		},
	},
}
