package checks

var databaseChecks = []Check{}
