package database

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// checkSQLite also checks the rendered objects, because raw values can override the
// answers.
func checkSQLite(ctx context.Context, e *check.Env) (string, error) {
	// The chart silently renders one replica if there is no database URL.
	if n := e.Answers.Server.Replicas; n > 1 {
		fault := severalReplicas(n, "server.replicas")
		fault.Fix = check.Fix{Title: "Run one replica", Answers: map[string]string{"server.replicas": "1"}}
		return "", fault
	}
	if e.Rendered != nil {
		if r, err := e.Render(ctx); err == nil {
			if fault := tooManyForSQLite(r.Objects); fault != nil {
				return "", fault
			}
		}
	}
	if !e.Answers.Database.SQLite.IsPersistent() {
		return "", withoutVolume(ctx, e)
	}
	return "on a volume of " + e.Answers.Database.SQLite.Size, nil
}

// withoutVolume warns of the loss of the data: at some time, or with this upgrade.
func withoutVolume(ctx context.Context, e *check.Env) *check.Fault {
	fault := &check.Fault{
		Warn:    true,
		Summary: "the database is not stored on a volume",
		Reason:  "all pipelines, runs, users and secrets are lost when the pod restarts",
		Remedy: "store the database on a volume:\n" +
			"database: {type: sqlite, sqlite: {persistent: true}}\n" +
			"or use a MySQL 8 server for data that you must keep",
		Fix: check.Fix{Title: "Keep the database on a volume",
			Answers: map[string]string{"database.sqlite.persistent": "true"}},
	}
	deployed, err := release.DeployedEnvironment(ctx, e)
	if err != nil || deployed == nil {
		return fault
	}
	if before, ok := deployedLocation(deployed); ok && before.kind == answers.SQLiteDatabase {
		fault.Summary = "the database is not stored on a volume, and an upgrade that changes the pod loses it"
		fault.Reason = "the new pod starts without pipelines, runs, users and secrets"
		fault.Remedy = "copy what you need first, for example with the zenml client\n" + fault.Remedy
		fault.Fix = check.Fix{} // the volume would be empty
	}
	return fault
}

func tooManyForSQLite(objects []manifest.Object) *check.Fault {
	if len(manifest.Find(objects, "HorizontalPodAutoscaler", "")) > 0 {
		return &check.Fault{
			Summary: "autoscaling is enabled", Reason: "each additional pod has its own empty database",
			Remedy: "server: {autoscaling: {enabled: false}}, or set database: {type: mysql}",
		}
	}
	for _, o := range manifest.Find(objects, "Deployment", "") {
		if replicas := intField(o, "spec", "replicas"); replicas > 1 {
			return severalReplicas(replicas, o.GetName())
		}
	}
	return nil
}

func severalReplicas(n int, where string) *check.Fault {
	return &check.Fault{
		Summary: fmt.Sprintf("%d replicas (%s)", n, where), Reason: "each pod has its own empty database",
		Remedy: "server: {replicas: 1}, or set database: {type: mysql}",
	}
}

func needsSQLite(e *check.Env) string {
	if e.Answers.Database.Type != answers.SQLiteDatabase {
		return "the database is not SQLite"
	}
	return ""
}
