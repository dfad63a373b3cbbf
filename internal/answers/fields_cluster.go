package answers

// DefaultRelease is the default name of the release and of the namespace, as in
// the public guide.
const DefaultRelease = "zenml-server"

// DefaultChart is where the ZenML project publishes its chart.
const DefaultChart = "oci://public.ecr.aws/zenml/zenml"

var clusterFields = atStep(StepCluster,
	plain(Field{
		Key: "cluster.context", Kind: Text,
		Title: "Cluster",
		Help:  "The kubeconfig context of the cluster to install into. If empty, the current context.",
		Why:   "The checks run against this cluster, and the server is installed into it.",
	}, Field{
		Key: "cluster.namespace", Kind: Text, Default: DefaultRelease,
		Title: "Namespace",
		Help:  "The namespace for the server. It is created if it does not exist.",
		Why:   "Each ZenML server needs its own namespace, because the chart gives some objects a fixed name.",
		Check: namespace,
	}, Field{
		Key: "cluster.release", Kind: Text, Default: DefaultRelease,
		Title: "Release name",
		Help:  "The name of the Helm release. The chart's objects are named after it.",
		Why:   "helm list, helm upgrade and zenml-installer find the installation by this name.",
		Check: releaseName,
	}),
	advanced(plain(Field{
		Key:     "chart.ref",
		Kind:    Text,
		Default: DefaultChart,
		Title:   "Chart",
		Help: "An OCI reference, a repository URL, a folder or a .tgz archive. Paths are relative to the " +
			"answers file.",
		Check: oneLine,
	}, Field{
		Key: "chart.version", Kind: Text,
		Title: "Chart version",
		Help:  "The version of the chart. If empty, the latest stable version.",
		Check: chartVersion,
	})),
)
