package answers

// DefaultRelease is both the release's and the namespace's default name, as
// in the public guide.
const DefaultRelease = "zenml-server"

// DefaultChart is where the ZenML project publishes its chart.
const DefaultChart = "oci://public.ecr.aws/zenml/zenml"

var clusterFields = atStep(StepCluster,
	plain(Field{
		Key: "cluster.context", Kind: Text,
		Title: "Cluster",
		Help:  "The kubeconfig context of the cluster that gets the server. Empty means the current one.",
		Why:   "Everything that follows is checked on this cluster and written to it.",
	}, Field{
		Key: "cluster.namespace", Kind: Text, Default: DefaultRelease,
		Title: "Namespace",
		Help:  "The namespace for the server. It is created when it does not exist.",
		Why:   "Two ZenML servers need two namespaces: the chart gives some objects a fixed name.",
		Check: dnsLabel,
	}, Field{
		Key: "cluster.release", Kind: Text, Default: DefaultRelease,
		Title: "Release name",
		Help:  "The name of the Helm release. The chart's objects are named after it.",
		Why:   "helm list, helm upgrade and this program find the installation by it.",
		Check: releaseName,
	}),
	fileOnly(plain(Field{
		Key: "chart.ref", Kind: Text, Default: DefaultChart,
		Title: "Chart",
		Help:  "Where the chart comes from: an OCI reference, a repository URL, a folder or a .tgz archive; relative names start at the answers file's folder.",
		Check: oneLine,
	}, Field{
		Key: "chart.version", Kind: Text,
		Title: "Chart version",
		Help:  "The chart's version. Empty means the newest stable one.",
		Check: chartVersion,
	})),
)
