package database

import (
	"context"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestSQLite(t *testing.T) {
	e := checktest.WithCluster(t, nil, "zenml")
	checktest.Expect(t, runChecks(t, e, "database.sqlite"), "database.sqlite", check.Warned, "not stored on a volume")
	e.Answers.Database.SQLite = answers.SQLite{Persistent: new(true), Size: "1Gi"}
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

func TestSQLiteWithoutVolumeAtUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	sqlite, mysql := c.Namespace(t), c.Namespace(t)
	none := map[string]string{"ZENML_SECRETS_STORE_TYPE": "none"}
	checktest.InstallServer(t, c, sqlite, none, map[string]string{})
	checktest.InstallServer(t, c, mysql, none,
		map[string]string{"ZENML_STORE_URL": "mysql://zenml@db.example.com/zenml"})
	for namespace, say := range map[string]string{
		sqlite: "an upgrade that changes the pod loses it", mysql: "not stored on a volume",
	} {
		e := &check.Env{Cluster: c.Access(), Answers: answers.Answers{Cluster: answers.Cluster{Namespace: namespace},
			Database: answers.Database{Type: answers.SQLiteDatabase}}.Complete()}
		report, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{"database.sqlite"}}, nil)
		checktest.Must(t, err)
		result := checktest.Expect(t, report, "database.sqlite", check.Warned, say)
		if namespace == mysql && strings.Contains(result.Message, "upgrade") {
			t.Errorf("the data of another database is not lost: %s", result.Message)
		}
	}
}
