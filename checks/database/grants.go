package database

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// migrationRights are the privileges that the migrations need on the database.
var migrationRights = []string{"CREATE", "ALTER", "DROP", "INDEX", "REFERENCES", "SELECT", "INSERT", "UPDATE", "DELETE"}

// grant is one line of SHOW GRANTS.
type grant struct {
	rights []string
	all    bool
	object string // as written: *.*, `db`.*
}

var grantLine = regexp.MustCompile("^GRANT (.+?) ON (?:TABLE )?(\\*\\.\\*|`(?:[^`]|``)+`\\.\\*) TO ")

var grantsMemo = check.NewMemo[[]grant]("database grants")

// grants returns the user's grants, including active roles, but not grants on
// single tables and columns. It queries them once per run.
func grants(ctx context.Context, e *check.Env) ([]grant, error) {
	return grantsMemo.Get(ctx, e, func(ctx context.Context) ([]grant, error) {
		db, err := openServer(ctx, e)
		if err != nil {
			return nil, err
		}
		rows, err := db.QueryContext(ctx, "SHOW GRANTS")
		if err != nil {
			return nil, err
		}
		defer func() { _ = rows.Close() }()
		var found []grant
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return nil, err
			}
			if g, ok := parseGrant(text); ok {
				found = append(found, g)
			}
		}
		return found, rows.Err()
	})
}

func parseGrant(text string) (grant, bool) {
	m := grantLine.FindStringSubmatch(text)
	if m == nil {
		return grant{}, false
	}
	g := grant{object: m[2]}
	for _, right := range strings.Split(m[1], ",") {
		right = strings.ToUpper(strings.TrimSpace(right))
		g.rights = append(g.rights, right)
		g.all = g.all || right == "ALL PRIVILEGES" || right == "ALL"
	}
	return g, true
}

// grantsNothing reports whether the grant only allows the login.
func (g grant) grantsNothing() bool { return slices.Equal(g.rights, []string{"USAGE"}) }

// covers reports whether the grant includes the database. Names in grants are
// patterns with % and _, which a backslash escapes.
func (g grant) covers(database string) bool {
	if g.object == "*.*" {
		return true
	}
	name := strings.TrimSuffix(strings.TrimPrefix(g.object, "`"), "`.*")
	name = strings.ReplaceAll(name, "``", "`")
	var pattern strings.Builder
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c == '\\' && i+1 < len(name):
			i++
			pattern.WriteString(regexp.QuoteMeta(name[i : i+1]))
		case c == '%':
			pattern.WriteString(".*")
		case c == '_':
			pattern.WriteString(".")
		default:
			pattern.WriteString(regexp.QuoteMeta(name[i : i+1]))
		}
	}
	matched, err := regexp.MatchString("^"+pattern.String()+"$", database)
	return err == nil && matched
}

// missingRights returns the wanted privileges that are not granted on the
// database.
func missingRights(grants []grant, database string, wanted []string) []string {
	var missing []string
	for _, right := range wanted {
		granted := slices.ContainsFunc(grants, func(g grant) bool {
			return g.covers(database) && (g.all || slices.Contains(g.rights, right))
		})
		if !granted {
			missing = append(missing, right)
		}
	}
	return missing
}

// grantCommand returns the statement for an administrator of the database.
func grantCommand(ctx context.Context, e *check.Env, rights []string) string {
	return "GRANT " + strings.Join(rights, ", ") + " ON `" + e.Answers.Database.MySQL.Name + "`.* TO " + account(ctx,
		e) + ";"
}
