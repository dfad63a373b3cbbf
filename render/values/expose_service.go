package values

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// service sets the type of the server's Service.
func (d *draft) service(kind string) {
	d.comment("service", "The Service that users reach (expose.service).")
	d.set("service.type", kind, "expose.type").
		prove(proof.Service("the Service is of type "+kind, func(s proof.ServiceSpec) bool { return string(s.Type) == kind }))
}

// servicePort sets the port and the annotations of the server's Service.
func (d *draft) servicePort() {
	s := d.a.Expose.Service
	if d.a.Expose.Type == answers.PortForward {
		return
	}
	if s.Port > 0 {
		d.set("service.port", s.Port, "expose.service.port").
			prove(proof.Service(fmt.Sprintf("the Service has port %d", s.Port), func(spec proof.ServiceSpec) bool {
				return len(spec.Ports) == 1 && int(spec.Ports[0].Port) == s.Port
			}))
	}
	if len(s.Annotations) > 0 {
		d.set("service.annotations", s.Annotations, "expose.service.annotations").
			prove(proof.Annotated("Service", s.Annotations))
	}
}
