package proof

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// ServiceSpec is the spec of a Service.
type ServiceSpec = corev1.ServiceSpec

// Service proves a claim about the only rendered Service.
func Service(claim string, holds func(ServiceSpec) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		s, ok := only[corev1.Service](v, "Service")
		return ok && holds(s.Spec)
	}}
}

// serves reports whether a Service with that name and port is rendered.
func (v *View) serves(name string, port int32) bool {
	s, ok := only[corev1.Service](v, "Service")
	return ok && s.Name == name &&
		slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == port })
}
