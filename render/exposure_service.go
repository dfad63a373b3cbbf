package render

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

type serviceSpec = corev1.ServiceSpec

// service writes the type of the server's Service.
func (d *draft) service(kind string) {
	d.comment("service", "The Service that users reach (expose.service).")
	d.set("service.type", kind, "expose.type").prove(serviceIs("the Service is of type "+kind, func(s serviceSpec) bool { return string(s.Type) == kind }))
}

// servicePort writes the port and the annotations of the server's Service.
func (d *draft) servicePort() {
	s := d.a.Expose.Service
	if d.a.Expose.Type == answers.PortForward {
		return
	}
	if s.Port > 0 {
		d.set("service.port", s.Port, "expose.service.port").
			prove(serviceIs(fmt.Sprintf("the Service has port %d", s.Port), func(spec serviceSpec) bool {
				return len(spec.Ports) == 1 && int(spec.Ports[0].Port) == s.Port
			}))
	}
	if len(s.Annotations) > 0 {
		d.set("service.annotations", s.Annotations, "expose.service.annotations").prove(annotated("Service", s.Annotations))
	}
}

func serviceIs(claim string, holds func(serviceSpec) bool) proof {
	return proof{claim: claim, holds: func(v *view) bool {
		s, ok := only[corev1.Service](v, "Service")
		return ok && holds(s.Spec)
	}}
}

// serves tells whether a Service of that name and port is rendered.
func (v *view) serves(name string, port int32) bool {
	s, ok := only[corev1.Service](v, "Service")
	return ok && s.Name == name && slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == port })
}
