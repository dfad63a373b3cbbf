package plan

import (
	"encoding/base64"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func parse(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
		t.Fatal(err)
	}
	return o
}

const canary = "c4nary-value"

func TestDiffHidesSecrets(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(canary))
	before := parse(t, "apiVersion: v1\nkind: Secret\nmetadata: {name: a, annotations: {kubectl.kubernetes.io/"+
		"last-applied-configuration: '"+canary+"'}}\ndata: {same: "+encoded+", password: b2xk, gone: b2xk}\n")
	after := parse(t, "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {same: "+canary+", password: "+canary+"}\n")
	deployment := parse(t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {template: {spec: {containers: [{name: zenml, env: [
  {name: DB_PASSWORD, value: `+canary+`-env}, {name: URL, value: "mysql://zenml:`+canary+`-url@db/zenml"},
  {name: COPY, value: `+canary+`}, {name: DEBUG, value: "true"},
  {name: API_TOKEN, valueFrom: {secretKeyRef: {name: tokens, key: api}}}]}]}}}
`)
	items := []item{{before: before, after: after}, {after: deployment}}
	m := newMasker(items, nil)
	secretDiff, deploymentDiff := m.diff(before, after), m.diff(nil, deployment)
	for _, diff := range []string{secretDiff, deploymentDiff} {
		if strings.Contains(diff, canary) || strings.Contains(diff, encoded) {
			t.Errorf("a secret is in\n%s", diff)
		}
	}
	for _, want := range []string{"-  gone: " + m.hash("old"), "-  password: " + m.hash("old"),
		"+  password: " + m.hash(canary),
		"   same: " + m.hash(canary)} {
		if !strings.Contains(secretDiff, want+"\n") {
			t.Errorf("no %q in\n%s", want, secretDiff)
		}
	}
	for _, want := range []string{"name: tokens", "key: api", `value: "true"`, "value: hash:"} {
		if !strings.Contains(deploymentDiff, want) {
			t.Errorf("no %q in\n%s", want, deploymentDiff)
		}
	}
	if again := newMasker(items, nil); again.hash(canary) == m.hash(canary) {
		t.Error("the hashes of two plans are equal: a weak password can be guessed from them")
	}
}

func TestSameContentIgnoresWhatTheClusterWrites(t *testing.T) {
	one := parse(t, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ClusterIP}\n")
	other := parse(t, `
apiVersion: v1
kind: Service
metadata: {name: a, uid: u, resourceVersion: "7", generation: 2, managedFields: [{manager: m}], annotations:
  {deployment.kubernetes.io/revision: "2"}}
spec: {type: ClusterIP}
status: {loadBalancer: {}}
`)
	if !sameContent(one, other) {
		t.Errorf("%v\n%v", content(one), content(other))
	}
	other.Object["spec"] = map[string]any{"type": "NodePort"}
	if sameContent(one, other) {
		t.Error("a change of the spec is ignored")
	}
}
