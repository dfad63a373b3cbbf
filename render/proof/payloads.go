package proof

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// PayloadsMention proves that one of the server's payload variables contains
// text, either as its value or within JSON.
func PayloadsMention(claim, text string) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		if v.Server == nil {
			return false
		}
		for name, value := range v.Environment(v.Server) {
			if !strings.Contains(name, "PAYLOAD_STORAGE") {
				continue
			}
			var tree any
			if value == text || json.Unmarshal([]byte(value), &tree) == nil && mentionsLeaf(tree, text) {
				return true
			}
		}
		return false
	}}
}

// mentionsLeaf reports whether a scalar in the tree equals text.
func mentionsLeaf(tree any, text string) bool {
	switch t := tree.(type) {
	case map[string]any:
		for _, below := range t {
			if mentionsLeaf(below, text) {
				return true
			}
		}
		return false
	case float64:
		return fmt.Sprintf("%.0f", t) == text
	default:
		return fmt.Sprint(t) == text
	}
}

// NoBackfill proves that no Job moves existing values.
func NoBackfill() Proof {
	return Proof{Claim: "no backfill Job is rendered", Holds: func(v *View) bool {
		for _, o := range manifest.Find(v.Objects, "Job", "") {
			if strings.Contains(o.GetName(), "backfill") {
				return false
			}
		}
		return true
	}}
}
