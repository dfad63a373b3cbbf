package exposure

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// reader reads from a server that responds with the objects of namespace n, by
// the path below it. Scenarios read what real controllers report.
func reader(t *testing.T, objects map[string]string) Reader {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := objects[r.URL.Path]
		w.Header().Set("Content-Type", "application/json")
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}`
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	return Reader{Client: client, Namespace: "n"}
}

func TestStatus_Text(t *testing.T) {
	s, ok := reader(t, map[string]string{}).Secret(t.Context(), "zenml-tls")
	const want = "Secret zenml-tls: the server has no certificate: there is no Secret zenml-tls in namespace n; " +
		"create it with kubectl create secret tls, or set expose.tls.mode to cert-manager or self-signed"
	if got := s.Text(); !ok || got != want {
		t.Errorf("%q, %t", got, ok)
	}
}
