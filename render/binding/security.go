package binding

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// SecurityProfile is a security context for the pods and one for their
// containers. A nil entry removes the chart's default.
type SecurityProfile struct{ Pod, Container map[string]any }

// SecurityProfiles maps the names in the answers to profiles.
var SecurityProfiles = map[string]SecurityProfile{
	answers.SecurityChart: {},
	answers.SecurityRestricted: {
		Pod: map[string]any{"seccompProfile": map[string]any{"type": "RuntimeDefault"}},
		Container: map[string]any{
			"allowPrivilegeEscalation": false,
			"capabilities":             map[string]any{"drop": []any{"ALL"}},
			"seccompProfile":           map[string]any{"type": "RuntimeDefault"},
		},
	},
	answers.SecurityOpenShift: {
		Pod: map[string]any{
			"fsGroup":             nil,
			"fsGroupChangePolicy": nil,
			"seccompProfile":      map[string]any{"type": "RuntimeDefault"},
		},
		Container: map[string]any{
			"runAsUser":                nil,
			"allowPrivilegeEscalation": false,
			"capabilities":             map[string]any{"drop": []any{"ALL"}},
			"seccompProfile":           map[string]any{"type": "RuntimeDefault"},
		},
	},
}
