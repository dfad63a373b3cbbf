package inventory

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

const profileKey = "server.security.profile"

func TestSecurityProfile(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/apis/security.openshift.io" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"kind": "APIGroup", "apiVersion": "v1", "name": "security.openshift.io"}`))
	}))
	defer server.Close()
	found, err := Read(t.Context(), &rest.Config{Host: server.URL}, answers.Answers{})
	if err != nil || len(found[profileKey]) != 1 || found[profileKey][0].Value != answers.SecurityOpenShift {
		t.Errorf("%v %v", found, err)
	}
}

// TestSecurityProfile_other reads a real cluster that is not OpenShift.
func TestSecurityProfile_other(t *testing.T) {
	c := testcluster.Start(t)
	if IsOpenShift(t.Context(), c.Client(t)) {
		t.Error("a cluster without the API group is OpenShift")
	}
}
