package render

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// strangers returns a fault for every Secret that a rendered pod cannot do
// without, and that is neither rendered, nor created by us, nor named in the
// answers.
func (d *draft) strangers(v *view) answers.Faults {
	var faults answers.Faults
	var seen []answers.SecretRef
	for _, p := range v.pods() {
		for _, ref := range p.references() {
			if slices.Contains(seen, ref) || v.renders(ref) || d.provides(ref) || says(d.a.Values, ref.Name) {
				continue
			}
			seen = append(seen, ref)
			faults = append(faults, answers.Fault{
				Check:   CheckReferences,
				Key:     "values",
				Problem: fmt.Sprintf("%s needs Secret %s%s, which nobody provides", p.object, ref.Name, keyWords(ref.Key)),
				Remedy:  "name it in an answer as secretRef, or create it first",
			})
		}
	}
	return faults
}

// says tells whether a text stands anywhere in raw values: a Secret that is
// named there is the user's own.
func says(raw any, text string) bool {
	switch raw := raw.(type) {
	case string:
		return raw == text
	case []any:
		return slices.ContainsFunc(raw, func(v any) bool { return says(v, text) })
	case map[string]any:
		for _, v := range raw {
			if says(v, text) {
				return true
			}
		}
	}
	return false
}

func keyWords(key string) string {
	if key == "" {
		return ""
	}
	return ", key " + key
}

func (v *view) renders(ref answers.SecretRef) bool {
	data, ok := v.secrets[ref.Name]
	if !ok || ref.Key == "" {
		return ok
	}
	_, ok = data[ref.Key]
	return ok
}

func (d *draft) provides(ref answers.SecretRef) bool {
	return slices.ContainsFunc(d.needs, func(n Need) bool { return n.Name == ref.Name && (n.Key == ref.Key || ref.Key == "") })
}

// references lists the Secrets that the pod does not start without; a Key is
// empty where the whole Secret is meant.
func (p *pod) references() []answers.SecretRef {
	var refs []answers.SecretRef
	for _, c := range slices.Concat(p.spec.InitContainers, p.spec.Containers) {
		for _, e := range c.Env {
			if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil && !yes(e.ValueFrom.SecretKeyRef.Optional) {
				refs = append(refs, answers.SecretRef{Name: e.ValueFrom.SecretKeyRef.Name, Key: e.ValueFrom.SecretKeyRef.Key})
			}
		}
		for _, from := range c.EnvFrom {
			if from.SecretRef != nil && !yes(from.SecretRef.Optional) {
				refs = append(refs, answers.SecretRef{Name: from.SecretRef.Name})
			}
		}
	}
	for _, volume := range p.spec.Volumes {
		refs = append(refs, volumeReferences(volume)...)
	}
	return refs
}

func volumeReferences(volume corev1.Volume) []answers.SecretRef {
	var refs []answers.SecretRef
	if s := volume.Secret; s != nil && !yes(s.Optional) {
		refs = append(refs, answers.SecretRef{Name: s.SecretName})
	}
	if volume.Projected == nil {
		return refs
	}
	for _, source := range volume.Projected.Sources {
		if source.Secret == nil || yes(source.Secret.Optional) {
			continue
		}
		for _, item := range source.Secret.Items {
			if item.Path == "" {
				continue // brings nothing
			}
			refs = append(refs, answers.SecretRef{Name: source.Secret.Name, Key: item.Key})
		}
	}
	return refs
}

func yes(b *bool) bool { return b != nil && *b }
