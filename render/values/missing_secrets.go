package values

import (
	"fmt"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// missingSecrets returns a fault for every Secret that a rendered pod requires
// and that is neither rendered, created by the installer nor named in the
// answers.
func (d *draft) missingSecrets(v *proof.View) answers.Faults {
	var faults answers.Faults
	var seen []answers.SecretRef
	for _, p := range v.Pods() {
		for _, ref := range p.References() {
			if slices.Contains(seen, ref) || v.Renders(ref) || d.provides(ref) || mentions(d.a.Values, ref.Name) {
				continue
			}
			seen = append(seen, ref)
			faults = append(faults, answers.Fault{
				Check: CheckReferences,
				Key:   "values",
				Summary: fmt.Sprintf(
					"%s references Secret %s%s, which does not exist and is not created",
					p.Name,
					ref.Name,
					keyWords(ref.Key),
				),
				Remedy: "create it, and name it in an answer as {secretRef: {name: N, key: K}}",
			})
		}
	}
	return faults
}

// mentions reports whether raw contains the string text.
// Secrets named in raw values are assumed to exist.
func mentions(raw any, text string) bool {
	switch raw := raw.(type) {
	case string:
		return raw == text
	case []any:
		return slices.ContainsFunc(raw, func(v any) bool { return mentions(v, text) })
	case map[string]any:
		for _, v := range raw {
			if mentions(v, text) {
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

func (d *draft) provides(ref answers.SecretRef) bool {
	return slices.ContainsFunc(
		d.needs,
		func(n Need) bool { return n.Name == ref.Name && (n.Key == ref.Key || ref.Key == "") },
	)
}
