package checks

var networkChecks = []Check{}
