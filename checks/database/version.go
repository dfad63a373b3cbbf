package database

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// What checkVersion accepts, for its page.
const (
	managedServers = "Aurora, RDS Proxy, Cloud SQL, Azure Database and ProxySQL, which announce other versions"
	relatedServers = "MariaDB, PlanetScale, Vitess and TiDB (a warning)"
)

var variablesMemo = check.NewMemo[map[string]string]("database variables")

// databaseVariables reads the server variables that the checks need, once per run.
// The map leaves out variables that this server does not have.
func databaseVariables(ctx context.Context, e *check.Env) (map[string]string, error) {
	return variablesMemo.Get(ctx, e, func(ctx context.Context) (map[string]string, error) {
		db, err := openServer(ctx, e)
		if err != nil {
			return nil, err
		}
		rows, err := db.QueryContext(
			ctx,
			`SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'aurora_version',
			'read_only', 'super_read_only', 'innodb_read_only', 'max_connections', 'max_user_connections',
			'default_storage_engine', 'enforce_storage_engine', 'innodb_default_row_format', 'character_set_server')`,
		)
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		found := map[string]string{}
		for rows.Next() {
			var name string
			var value sql.NullString
			if err := rows.Scan(&name, &value); err != nil {
				return nil, err
			}
			found[strings.ToLower(name)] = value.String
		}
		return found, rows.Err()
	})
}

// relatives are servers that resemble MySQL and identify themselves in the
// version or its comment. The ZenML server is not tested with them.
var relatives = []struct{ sign, name, remark string }{
	{"mariadb", "MariaDB", "its version number is not one of MySQL"},
	{"tidb", "TiDB", "it speaks MySQL's protocol, but alters tables differently"},
	{"planetscale", "PlanetScale", "it may not support foreign keys, which the server needs"},
	{"vitess", "Vitess", "it may not support foreign keys, which the server needs"},
	{"singlestore", "SingleStore", "it does not support foreign keys, which the server needs"},
}

func checkVersion(ctx context.Context, e *check.Env) (string, error) {
	variables, err := databaseVariables(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	version, comment := variables["version"], variables["version_comment"]
	said := strings.ToLower(version + " " + comment)
	for _, r := range relatives {
		if strings.Contains(said, r.sign) {
			return "", &check.Fault{
				Warn:    true,
				Summary: fmt.Sprintf("the database server is %s (%s), not MySQL: %s", r.name, version, r.remark),
				Reason:  "ZenML is tested only with MySQL 8; a migration can fail now or in a later upgrade",
				Remedy:  "use MySQL 8.0 or newer for production",
			}
		}
	}
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < 8 {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the database server is version %s, but ZenML needs MySQL 8.0 or newer", version),
			Remedy:  "upgrade the database server, or set database.mysql.host to another one",
		}
	}
	if aurora := variables["aurora_version"]; aurora != "" {
		return fmt.Sprintf("%s, Aurora %s", version, aurora), nil
	}
	return fmt.Sprintf("%s, %s", version, comment), nil
}

func checkWritable(ctx context.Context, e *check.Env) (string, error) {
	variables, err := databaseVariables(ctx, e)
	if err != nil {
		return "", loginError(e, err)
	}
	var on []string
	for _, name := range []string{"read_only", "super_read_only", "innodb_read_only"} {
		if v := strings.ToUpper(variables[name]); v != "" && v != "OFF" && v != "0" {
			on = append(on, name+" = "+v)
		}
	}
	if len(on) > 0 {
		return "", &check.Fault{
			Summary: "the database server is read-only: " + check.JoinAnd(on),
			Remedy: "set database.mysql.host to the primary (the writer endpoint); if this is the primary: SET " +
				"GLOBAL read_only = OFF;",
		}
	}
	return "accepts writes", nil
}
