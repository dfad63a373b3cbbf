package database

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// checkChange compares the database with that of the deployed release: the
// server moves nothing by itself, and starts with an empty one elsewhere.
func checkChange(ctx context.Context, e *check.Env) (string, error) {
	v, err := release.DeployedEnvironment(ctx, e)
	if err != nil {
		return "", err
	}
	if v == nil {
		return "nothing is deployed yet", nil
	}
	before, ok := deployedDatabase(v)
	if !ok {
		return "", check.Skip("the deployed server's ZENML_STORE_URL is not one that this program can read")
	}
	switch after := database(e); {
	case before.kind == after.kind && before.place == after.place:
		return "the deployed release has the same: " + before.String(), nil
	case before.kind == answers.SQLiteDatabase:
		return "", &check.Fault{Warn: true, Found: fmt.Sprintf("the deployed release keeps its data in SQLite, and the answers say %s: the server starts without what was there", after),
			Remedy: "copy what you need by hand, for example with the zenml client; or keep database.type: sqlite"}
	case after.kind == answers.SQLiteDatabase:
		return "", &check.Fault{Found: fmt.Sprintf("the deployed release keeps its data in %s, and the answers say SQLite: the server starts empty, and without an admin", before),
			Remedy: before.keep() + "; to start anew on purpose: --warn-only database.change"}
	default:
		return "", &check.Fault{Warn: true, Found: fmt.Sprintf("the deployed release keeps its data in %s, and the answers say %s", before, after),
			Remedy: before.keep() + ", unless it is the same database under another name or its data have been copied"}
	}
}

// whereabouts is where a server keeps its data.
type whereabouts struct {
	kind  string
	place string // HOST:PORT/NAME of MySQL
}

func (w whereabouts) String() string {
	if w.kind == answers.SQLiteDatabase {
		return "SQLite"
	}
	return "MySQL at " + w.place
}

// keep is the setting that leaves the data where they are.
func (w whereabouts) keep() string {
	address, name, _ := strings.Cut(w.place, "/")
	host, port, _ := strings.Cut(address, ":")
	return fmt.Sprintf("database: {type: mysql, mysql: {host: %s, port: %s, name: %s, …}}; answers init --from-release writes all of it", host, port, name)
}

// database is where the answers put the data.
func database(e *check.Env) whereabouts {
	if e.Answers.Database.Type != answers.MySQLDatabase {
		return whereabouts{kind: answers.SQLiteDatabase}
	}
	m := e.Answers.Database.MySQL
	return whereabouts{answers.MySQLDatabase, fmt.Sprintf("%s:%d/%s", strings.ToLower(m.Host), m.Port, m.Name)}
}

// deployedDatabase is where a deployed server keeps its data, by its ZENML_STORE_URL.
// The charts set none for SQLite in its usual place.
func deployedDatabase(v release.Environment) (whereabouts, bool) {
	text := v.Get("ZENML_STORE_URL")
	if text == "" || strings.HasPrefix(text, "sqlite:") {
		return whereabouts{kind: answers.SQLiteDatabase}, true
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "mysql" {
		return whereabouts{}, false
	}
	port := u.Port()
	if port == "" {
		port = "3306"
	}
	return whereabouts{answers.MySQLDatabase, strings.ToLower(u.Hostname()) + ":" + port + u.Path}, true
}
