package cmd

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// masked is the values file as it may be shown: a secret that the chart takes
// inline is replaced by dots.
func (p *prepared) masked() string {
	text := string(p.document.Bytes)
	for _, key := range p.settings.Keys {
		text = strings.ReplaceAll(text, key.Reveal(), secret.Mask)
	}
	return text
}
