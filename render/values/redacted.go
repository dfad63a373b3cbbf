package values

import (
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Redacted returns the values file with secrets masked.
func (d Document) Redacted() (string, error) {
	shown := *d.draft
	shown.values = make([]*setting, len(d.draft.values))
	for i, s := range d.draft.values {
		copied := *s
		if s.sensitive {
			copied.value = secret.Mask
		}
		shown.values[i] = &copied
	}
	shown.a.Values = redacted(nil, d.draft.a.Values)
	content, err := shown.write()
	return string(content), err
}

// redacted returns raw values with likely secrets masked.
func redacted(path []string, raw map[string]any) map[string]any {
	shown := tree.Clone(raw)
	for name, value := range shown {
		at := append(slices.Clone(path), name)
		if below, isMap := value.(map[string]any); isMap {
			shown[name] = redacted(at, below)
		} else if secret.IsSensitive(at, value) {
			shown[name] = secret.Mask
		}
	}
	return shown
}
