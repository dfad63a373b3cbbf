package proof

import (
	networkingv1 "k8s.io/api/networking/v1"
)

// MakesCertificate proves that the chart creates the TLS Secret.
func MakesCertificate() Proof {
	return Ingress(
		"the chart makes the certificate",
		func(networkingv1.Ingress) bool { return true },
	).And(func(v *View) bool {
		in, _ := only[networkingv1.Ingress](v, "Ingress")
		if len(in.Spec.TLS) != 1 {
			return false
		}
		made := v.secrets[in.Spec.TLS[0].SecretName]
		return made["tls.crt"] != "" && made["tls.key"] != ""
	})
}

// IngressLeadsToServer reports whether the backend of every Ingress path is the
// rendered Service and one of its ports.
func IngressLeadsToServer(v *View) bool {
	in, _ := only[networkingv1.Ingress](v, "Ingress")
	for _, rule := range in.Spec.Rules {
		if rule.HTTP == nil {
			return false
		}
		for _, path := range rule.HTTP.Paths {
			if path.Backend.Service == nil || !v.serves(path.Backend.Service.Name, path.Backend.Service.Port.Number) {
				return false
			}
		}
	}
	return len(in.Spec.Rules) > 0
}

// Ingress proves a claim about the only rendered Ingress.
func Ingress(claim string, holds func(networkingv1.Ingress) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		in, ok := only[networkingv1.Ingress](v, "Ingress")
		return ok && holds(in)
	}}
}
