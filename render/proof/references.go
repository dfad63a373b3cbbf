package proof

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Renders reports whether the chart renders a Secret with that key.
func (v *View) Renders(ref answers.SecretRef) bool {
	data, ok := v.secrets[ref.Name]
	if !ok || ref.Key == "" {
		return ok
	}
	_, ok = data[ref.Key]
	return ok
}

// References returns the Secrets that the pod requires; Key is empty for a
// whole Secret.
func (p *Pod) References() []answers.SecretRef {
	var refs []answers.SecretRef
	for _, c := range slices.Concat(p.Spec.InitContainers, p.Spec.Containers) {
		for _, e := range c.Env {
			if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil &&
				!ptr.Deref(e.ValueFrom.SecretKeyRef.Optional, false) {
				refs = append(
					refs,
					answers.SecretRef{Name: e.ValueFrom.SecretKeyRef.Name, Key: e.ValueFrom.SecretKeyRef.Key},
				)
			}
		}
		for _, from := range c.EnvFrom {
			if from.SecretRef != nil && !ptr.Deref(from.SecretRef.Optional, false) {
				refs = append(refs, answers.SecretRef{Name: from.SecretRef.Name})
			}
		}
	}
	for _, volume := range p.Spec.Volumes {
		refs = append(refs, volumeReferences(volume)...)
	}
	return refs
}

func volumeReferences(volume corev1.Volume) []answers.SecretRef {
	var refs []answers.SecretRef
	if s := volume.Secret; s != nil && !ptr.Deref(s.Optional, false) {
		refs = append(refs, answers.SecretRef{Name: s.SecretName})
	}
	if volume.Projected == nil {
		return refs
	}
	for _, source := range volume.Projected.Sources {
		if source.Secret == nil || ptr.Deref(source.Secret.Optional, false) {
			continue
		}
		for _, item := range source.Secret.Items {
			if item.Path == "" {
				continue // projects nothing
			}
			refs = append(refs, answers.SecretRef{Name: source.Secret.Name, Key: item.Key})
		}
	}
	return refs
}
