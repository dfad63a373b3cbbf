package checks

var supplyChecks = []Check{}
