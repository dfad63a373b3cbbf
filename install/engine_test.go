package install

import (
	"fmt"
	"io"
	"log"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// releaseName is the default release name, which is also the prefix of the
// chart's objects.
const releaseName = "zenml-server"

// generations maps the stand-in charts to the root key of their server
// settings.
var generations = map[string]string{"current": "server", "legacy": "zenml"}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// bench is a namespace in which a test installs.
type bench struct {
	*testcluster.Cluster
	t         *testing.T
	engine    *Engine
	namespace string
	database  string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	cluster := testcluster.Start(t)
	return &bench{
		Cluster:   cluster,
		t:         t,
		engine:    &Engine{Access: cluster.Access()},
		namespace: cluster.Namespace(t),
		database:  cluster.DatabaseName(t),
	}
}

func (b *bench) chart(generation string) *chart.Chart {
	b.t.Helper()
	source := b.Charts[generation]
	c, err := chart.Load(b.t.Context(), chart.Source{Ref: source.Ref, Version: source.Version})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// sqlite returns a plan with SQLite without a volume.
func (b *bench) sqlite(generation string) Plan {
	return Plan{
		Release: releaseName, Namespace: b.namespace, Chart: b.chart(generation), Timeout: 2 * time.Minute,
		Values: map[string]any{generations[generation]: map[string]any{"ingress": map[string]any{"enabled": false}}},
	}
}

// mysql returns a plan with the sandbox's database and its password in a
// Secret.
func (b *bench) mysql(generation, password string) Plan {
	plan := b.sqlite(generation)
	server := plan.Values[generations[generation]].(map[string]any)
	server["database"] = map[string]any{
		"url": fmt.Sprintf(
			"mysql://%s@%s:%d/%s",
			b.Database.User,
			b.Database.Host,
			b.Database.Port,
			b.database,
		),
		"passwordSecretRef": map[string]any{"name": "zenml-database", "key": "password"},
	}
	secret := corev1.Secret{Data: map[string][]byte{"password": []byte(password)}}
	secret.Name = "zenml-database"
	plan.Secrets = []corev1.Secret{secret}
	return plan
}

// apply applies a plan that must succeed.
func (b *bench) apply(plan Plan) (Outcome, *recorder) {
	b.t.Helper()
	r := record(b.t)
	outcome, err := b.engine.Apply(b.t.Context(), plan, r.observe)
	if err != nil {
		b.t.Fatalf("%v\n%s", err, r)
	}
	return outcome, r
}

func TestApplyAndConnect(t *testing.T) {
	for generation := range generations {
		for _, database := range []string{"sqlite", "mysql"} {
			t.Run(generation+"/"+database, func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				plan := b.sqlite(generation)
				if database == "mysql" {
					plan = b.mysql(generation, b.Database.Password.Reveal())
				}
				outcome, r := b.apply(plan)
				if outcome.Upgraded() || outcome.Release.Status != "deployed" ||
					outcome.Release.ChartVersion != b.Charts[generation].Version {
					t.Errorf("%+v", outcome.Release)
				}
				tunnel, err := b.engine.Forward(
					t.Context(),
					connect.ForwardRequest{Namespace: b.namespace, Release: releaseName},
					r.observe,
				)
				if err != nil {
					t.Fatal(err)
				}
				defer tunnel.Close()
				info, err := connect.WaitForServer(t.Context(), zenml.Client{Base: tunnel.URL()})
				if err != nil || info.DatabaseType != database || info.Active {
					t.Errorf("%+v %v", info, err)
				}
				t.Logf(
					"ready after %.1f s, answering after %.1f s\n%s",
					outcome.Duration.Seconds(),
					time.Since(r.begin).Seconds(),
					r,
				)
			})
		}
	}
}
