package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/sandbox/charts"
	"github.com/zenml-installer/zenml-installer/sandbox/internal/state"
)

// TestRealServer runs the real server in a pod with its chart's image.
func TestRealServer(t *testing.T) {
	needReal(t)
	version := charts.RealServer(charts.Current)
	if _, stderr, err := command(t, "prepare", "server", version); err != nil {
		skip(t, stderr)
	}
	s := up(t, "server", "--nodes", "real", "--server", "real")
	real := slices.IndexFunc(s.Charts, func(c state.Chart) bool { return c.Server == state.ServerReal })
	if real < 0 || s.Charts[real].Version != version || s.Charts[real].Image != "zenmldocker/zenml-server:"+version {
		t.Fatalf("charts %+v", s.Charts)
	}
	pod := s.pod("server", nil, nil)
	pod.Spec.Containers[0].Image = s.Charts[real].Image
	s.create(t, pod)
	s.waitPhase(t, "server", corev1.PodRunning)
	s.waitLog(t, "server", "Application startup complete")
	var info struct{ Version string }
	if err := json.Unmarshal([]byte(s.get(t, "server", "/api/v1/info")), &info); err != nil || info.Version != version {
		t.Errorf("the server is version %q (%v), want %s", info.Version, err, version)
	}
	if out, err := s.exec(t, "server", "python3", "-c", "import pymysql, boto3, hvac"); err != nil {
		t.Errorf("the clients of database and secrets stores: %v\n%s", err, out)
	}
}

// TestPublish adds a real server to a sandbox in which a stand-in uses the
// published name of the same version.
func TestPublish(t *testing.T) {
	needReal(t)
	version := charts.RealServer(charts.Legacy)
	if _, stderr, err := command(t, "prepare", "server", version); err != nil {
		skip(t, stderr)
	}
	s := up(t, "publish", "--nodes", "real", "--database", "none")
	for range 2 {
		stdout, stderr, err := command(t, "publish", "--name", s.Name, version)
		if err != nil {
			t.Fatalf("publish: %v\n%s", err, stderr)
		}
		var chart state.Chart
		if err := json.Unmarshal([]byte(stdout), &chart); err != nil ||
			chart.Image != "zenml-sandbox/zenml-server:"+version ||
			chart.Server != state.ServerReal {
			t.Errorf("chart %+v, %v", chart, err)
		}
	}
}

func TestRealServerNeedsRealNodes(t *testing.T) {
	if _, stderr, err := command(t, "up", "--name", "no-server", "--nodes", "simulated", "--database", "none", "--server", "real"); err == nil ||
		!strings.Contains(stderr, "real nodes") {
		t.Errorf("up --server real on simulated nodes: %v\n%s", err, stderr)
	}
	s := up(t, "auto-server", "--nodes", "simulated", "--database", "none", "--server", "auto")
	if slices.ContainsFunc(s.Charts, func(c state.Chart) bool { return c.Server == state.ServerReal }) {
		t.Errorf("charts %+v", s.Charts)
	}
}
