package answers

var makesAccount = condition{
	func(a Answers) bool { return !a.Server.ServiceAccount.Existing },
	"server.serviceAccount.existing is not true",
}

var podFields = atStep(StepAdvanced, advanced(plain(
	Field{
		Key: "server.resources.requests", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title:   "Resource requests",
		Help:    "The resources requested for each server pod.",
		Example: "{cpu: 250m, memory: 512Mi}",
	}, Field{
		Key: "server.resources.limits", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title: "Resource limits", Help: "The maximum resources of each server pod.", Example: "{memory: 2Gi}",
	},
), when(usesMySQL,
	Field{
		Key: "server.migrationResources.requests", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title:   "Migration requests",
		Help:    "The resources requested for the migration pod.",
		Example: "{cpu: 250m, memory: 512Mi}",
	}, Field{
		Key: "server.migrationResources.limits", Kind: Pairs, CheckName: oneLine, Check: resource,
		Title: "Migration limits",
		Help: "The maximum resources of the migration pod. An in-memory backup needs enough memory for the whole " +
			"database.",
		Example: "{memory: 4Gi}",
	},
), plain(
	Field{
		Key: "server.serviceAccount.name", Kind: Text, Check: optionalDNSName,
		Title: "Service account",
		Help: "The name of the pods' service account. The chart's default is zenml, which two releases in a " +
			"namespace cannot share.",
		Example: "zenml",
	}, Field{
		Key: "server.serviceAccount.existing", Kind: Boolean,
		Title: "Existing service account", Help: "The service account already exists, so the chart does not create it.",
	},
), when(makesAccount,
	Field{
		Key: "server.serviceAccount.annotations", Kind: Pairs, CheckName: labelKey,
		Title: "Service account annotations",
		Help: "Annotations of the service account: eks.amazonaws.com/role-arn, iam.gke.io/gcp-service-account or " +
			"azure.workload.identity/client-id give the pods a cloud identity.",
		Example: "{iam.gke.io/gcp-service-account: zenml@my-project.iam.gserviceaccount.com}",
	},
), plain(
	Field{
		Key: "server.podAnnotations", Kind: Pairs, CheckName: labelKey,
		Title:   "Pod annotations",
		Help:    "Annotations of the server and migration pods.",
		Example: "{sidecar.istio.io/inject: \"false\"}",
	}, Field{
		Key: "server.nodeSelector", Kind: Pairs, CheckName: labelKey,
		Title:   "Node selector",
		Help:    "Labels of the nodes that may run the pods.",
		Example: "{kubernetes.io/arch: amd64}",
	}, Field{
		Key: "server.tolerations", Kind: Items,
		Title:   "Tolerations",
		Help:    "The node taints that the pods tolerate, as in a pod spec.",
		Example: "[{key: dedicated, operator: Exists}]",
	}, Field{
		Key: "server.affinity", Kind: Tree,
		Title: "Affinity", Help: "Where the pods should run, as in a pod spec.",
	}, Field{
		Key: "server.security.profile", Kind: Choice, Default: SecurityChart,
		Title: "Pod security", Help: "The security restrictions of the pods.",
		Options: []Option{
			{Value: SecurityChart, Title: "Chart default", Help: "Runs as user 1000, not as root."},
			{Value: SecurityRestricted, Title: "Restricted",
				Help: "Satisfies the restricted level of Pod Security Standards."},
			{Value: SecurityOpenShift, Title: "OpenShift",
				Help: "Like restricted; OpenShift chooses the user and the group."},
		},
	}, Field{
		Key: "server.security.pod", Kind: Tree,
		Title: "Pod security context", Help: "Merged over the profile, as in a pod spec.",
	}, Field{
		Key: "server.security.container", Kind: Tree,
		Title: "Container security context", Help: "Merged over the profile, as in a container spec.",
	},
)))
