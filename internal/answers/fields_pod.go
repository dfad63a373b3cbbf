package answers

var makesAccount = condition{func(a Answers) bool { return !a.Server.ServiceAccount.Existing }, "without server.serviceAccount.existing"}

var podFields = atStep(StepExtras, fileOnly(plain(
	Field{
		Key: "server.resources.requests", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title: "Resource requests", Help: "What each server pod is promised.", Example: "{cpu: 250m, memory: 512Mi}",
	}, Field{
		Key: "server.resources.limits", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title: "Resource limits", Help: "What each server pod may use at most.", Example: "{memory: 2Gi}",
	},
), when(usesMySQL,
	Field{
		Key: "server.migrationResources.requests", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title: "Requests of the migration", Help: "What the migration pod is promised.", Example: "{cpu: 250m, memory: 512Mi}",
	}, Field{
		Key: "server.migrationResources.limits", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title: "Limits of the migration", Help: "What the migration pod may use at most. A backup in memory needs room for the whole database.", Example: "{memory: 4Gi}",
	},
), plain(
	Field{
		Key: "server.serviceAccount.name", Kind: Text, Check: optionalDNSName,
		Title: "Service account", Help: "The name of the pods' service account. The chart's own is zenml: two releases in one namespace need two.", Example: "zenml",
	}, Field{
		Key: "server.serviceAccount.existing", Kind: Boolean,
		Title: "Existing service account", Help: "The service account is there already: the chart makes none.",
	},
), when(makesAccount,
	Field{
		Key: "server.serviceAccount.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "Identity of the pods", Help: "Annotations of the service account: eks.amazonaws.com/role-arn, iam.gke.io/gcp-service-account or azure.workload.identity/client-id give the pods a cloud identity.",
		Example: "{iam.gke.io/gcp-service-account: zenml@my-project.iam.gserviceaccount.com}",
	},
), plain(
	Field{
		Key: "server.podAnnotations", Kind: Pairs, CheckName: labelKey,
		Title: "Annotations of the pods", Help: "Annotations of the server's and the migration's pods.", Example: "{sidecar.istio.io/inject: \"false\"}",
	}, Field{
		Key: "server.nodeSelector", Kind: Pairs, CheckName: labelKey,
		Title: "Node selector", Help: "The labels of the nodes that may run the pods.", Example: "{kubernetes.io/arch: amd64}",
	}, Field{
		Key: "server.tolerations", Kind: Items,
		Title: "Tolerations", Help: "The taints of nodes that the pods tolerate, as in a pod.", Example: "[{key: dedicated, operator: Exists}]",
	}, Field{
		Key: "server.affinity", Kind: Tree,
		Title: "Affinity", Help: "Where the pods should run, as in a pod.",
	}, Field{
		Key: "server.security.profile", Kind: Choice, Default: SecurityChart,
		Title: "Security of the pods", Help: "Under which restrictions the pods run.",
		Options: []Option{
			{Value: SecurityChart, Title: "the chart's own", Help: "User 1000, not root."},
			{Value: SecurityRestricted, Title: "restricted", Help: "What Pod Security's restricted level asks for."},
			{Value: SecurityOpenShift, Title: "OpenShift", Help: "As restricted, with the user and the group left to OpenShift."},
		},
	}, Field{
		Key: "server.security.pod", Kind: Tree,
		Title: "Security context of the pods", Help: "Laid over the profile, as in a pod.",
	}, Field{
		Key: "server.security.container", Kind: Tree,
		Title: "Security context of the containers", Help: "Laid over the profile, as in a container.",
	},
)))
