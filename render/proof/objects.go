package proof

import (
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// Annotated proves that every object of a kind has the annotations.
func Annotated(kind string, want map[string]string) Proof {
	return Proof{Claim: "the " + kind + " has the annotations", Holds: func(v *View) bool {
		found := manifest.Find(v.Objects, kind, "")
		return len(found) > 0 &&
			!slices.ContainsFunc(found, func(o manifest.Object) bool { return !Includes(o.GetAnnotations(), want) })
	}}
}

// Includes reports whether have contains all entries of want.
func Includes(have, want map[string]string) bool {
	for name, value := range want {
		if got, ok := have[name]; !ok || got != value {
			return false
		}
	}
	return true
}

// HasMigration proves that a Job migrates the database before the install.
func HasMigration() Proof {
	return Proof{
		Claim: "there is a migration Job",
		Holds: func(v *View) bool { return v.Migration != nil },
	}
}

// NoneOf proves that no object of these kinds is rendered.
func NoneOf(kinds ...string) Proof {
	return Proof{
		Claim: "no " + strings.Join(kinds, " and no ") + " is rendered",
		Holds: func(v *View) bool {
			for _, kind := range kinds {
				if len(manifest.Find(v.Objects, kind, "")) > 0 {
					return false
				}
			}
			return true
		},
	}
}
