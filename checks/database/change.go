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

// checkChange compares the database with that of the deployed release. The
// server does not migrate data: another database would be empty.
func checkChange(ctx context.Context, e *check.Env) (string, error) {
	v, err := release.DeployedEnvironment(ctx, e)
	if err != nil {
		return "", err
	}
	if v == nil {
		return "no release is deployed yet", nil
	}
	before, ok := deployedLocation(v)
	if !ok {
		return "", check.Skip("the ZENML_STORE_URL of the deployed server cannot be parsed")
	}
	switch after := chosenLocation(e); {
	case before.kind == after.kind && before.place == after.place:
		return "the deployed release uses the same: " + before.String(), nil
	case before.kind == answers.SQLiteDatabase:
		return "", &check.Fault{
			Warn: true,
			Summary: fmt.Sprintf(
				"the deployed release stores its data in SQLite, but the answers name %s: the server starts "+
					"without the existing data",
				after),
			Remedy: "copy what you need first, for example with the zenml client, or set database: {type: sqlite}",
		}
	case after.kind == answers.SQLiteDatabase:
		return "", &check.Fault{
			Summary: fmt.Sprintf(
				"the deployed release stores its data in %s, but the answers name SQLite: the server starts "+
					"empty, without an admin user",
				before),
			Remedy: before.keep() + "\nif you want to start over: --warn-only database.change",
		}
	default:
		return "", &check.Fault{
			Warn:    true,
			Summary: fmt.Sprintf("the deployed release stores its data in %s, but the answers name %s", before, after),
			Remedy: before.keep() + "\nignore this if it is the same database under another name, or if its " +
				"data was copied",
		}
	}
}

// location is where a server stores its data.
type location struct {
	kind  string
	place string // HOST:PORT/NAME of MySQL
}

func (w location) String() string {
	if w.kind == answers.SQLiteDatabase {
		return "SQLite"
	}
	return "MySQL at " + w.place
}

// keep returns the answers that keep using the location.
func (w location) keep() string {
	address, name, _ := strings.Cut(w.place, "/")
	host, port, _ := strings.Cut(address, ":")
	return fmt.Sprintf(
		"database: {type: mysql, mysql: {host: %s, port: %s, name: %s, …}}\n"+
			"zenml-installer answers init --from-release writes the complete answers",
		host, port, name)
}

// chosenLocation returns where the answers store data.
func chosenLocation(e *check.Env) location {
	if e.Answers.Database.Type != answers.MySQLDatabase {
		return location{kind: answers.SQLiteDatabase}
	}
	m := e.Answers.Database.MySQL
	return location{answers.MySQLDatabase, fmt.Sprintf("%s:%d/%s", strings.ToLower(m.Host), m.Port, m.Name)}
}

// deployedLocation returns where a deployed server stores its data, from its
// ZENML_STORE_URL. The charts set none for SQLite.
func deployedLocation(v release.Environment) (location, bool) {
	text := v.Get("ZENML_STORE_URL")
	if text == "" || strings.HasPrefix(text, "sqlite:") {
		return location{kind: answers.SQLiteDatabase}, true
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "mysql" {
		return location{}, false
	}
	port := u.Port()
	if port == "" {
		port = "3306"
	}
	return location{answers.MySQLDatabase, strings.ToLower(u.Hostname()) + ":" + port + u.Path}, true
}
