package bundle

import (
	"reflect"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func TestImages(t *testing.T) {
	objects, err := manifest.Parse([]byte(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: server}
spec:
  template:
    spec:
      initContainers: [{name: wait, image: "registry.test/init:1"}]
      containers:
      - {name: server, image: "zenmldocker/zenml-server:0.98.1"}
      - name: controller
        image: quay.io/jetstack/cert-manager-controller:v1
        args: [--v=2, "--acme-http01-solver-image=quay.io/jetstack/cert-manager-acmesolver:v1", --image=none]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: backup}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: "registry.test/backup:1"}]}}}}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: migration, annotations: {helm.sh/hook: pre-install}}
spec: {template: {spec: {containers: [{image: "zenmldocker/zenml-server:0.98.1"}]}}}
---
apiVersion: v1
kind: Pod
metadata: {name: test, annotations: {helm.sh/hook: test}}
spec: {containers: [{image: busybox}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := ServerImage(objects); got != "zenmldocker/zenml-server:0.98.1" {
		t.Errorf("%q", got)
	}
	want := []string{"quay.io/jetstack/cert-manager-acmesolver:v1", "quay.io/jetstack/cert-manager-controller:v1",
		"registry.test/backup:1", "registry.test/init:1", "zenmldocker/zenml-server:0.98.1"}
	if got := Images(objects); !reflect.DeepEqual(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
