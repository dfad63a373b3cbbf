// Package supply contains the checks of what is installed: the chart, its
// values, its image and the Secrets that it references.
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

// Checks verify what is installed.
var Checks = []check.Check{
	{
		ID:       "supply.chart",
		Claim:    "the chart can be loaded",
		Failure:  "the chart cannot be loaded",
		Severity: check.MustPass,
		When:     needsChart,
		Run:      checkChart,

		Reason: "without it there is nothing to install",
		Finds: []string{
			"no network, or a registry that denies access",
			"an unknown version (the nearest ones are listed)",
			"a default chart that cannot be pulled: the chart of the deployed release is used, with a warning",
			"a folder or archive that is not a chart, or not ZenML's",
		},
	},
	{
		ID:       "supply.render",
		Claim:    "the chart renders with these values",
		Failure:  "the chart does not render with these values",
		Severity: check.MustPass,
		When:     check.NeedsObjects,
		Needs:    []string{"supply.chart"},
		Run:      checkRender,

		Reason: "Helm would stop with a template error",
		Finds: []string{
			"a value of the wrong type, or a missing value that the templates require",
			"answers that this chart does not support",
		},
	},
	{
		ID:       "supply.values",
		Claim:    "the chart knows every value that is set",
		Failure:  "the chart does not know every value that is set",
		Severity: check.MustPass,
		When:     check.NeedsObjects,
		Needs:    []string{"supply.render"},
		Run:      checkValues,

		Reason: "the chart silently ignores unknown keys: your setting would have no effect",
		Finds: []string{
			"an unknown key",
			"the layout of the other chart generation (`zenml:` instead of `server:`)",
		},
	},
	{
		ID:       "supply.effect",
		Claim:    "every answer takes effect in the rendered objects",
		Failure:  "an answer has no effect on the rendered objects",
		Severity: check.MustPass,
		When:     check.NeedsObjects,
		Needs:    []string{"supply.render"},
		Run:      checkEffect,

		Reason: "you would silently get another server than you asked for",
		Finds: []string{
			"any answer without effect on the objects",
			"a default, or a setting that the installer adds by itself, without effect (a warning)",
		},
	},
	{
		ID:       "supply.references",
		Claim:    "every referenced Secret and key exists",
		Failure:  "a referenced Secret or key does not exist",
		Severity: check.MustPass,
		When:     check.NeedsClusterAndObjects,
		Needs:    []string{"supply.render", "cluster.reachable"},
		Run:      checkReferences,

		Reason: "the pods stay in CreateContainerConfigError, and the migration job fails the install",
		Finds: []string{
			"a missing Secret or key: database password and certificates, secrets store, custom CAs, " +
				"environment, imagePullSecrets",
			"a secret in the answers that cannot be read or is not valid, for example a weak admin password",
		},
	},
	{
		ID:       "supply.image",
		Claim:    "the image exists for the architecture of the nodes",
		Failure:  "the image cannot be pulled for the architecture of the nodes",
		Severity: check.MustPass,
		When:     check.NeedsObjects,
		Needs:    []string{"supply.render"},
		Run:      checkImage,

		Reason: "the pods stay in ImagePullBackOff, and the migration job fails the install",
		Finds: []string{
			"an unknown tag (the nearest ones are listed) or repository",
			"no image for the architecture of the nodes; for that of some nodes (a warning)",
			"a private registry without a pull secret, or with one that is rejected",
			"the registry's rate limit (429, a warning)",
			"a registry that this machine cannot reach (a warning: the nodes may)",
		},
		Accepts: []string{
			"a private registry with a pull secret",
			"arm64 nodes only, with an image for several architectures",
			"a registry that only the nodes reach (a warning)",
		},
	},
}
