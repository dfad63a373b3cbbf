package checks

import (
	"context"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func TestSQLite(t *testing.T) {
	e := withCluster(t, nil, "zenml")
	expect(t, look(t, e, "database.sqlite"), "database.sqlite", Warned, "not on a volume")
	e.Answers.Database.SQLite = answers.SQLite{Persistent: true, Size: "1Gi"}
	expect(t, look(t, e, "database.sqlite"), "database.sqlite", Pass)
	e.Answers.Values = map[string]any{"autoscaling": map[string]any{"enabled": true}}
	expect(t, look(t, e, "database.sqlite"), "database.sqlite", Failed, "autoscaling")
	e.Rendered = func(context.Context) (Rendered, error) {
		o := manifest.Object{}
		o.Object = map[string]any{"kind": "Deployment", "apiVersion": "apps/v1", "metadata": map[string]any{"name": "zenml-server"}, "spec": map[string]any{"replicas": float64(2)}}
		return Rendered{Objects: []manifest.Object{o}}, nil
	}
	expect(t, look(t, e, "database.sqlite"), "database.sqlite", Failed, "2 replicas")
}
