package proof

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// TrustsCA proves that each pod has a volume with the certificate from a
// rendered Secret.
func TrustsCA(name, pem string) Proof {
	return Proof{Claim: "the pods get the CA " + name, Holds: func(v *View) bool {
		return v.All(func(p *Pod) bool {
			for _, ref := range p.projected() {
				if strings.TrimSpace(v.secrets[ref.Name][ref.Key]) == strings.TrimSpace(pem) {
					return true
				}
			}
			return false
		})
	}}
}

// bundleVariables name the CA bundle for Python's and OpenSSL's libraries.
var bundleVariables = []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}

// UsesCABundle proves that each pod reads a CA bundle from a volume that an
// init container with the projected certificates fills.
func UsesCABundle() Proof {
	return Proof{
		Claim: "the pods read a CA bundle that an init container makes of the certificates",
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool {
				return !slices.ContainsFunc(
					bundleVariables,
					func(name string) bool { return !p.fillsBundle(v.value(p, name)) },
				)
			})
		},
	}
}

func (p *Pod) fillsBundle(file string) bool {
	for _, mount := range p.Main.VolumeMounts {
		if !strings.HasPrefix(file, strings.TrimSuffix(mount.MountPath, "/")+"/") {
			continue
		}
		return slices.ContainsFunc(p.Spec.InitContainers, func(c corev1.Container) bool {
			return mounts(c, mount.Name) && slices.ContainsFunc(p.Spec.Volumes, func(volume corev1.Volume) bool {
				return len(volumeReferences(volume)) > 0 && mounts(c, volume.Name)
			})
		})
	}
	return false
}

func mounts(c corev1.Container, volume string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volume })
}

// Projects reports whether a volume projects a Secret key into the pod.
func (p *Pod) Projects(ref answers.SecretRef) bool { return slices.Contains(p.projected(), ref) }

// projected returns the Secret keys that volumes project into the pod.
func (p *Pod) projected() []answers.SecretRef {
	var refs []answers.SecretRef
	for _, volume := range p.Spec.Volumes {
		refs = append(refs, volumeReferences(volume)...)
	}
	return refs
}
