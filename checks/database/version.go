package database

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

var variablesMemo = check.NewMemo[map[string]string]("database variables")

// databaseVariables reads the server's variables that the checks look at,
// once. A variable that this server does not have is missing in the map.
func databaseVariables(ctx context.Context, e *check.Env) (map[string]string, error) {
	return variablesMemo.Get(ctx, e, func(ctx context.Context) (map[string]string, error) {
		db, err := session(ctx, e)
		if err != nil {
			return nil, err
		}
		rows, err := db.QueryContext(ctx, `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('version', 'version_comment', 'aurora_version',
			'read_only', 'super_read_only', 'innodb_read_only', 'max_connections', 'max_user_connections', 'sql_require_primary_key')`)
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

// relatives of MySQL name themselves in the version or its comment. None of
// them is what the server is tested with.
var relatives = []struct{ sign, name, remark string }{
	{"mariadb", "MariaDB", "its number does not mean that it is MySQL 8"},
	{"tidb", "TiDB", "it speaks MySQL's protocol, but changes tables in other ways"},
	{"planetscale", "PlanetScale", "it may refuse foreign keys, which the server needs"},
	{"vitess", "Vitess", "it may refuse foreign keys, which the server needs"},
	{"singlestore", "SingleStore", "it has no foreign keys, which the server needs"},
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
				Warn: true, Found: fmt.Sprintf("this is %s (%s), not MySQL: %s", r.name, version, r.remark),
				Why: "ZenML is tested with MySQL 8 only; a migration may fail now or at a later upgrade", Remedy: "use MySQL 8.0 or newer where the data must last",
			}
		}
	}
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < 8 {
		return "", &check.Fault{Found: fmt.Sprintf("the server reports version %s", version), Remedy: "upgrade it to MySQL 8.0 or newer, or use another server"}
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
			Found:  "the server takes no writes: " + check.JoinAnd(on),
			Remedy: "give the endpoint of the primary (the writer) as database.mysql.host; if this is the primary: SET GLOBAL read_only = OFF;",
		}
	}
	return "it takes writes", nil
}
