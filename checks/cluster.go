package checks

func needsCluster(e *Env) string {
	if e.Cluster == nil {
		return "no cluster was named"
	}
	return ""
}

var clusterChecks = []Check{}
