package database

import (
	"context"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Explored is what a MySQL server shows to this machine before the checks run.
type Explored struct {
	Reached   bool     // it sent its greeting
	TLS       bool     // it offers TLS
	Databases []string // that the user can see, without the server's own ones
}

// Explore connects to the database server of the answers, and logs in once to list its
// databases if logIn is true. What cannot be found out stays empty.
func Explore(ctx context.Context, env *check.Env, logIn bool) Explored {
	e := env.Begin(ctx, check.Options{ReadOnly: true})
	defer e.End()
	greeting, err := databaseGreeting(ctx, e)
	if err != nil {
		return Explored{}
	}
	found := Explored{Reached: true, TLS: greeting.tls}
	if logIn && e.Answers.Database.MySQL.Auth != answers.RDSAuth {
		found.Databases = listDatabases(ctx, e)
	}
	return found
}

// serverDatabases are those that belong to MySQL itself.
var serverDatabases = []string{"information_schema", "mysql", "performance_schema", "sys"}

// listDatabases returns the databases that the user can see. It is empty if the login
// fails, which the checks explain.
func listDatabases(ctx context.Context, e *check.Env) []string {
	config, err := databaseTLSConfig(ctx, e)
	if err != nil {
		return nil
	}
	db, err := open(ctx, e, config, "")
	if err != nil {
		return nil
	}
	names, err := column(ctx, db, "SHOW DATABASES")
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(serverDatabases, name) })
}
