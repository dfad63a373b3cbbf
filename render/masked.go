package render

import "github.com/zenml-installer/zenml-installer/internal/secret"

// Masked is the values file as it may be shown: dots stand where a secret is.
func (d Document) Masked() (string, error) {
	shown := *d.draft
	shown.values = make([]*setting, len(d.draft.values))
	for i, s := range d.draft.values {
		copied := *s
		if s.sensitive {
			copied.value = secret.Mask
		}
		shown.values[i] = &copied
	}
	content, err := shown.write()
	return string(content), err
}
