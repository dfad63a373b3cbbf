package database

import (
	"context"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func TestSQLite(t *testing.T) {
	e := checktest.WithCluster(t, nil, "zenml")
	checktest.Expect(t, runChecks(t, e, "database.sqlite"), "database.sqlite", check.Warned, "not stored on a volume")
	e.Answers.Database.SQLite = answers.SQLite{Persistent: true, Size: "1Gi"}
	checktest.Expect(t, runChecks(t, e, "database.sqlite"), "database.sqlite", check.Pass)
	e.Answers.Values = map[string]any{"autoscaling": map[string]any{"enabled": true}}
	checktest.Expect(t, runChecks(t, e, "database.sqlite"), "database.sqlite", check.Failed, "autoscaling")
	e.Rendered = func(context.Context) (check.Rendered, error) {
		o := manifest.Object{}
		o.Object = map[string]any{
			"kind":       "Deployment",
			"apiVersion": "apps/v1",
			"metadata":   map[string]any{"name": "zenml-server"},
			"spec":       map[string]any{"replicas": float64(2)},
		}
		return check.Rendered{Objects: []manifest.Object{o}}, nil
	}
	checktest.Expect(t, runChecks(t, e, "database.sqlite"), "database.sqlite", check.Failed, "2 replicas")
}
