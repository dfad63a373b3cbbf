package checks

// needsCluster skips a check when no cluster was named.
func needsCluster(e *Env) string {
	if e.Cluster == nil {
		return "no cluster was named"
	}
	return ""
}

// needsObjects skips a check when the chart was not rendered.
func needsObjects(e *Env) string {
	if e.Rendered == nil {
		return "the chart was not rendered"
	}
	return ""
}

// needsRendered is for checks that look at the rendered objects in a cluster.
func needsRendered(e *Env) string {
	if why := needsCluster(e); why != "" {
		return why
	}
	if e.Rendered == nil {
		return "the chart was not rendered"
	}
	return ""
}
