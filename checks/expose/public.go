package expose

import (
	"context"
	"encoding/json"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

func checkPublic(ctx context.Context, e *check.Env) (string, error) {
	if e.Answers.Admin.Activate == answers.ActivateAuto {
		return "the install activates the server", nil
	}
	active, known := activeServer(ctx, e)
	if active {
		return "the server is already activated", nil
	}
	if opensAfterActivation(ctx, e, known) {
		return "the server is exposed only after its activation", nil
	}
	found := "the server will be exposed but not activated: whoever opens it first becomes its administrator"
	if known {
		found = "the running server is exposed but not activated: whoever opens it first becomes its administrator"
	}
	return "", &check.Fault{Summary: found, Remedy: publicRemedy(known)}
}

// publicRemedy says how to keep others from claiming the server. A running one can only
// be activated.
func publicRemedy(running bool) string {
	if running {
		return "activate it now with zenml-installer connect, or set\n" + activateAuto
	}
	return activateAuto + "\nor set expose.after: activation, and activate and expose the server with " +
		"zenml-installer connect after the install"
}

const activateAuto = "admin: {activate: auto, username: admin, password: {env: ZENML_ADMIN_PASSWORD}}"

// opensAfterActivation reports whether the install exposes the server only after its
// activation. Without rendered objects, only the answers are known.
func opensAfterActivation(ctx context.Context, e *check.Env, running bool) bool {
	if e.Rendered != nil {
		if r, err := e.Render(ctx); err == nil && len(r.Objects) > 0 {
			return r.Staged
		}
	}
	return !running && e.Answers.Expose.After == answers.AfterActivation
}

// activeServer queries a running server of this release, through the API
// server, for its activation.
func activeServer(ctx context.Context, e *check.Env) (active, known bool) {
	if e.Cluster == nil {
		return false, false
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return false, false
	}
	for _, service := range manifest.Find(release.RenderedObjects(ctx, e), "Service", "") {
		answer, err := client.CoreV1().Services(e.Namespace()).ProxyGet("http", service.GetName(), "http",
			"/api/v1/info", nil).DoRaw(ctx)
		var info zenml.Info
		if err == nil && json.Unmarshal(answer, &info) == nil {
			return info.Active, true
		}
	}
	return false, false
}
