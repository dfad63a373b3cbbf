package checks

var inClusterChecks = []Check{}
