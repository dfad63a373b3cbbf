package inspect

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func TestConcerned(t *testing.T) {
	objects, err := manifest.Parse([]byte(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: zenml-server}
---
apiVersion: batch/v1
kind: Job
metadata: {name: zenml-server-db-migration}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: zenml-server}
spec: {tls: [{secretName: zenml-tls}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	c := newConcerned(objects)
	for name, want := range map[[2]string]bool{
		{"Deployment", "zenml-server"}:              true,
		{"ReplicaSet", "zenml-server-c544c68f6"}:    true,
		{"Pod", "zenml-server-c544c68f6-jbvtf"}:     true,
		{"Pod", "zenml-server-db-migration-zsnvd"}:  true,
		{"Certificate", "zenml-tls"}:                true,
		{"Challenge", "zenml-tls-1-229823-9123"}:    true,
		{"Pod", "zenml-server-two-c544c68f6-jbvtf"}: false,
		{"ReplicaSet", "other-c544c68f6"}:           false,
		{"Service", "zenml-server"}:                 false,
	} {
		if got := c.includes(name[0], name[1]); got != want {
			t.Errorf("%v: %v", name, got)
		}
	}
}
