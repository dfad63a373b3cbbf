package check

// NeedsCluster skips a check when no cluster was named.
func NeedsCluster(e *Env) string {
	if e.Cluster == nil {
		return "no cluster was named"
	}
	return ""
}

// NeedsObjects skips a check when the chart was not rendered.
func NeedsObjects(e *Env) string {
	if e.Rendered == nil {
		return "the chart was not rendered"
	}
	return ""
}

// NeedsClusterAndObjects is for checks that look at the rendered objects in a cluster.
func NeedsClusterAndObjects(e *Env) string {
	if why := NeedsCluster(e); why != "" {
		return why
	}
	if e.Rendered == nil {
		return "the chart was not rendered"
	}
	return ""
}
