package cmd

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// TestServerWithAnotherAdminFails sets a password for a server whose database
// already has an admin with another one.
func TestServerWithAnotherAdminFails(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	flags := p.mysqlFlags(c)
	install := func(password string) result {
		p.env["ZENML_ADMIN_PASSWORD"] = password
		return p.install(c, "current", "mysql.yaml", namespace, flags...)
	}
	install(adminPassword).want(t, exitDone, "activated with admin admin")
	install(adminPassword).want(t, exitDone, "activated with admin admin")

	const other = "An0ther-c4nary!"
	r := install(other).want(t, exitDone, "Could not verify the login of admin",
		"already activated with another account")
	if strings.Contains(r.err, "activated with admin") || !strings.Contains(r.out, "zenml login ") {
		t.Errorf("an upgrade of a server with another password: %s%s", r.out, r.err)
	}
	p.runs("uninstall", "-n", namespace, "--yes").want(t, exitDone)
	r = install(other).want(t, exitInstall,
		"the release is installed, but the server was already activated with another account")
	if r.out != "" || strings.Contains(r.out+r.err, other) {
		t.Errorf("it looks like a success or reveals the password: %s%s", r.out, r.err)
	}
}

// TestServiceAccountUnsupported installs a server that has no service accounts: a
// warning, and no Secret.
func TestServiceAccountUnsupported(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
	flags := append(p.mysqlFlags(c), "--answer", "admin.serviceAccount.name=ci")
	p.install(c, "current", "mysql.yaml", namespace, flags...).
		want(t, exitDone, "Warning: service account ci was not created: the server's version has no service accounts.")
	_, err := c.Client(t).CoreV1().Secrets(namespace).Get(t.Context(), "zenml-server-ci-api-key", metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		t.Error("the Secret of the API key:", err)
	}
}

// active runs a fake of a server that an admin with the given password has
// activated.
func active(t *testing.T, password string) string { return activeSoon(t, password, 0) }

// activeSoon is active, and refuses some logins before the admin exists.
func activeSoon(t *testing.T, password string, refused int32) string {
	t.Helper()
	var logins atomic.Int32
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/info", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"version": "0.98.1", "active": true,
			"auth_scheme": "OAUTH2_PASSWORD_BEARER"})
	})
	mux.HandleFunc("POST /api/v1/login", func(w http.ResponseWriter, r *http.Request) {
		if logins.Add(1) <= refused || r.PostFormValue("username") != "admin" || r.PostFormValue("password") != password {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"access_token":"x"}`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// The guided install verifies the login too, and fails if there is another
// admin.
func TestGuidedInstallVerifiesLogin(t *testing.T) {
	t.Parallel()
	p := nowhere(t)
	var out, stderr strings.Builder
	var c common
	newFlags(t, &c, "--kubeconfig", p.env["KUBECONFIG"])
	s := Streams{
		In:     strings.NewReader(""),
		Out:    &out,
		Err:    &stderr,
		Getenv: func(string) (string, bool) { return "", false },
	}
	a := answers.Answers{Database: answers.Database{Type: answers.SQLiteDatabase},
		Admin: answers.Admin{Activate: answers.ActivateAuto,
			Password: answers.Source{Value: secret.New(adminPassword)}}}
	e := &engine{streams: s, common: c}

	if _, err := e.Activate(t.Context(), a, active(t, adminPassword)); err != nil || e.otherAdmin() != nil {
		t.Fatal(err)
	}
	if _, err := e.Activate(t.Context(), a, activeSoon(t, adminPassword, 1)); err != nil {
		t.Errorf("the admin is created a moment later: %v", err)
	}
	_, err := e.Activate(t.Context(), a, active(t, "someone else's"))
	var claimed *claimedError
	if !errors.As(err, &claimed) || e.otherAdmin() == nil {
		t.Fatalf("a server with another admin is accepted: %v", err)
	}
	kept := a
	kept.Admin.Activate = answers.ActivateBrowser // the user logs in with that account
	if _, err := e.Activate(t.Context(), kept, active(t, "someone else's")); err != nil || e.otherAdmin() != nil {
		t.Errorf("the existing account is not accepted: %v, %v", err, e.otherAdmin())
	}
	if _, err := e.Activate(t.Context(), a, active(t, "someone else's")); !errors.Is(err, wizard.ErrOtherAdmin) {
		t.Errorf("got %v", err)
	}
	o := &installOptions{streams: s, common: c}
	outcome := wizard.Outcome{Ending: wizard.Installed, Answers: a,
		Install: install.Outcome{Release: &install.Release{Name: "zenml-server", Revision: 1}}}
	if err := o.printOutcome(
		t.Context(),
		e,
		outcome,
	); exitCode(err) != exitInstall ||
		strings.Contains(stderr.String(), "not activated yet") {
		t.Errorf("exit code %d, %v: %s", exitCode(err), err, &stderr)
	}
	outcome.Install.Before = &install.Release{Status: "deployed", Revision: 1}
	stderr.Reset()
	if err := o.printOutcome(
		t.Context(),
		e,
		outcome,
	); err != nil ||
		!strings.Contains(stderr.String(), "already activated") {
		t.Errorf("after an upgrade: %v: %s", err, &stderr)
	}
}
