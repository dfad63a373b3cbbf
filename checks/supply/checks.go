// Package supply holds the checks of what is installed: the chart, its values,
// its image and the Secrets it refers to.
package supply

import (
	"github.com/zenml-installer/zenml-installer/checks/check"
)

func needsChart(e *check.Env) string {
	if e.Chart == nil {
		return "no chart was named"
	}
	return ""
}

// Checks ask about what is installed: the chart, its image, and the
// Secrets it refers to.
var Checks = []check.Check{
	{
		ID: "supply.chart", Claim: "the chart and version can be pulled", Severity: check.MustPass, When: needsChart, Run: checkChart,
		Why:   "there is nothing to install without it",
		Finds: []string{"no network, or a registry that refuses", "an unknown version (the nearest are named)", "a folder or archive that is no chart, or not ZenML's"},
	},
	{
		ID: "supply.render", Claim: "the chart renders with these values", Severity: check.MustPass, When: check.NeedsObjects, Run: checkRender,
		Needs: []string{"supply.chart"},
		Why:   "Helm would stop with an error of its template language",
		Finds: []string{"a value of the wrong type, or one that the templates require and that is missing", "answers that this chart cannot follow"},
	},
	{
		ID: "supply.values", Claim: "the chart knows every key that is set", Severity: check.MustPass, When: check.NeedsObjects, Run: checkValues,
		Needs: []string{"supply.render"},
		Why:   "the chart ignores unknown keys in silence: what you set would not happen",
		Finds: []string{"an unknown key", "the layout of the other generation (`zenml:` for `server:`)"},
	},
	{
		ID: "supply.effect", Claim: "the rendered objects do what the answers say", Severity: check.MustPass, When: check.NeedsObjects, Run: checkEffect,
		Needs: []string{"supply.render"},
		Why:   "you would get another server than you asked for, without a word",
		Finds: []string{"any answer without effect on the objects"},
	},
	{
		ID: "supply.references", Claim: "every referenced Secret and key exists", Severity: check.MustPass, When: check.NeedsClusterAndObjects, Run: checkReferences,
		Needs: []string{"supply.render", "cluster.reachable"},
		Why:   "the pods stay in CreateContainerConfigError, and the migration job ends the install",
		Finds: []string{"a missing Secret, or one without the key: database password and certificates, secrets store, custom CAs, environment, imagePullSecrets"},
	},
	{
		ID: "supply.image", Claim: "the image and tag exist for the nodes' architecture", Severity: check.MustPass, When: check.NeedsObjects, Run: checkImage,
		Needs: []string{"supply.render"},
		Why:   "the pods stay in ImagePullBackOff, and the migration job ends the install",
		Finds: []string{
			"no such tag (the nearest are named), or no such repository",
			"no image for the architecture of the nodes; for that of some of them (a warning)",
			"a private registry without a pull secret, or one whose login is refused",
			"the registry's rate limit (429, a warning)",
			"a registry that this machine cannot reach (a warning: the nodes may)",
		},
	},
}
