package expose

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestPath_faults(t *testing.T) {
	rewrite := map[string]any{rewriteTarget: "/$1"}
	for name, c := range map[string]struct {
		server, ingress map[string]any
		status          check.Status
		say             string
	}{
		"root": {nil, map[string]any{"path": "/"}, check.Pass, "/"},
		"pattern and Prefix": {
			map[string]any{"rootUrlPath": "/zenml"}, map[string]any{"path": "/zenml/?(.*)", "annotations": rewrite},
			check.Failed, "is a regular expression, but its path type is Prefix",
		},
		"rewrite untold": {
			nil, map[string]any{"path": "/zenml", "annotations": rewrite}, check.Failed, "rootUrlPath is empty",
		},
		"told another": {
			map[string]any{"rootUrlPath": "/other"}, map[string]any{"path": "/zenml"}, check.Failed,
			"rootUrlPath is /other",
		},
		"told the same": {
			map[string]any{"rootUrlPath": "/zenml"}, map[string]any{"path": "/zenml"}, check.Pass, "/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			checktest.Expect(
				t,
				runChecks(t, withIngress(t, c.server, c.ingress), "expose.path"),
				"expose.path",
				c.status,
				c.say,
			)
		})
	}
	e := checktest.WithCluster(t, nil, "zenml")
	e.Answers.Expose = exposed("nginx", func(x *answers.Expose) { x.Path = "/zenml" })
	e.Rendered = nil
	checktest.Expect(t, runChecks(t, e, "expose.path"), "expose.path", check.Warned,
		"only the API works")
}

func TestPath_patternWithOtherController(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.class("example.com/front")
	s.pod(s.labels())
	s.awaitPods()
	e := withIngress(t, map[string]any{"rootUrlPath": "/zenml"},
		map[string]any{"path": "/zenml/?(.*)", "annotations": map[string]any{rewriteTarget: "/$1"}})
	e.Cluster, e.Answers.Expose.Ingress.Class = s.Access(), s.Namespace
	checktest.Expect(t, runChecks(t, e, "expose.path"), "expose.path", check.Failed,
		"example.com/front matches the path literally")
}
