package checks

var exposeChecks = []Check{}
