package check

// NeedsCluster skips a check if there is no cluster.
func NeedsCluster(e *Env) string {
	if e.Cluster == nil {
		return "no cluster was given"
	}
	return ""
}

// NeedsObjects skips a check if the chart was not rendered.
func NeedsObjects(e *Env) string {
	if e.Rendered == nil {
		return "the chart was not rendered"
	}
	return ""
}

// NeedsClusterAndObjects skips a check that compares rendered objects with a cluster.
func NeedsClusterAndObjects(e *Env) string {
	if why := NeedsCluster(e); why != "" {
		return why
	}
	if e.Rendered == nil {
		return "the chart was not rendered"
	}
	return ""
}
