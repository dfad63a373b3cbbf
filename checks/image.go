package checks

var imageChecks = []Check{}
