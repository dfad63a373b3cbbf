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
		return "the install activates it as soon as it answers", nil
	}
	active, known := activeServer(ctx, e)
	if active {
		return "it is activated already", nil
	}
	found := "the server will be reachable by others, and is not activated by the install: whoever comes first becomes its administrator"
	if known {
		found = "the server that runs is exposed and not activated: whoever comes first becomes its administrator"
	}
	return "", &check.Fault{Found: found,
		Remedy: "admin: {activate: auto, username: admin, password: {env: ZENML_ADMIN_PASSWORD}}\nor install with expose: {type: port-forward}, activate, and expose it by a second run"}
}

// activeServer asks a server of this release that runs already, through the
// API server, whether it is activated.
func activeServer(ctx context.Context, e *check.Env) (active, known bool) {
	if e.Cluster == nil {
		return false, false
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return false, false
	}
	for _, service := range manifest.Find(release.RenderedObjects(ctx, e), "Service", "") {
		answer, err := client.CoreV1().Services(e.Namespace()).ProxyGet("http", service.GetName(), "http", "/api/v1/info", nil).DoRaw(ctx)
		var info zenml.Info
		if err == nil && json.Unmarshal(answer, &info) == nil {
			return info.Active, true
		}
	}
	return false, false
}
