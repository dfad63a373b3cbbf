package checks

import "slices"

// Table is every check, in the order of the final report. A check stands
// after those it needs.
var Table = slices.Concat(
	clusterChecks,
	databaseChecks,
	inClusterChecks,
	secretsChecks,
	supplyChecks,
	exposeChecks,
	networkChecks,
	localChecks,
)

// ByID returns the check with that id.
func ByID(id string) (Check, bool) { return find(Table, id) }
