package database

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkEngine checks how the database creates tables: the migrations set neither an
// engine nor a row format.
func checkEngine(ctx context.Context, e *check.Env) (string, error) {
	variables, err := databaseVariables(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	if fault := engineFault(variables); fault != nil {
		return "", fault
	}
	engine := storageEngine(variables)
	if engine == "" {
		return "", check.Skip("the database server does not report its default storage engine")
	}
	if format := variables["innodb_default_row_format"]; format != "" {
		return fmt.Sprintf("%s, row format %s", engine, strings.ToUpper(format)), nil
	}
	return engine, nil
}

// storageEngine returns the engine of new tables.
func storageEngine(variables map[string]string) string {
	if enforced := variables["enforce_storage_engine"]; enforced != "" {
		return enforced // MariaDB
	}
	return variables["default_storage_engine"]
}

const engineReason = "the migration fails: an index of the schema exceeds the limit of the engine or row format (1071)"

// engineFault returns why the ZenML server's tables cannot be created; nil if
// they can.
func engineFault(variables map[string]string) *check.Fault {
	engine, format := storageEngine(variables), variables["innodb_default_row_format"]
	switch {
	case engine != "" && !strings.EqualFold(engine, "InnoDB"):
		variable := "default_storage_engine"
		if variables["enforce_storage_engine"] != "" {
			variable = "enforce_storage_engine"
		}
		return &check.Fault{
			Summary: fmt.Sprintf("the database creates tables with the engine %s (%s), not InnoDB", engine, variable),
			Reason:  engineReason,
			Remedy: fmt.Sprintf("SET GLOBAL %[1]s = 'InnoDB';\nand %[1]s = InnoDB in the server's configuration or "+
				"parameter group, so that it survives a restart", variable),
		}
	case strings.EqualFold(format, "compact"), strings.EqualFold(format, "redundant"):
		return &check.Fault{
			Summary: fmt.Sprintf("the database creates tables with the row format %s (innodb_default_row_format)",
				strings.ToUpper(format)),
			Reason: engineReason,
			Remedy: "SET GLOBAL innodb_default_row_format = 'DYNAMIC';\nand innodb_default_row_format = DYNAMIC in " +
				"the " +
				"server's configuration or parameter group, so that it survives a restart",
		}
	}
	return nil
}
