package database

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// checkSQLite asks the rendered objects, where there are some, because raw
// values may say more than the answers.
func checkSQLite(ctx context.Context, e *check.Env) (string, error) {
	// The chart forces one replica where there is no database URL: what was
	// asked for would not happen.
	if n := e.Answers.Server.Replicas; n > 1 {
		return "", severalReplicas(n, "server.replicas")
	}
	if e.Rendered != nil {
		if r, err := e.Render(ctx); err == nil {
			if fault := tooManyForSQLite(r.Objects); fault != nil {
				return "", fault
			}
		}
	}
	if !e.Answers.Database.SQLite.Persistent {
		return "", &check.Fault{
			Warn: true, Found: "the database is not on a volume",
			Why:    "the next restart of the pod forgets every pipeline, run, user and secret",
			Remedy: "database: {type: sqlite, sqlite: {persistent: true}}\nor a MySQL 8 server for anything that must last",
		}
	}
	return "on a volume of " + e.Answers.Database.SQLite.Size, nil
}

func tooManyForSQLite(objects []manifest.Object) *check.Fault {
	if len(manifest.Find(objects, "HorizontalPodAutoscaler", "")) > 0 {
		return &check.Fault{
			Found: "autoscaling is on", Why: "each further pod would have an empty database of its own",
			Remedy: "values: {autoscaling: {enabled: false}}, or use MySQL",
		}
	}
	for _, o := range manifest.Find(objects, "Deployment", "") {
		if replicas := whole(o, "spec", "replicas"); replicas > 1 {
			return severalReplicas(replicas, o.GetName())
		}
	}
	return nil
}

func severalReplicas(n int, where string) *check.Fault {
	return &check.Fault{
		Found: fmt.Sprintf("%d replicas (%s)", n, where), Why: "each pod would have an empty database of its own",
		Remedy: "server: {replicas: 1}, or MySQL",
	}
}
