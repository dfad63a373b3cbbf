package testzenml_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/testzenml"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// call is one request to both servers.
type call struct {
	name, method, path string
	body               any
}

// script contains the requests of an installer, and requests that fail.
var script = []call{
	{"health", http.MethodGet, "/health", nil},
	{"readiness", http.MethodGet, "/ready", nil},
	{"info before the activation", http.MethodGet, "/api/v1/info", nil},
	{"login before the activation", http.MethodPost, "/api/v1/login",
		url.Values{"username": {"admin"}, "password": {"Sesame/9"}}},
	{"activation", http.MethodPut, "/api/v1/activate",
		map[string]any{"admin_username": "admin", "admin_password": "Sesame/9"}},
	{"second activation", http.MethodPut, "/api/v1/activate",
		map[string]any{"admin_username": "other", "admin_password": "Sesame/9"}},
	{"info after the activation", http.MethodGet, "/api/v1/info", nil},
	{"wrong password", http.MethodPost, "/api/v1/login", url.Values{"username": {"admin"}, "password": {"wrong"}}},
	{"unknown user", http.MethodPost, "/api/v1/login", url.Values{"username": {"nobody"}, "password": {"Sesame/9"}}},
	{"login", http.MethodPost, "/api/v1/login", url.Values{"username": {"admin"}, "password": {"Sesame/9"}}},
	{"user without a token", http.MethodGet, "/api/v1/current-user", nil},
	{"unknown path", http.MethodGet, "/api/v1/no-such-path", nil},
}

// TestStandIn sends the same requests to the real server and to the stand-in,
// and compares what an installer reads.
func TestStandIn(t *testing.T) {
	c := testcluster.Start(t)
	real := serve(t, c, c.RealServer(t, testcluster.RealCurrent).Image)
	standIn := serve(t, c, c.Charts["current"].Image)
	for _, call := range script {
		want, got := shape(t, real, call), shape(t, standIn, call)
		if got != want {
			t.Errorf("%s:\nstand-in %s\nreal     %s", call.name, got, want)
		}
	}
}

// serve runs a server's image in a pod with SQLite.
func serve(t *testing.T, c *testcluster.Cluster, image string) *testzenml.Client {
	t.Helper()
	namespace := c.Namespace(t)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "server", Labels: map[string]string{"app.kubernetes.io/instance": "server"}},
		Spec: corev1.PodSpec{Containers: []corev1.Container{
			{
				Name:  "zenml",
				Image: image,
				Env:   []corev1.EnvVar{{Name: "ZENML_SERVER_DEPLOYMENT_TYPE", Value: "kubernetes"}},
				ReadinessProbe: &corev1.Probe{
					PeriodSeconds: 1,
					ProbeHandler: corev1.ProbeHandler{
						HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: intstr.FromInt32(8080)},
					},
				},
			},
		}},
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for { // the namespace's service account is created asynchronously
		_, err := c.Client(t).CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{})
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
		time.Sleep(250 * time.Millisecond)
	}
	client := &testzenml.Client{URL: c.Forward(t, namespace, c.ServerPod(t, namespace))}
	client.WaitReady(t)
	return client
}

// shape describes a response without what differs between any two servers.
func shape(t *testing.T, client *testzenml.Client, c call) string {
	t.Helper()
	answer, err := client.Call(t.Context(), c.method, c.path, c.body)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	var decoded any
	if json.Unmarshal(answer.Body, &decoded) != nil {
		return fmt.Sprintf("%d %s %s", answer.Status, answer.Type, answer.Body)
	}
	return fmt.Sprintf("%d %s %s", answer.Status, answer.Type, describe("", decoded))
}

// compared are the fields whose values must be equal. Of other fields only the
// name and the type are compared.
var compared = []string{"active", "debug", "deployment_type", "database_type", "secrets_store_type", "auth_scheme",
	"server_url", "dashboard_url", "token_type", "detail", "is_admin", "is_service_account"}

// ignored are fields that an installer does not read.
var ignored = []string{
	"metadata",
	"resources",
	"created",
	"updated",
	"last_user_activity",
	"csrf_token",
	"device_id",
	"device_metadata",
	"refresh_token",
	"activation_token",
	"default_project_id",
	"avatar_url",
	"permission_denied",
	"cookie_name",
	"scope",
}

func describe(name string, value any) string {
	switch value := value.(type) {
	case map[string]any:
		var fields []string
		for field, inner := range value {
			if !slices.Contains(ignored, field) {
				fields = append(fields, field+":"+describe(field, inner))
			}
		}
		slices.Sort(fields)
		return "{" + strings.Join(fields, " ") + "}"
	case nil:
		return "null"
	case string, bool, []any:
		if slices.Contains(compared, name) {
			return fmt.Sprint(value)
		}
	}
	return fmt.Sprintf("%T", value)
}
