package expose

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

func TestSupport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		controller string
		targets    string
		status     check.Status
		say        []string
	}{
		"ingress-nginx": {"k8s.io/ingress-nginx", "", check.Warned,
			[]string{"ingress-nginx was retired on 2026-03-24", "expose: {type: gateway}"}},
		"F5's nginx":  {"nginx.org/ingress-controller", "", check.Pass, []string{"NGINX Ingress Controller"}},
		"Traefik":     {"traefik.io/ingress-controller", "", check.Pass, []string{"Traefik"}},
		"ALB":         {"ingress.k8s.aws/alb", "", check.Warned, []string{"target type instance", albTargetType + ": ip"}},
		"ALB, by pod": {"ingress.k8s.aws/alb", "ip", check.Pass, nil},
		"ALB, by node": {"ingress.k8s.aws/alb", "instance", check.Warned,
			[]string{"the server's Service is of type ClusterIP"}},
		"EKS Auto Mode": {"eks.amazonaws.com/alb", "", check.Pass, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.class(c.controller)
			e := s.env(nil, func(x *answers.Expose) {
				if c.targets != "" {
					x.Ingress.Annotations = map[string]string{albTargetType: c.targets}
				}
			})
			checktest.Expect(t, runChecks(t, e, "expose.support"), "expose.support", c.status, c.say...)
		})
	}
}
