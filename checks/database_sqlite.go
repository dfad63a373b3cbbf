package checks

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// databaseSQLite asks the rendered objects, where there are some, because raw
// values may say more than the answers.
func databaseSQLite(ctx context.Context, e *Env) (string, error) {
	if e.Rendered != nil {
		if r, err := e.rendered(ctx); err == nil {
			if fault := tooManyForSQLite(r.Objects); fault != nil {
				return "", fault
			}
		}
	}
	if !e.Answers.Database.SQLite.Persistent {
		return "", &Fault{
			Warn: true, Found: "the database is not on a volume",
			Why:    "the next restart of the pod forgets every pipeline, run, user and secret",
			Remedy: "database: {type: sqlite, sqlite: {persistent: true}}\nor a MySQL 8 server for anything that must last",
		}
	}
	return "on a volume of " + e.Answers.Database.SQLite.Size, nil
}

func tooManyForSQLite(objects []manifest.Object) *Fault {
	if len(manifest.Find(objects, "HorizontalPodAutoscaler", "")) > 0 {
		return &Fault{
			Found: "autoscaling is on", Why: "each further pod would have an empty database of its own",
			Remedy: "values: {autoscaling: {enabled: false}}, or use MySQL",
		}
	}
	for _, o := range manifest.Find(objects, "Deployment", "") {
		replicas, _, _ := unstructured.NestedInt64(o.Object, "spec", "replicas")
		if float, ok, _ := unstructured.NestedFloat64(o.Object, "spec", "replicas"); ok {
			replicas = int64(float)
		}
		if replicas > 1 {
			return &Fault{
				Found: fmt.Sprintf("%d replicas of %s", replicas, o.GetName()), Why: "each pod would have an empty database of its own",
				Remedy: "one replica, or MySQL",
			}
		}
	}
	return nil
}
