package checks

var imageChecks = []Check{
	{
		ID: "supply.image", Claim: "the image and tag exist for the nodes' architecture", Severity: MustPass, When: needsObjects, Run: supplyImage,
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
