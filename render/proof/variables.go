package proof

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// PodsHave proves the value of a variable of the server and the migration.
func PodsHave(name, value string) Proof {
	return Proof{
		Claim: fmt.Sprintf("%s is %q in the server and the migration", name, value),
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool { return v.value(p, name) == value })
		},
	}
}

// ServerHas proves the value of a variable of the server.
func ServerHas(name, value string) Proof {
	return Proof{
		Claim: fmt.Sprintf("%s is %q in the server", name, value),
		Holds: func(v *View) bool { return v.Server != nil && v.value(v.Server, name) == value },
	}
}

// ServerHasSuffix is ServerHas for a variable whose name may have a prefix.
func ServerHasSuffix(ending, value string) Proof {
	return Proof{
		Claim: fmt.Sprintf("a variable …%s is %q in the server", ending, value),
		Holds: func(v *View) bool {
			if v.Server == nil {
				return false
			}
			for name, have := range v.Environment(v.Server) {
				if strings.HasSuffix(name, ending) && strings.EqualFold(have, value) {
					return true
				}
			}
			return false
		},
	}
}

// PodsHaveSecret is PodsHave for a secret value, which the claim omits.
func PodsHaveSecret(name string, value secret.Text) Proof {
	p := PodsHave(name, value.Reveal())
	p.Claim = name + " is the given secret in the server and the migration"
	return p
}

// PodsReference proves that the server and the migration read a variable from a
// Secret that the chart does not create.
func PodsReference(name string, ref answers.SecretRef) Proof {
	return Proof{
		Claim: claimOf(name, ref),
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool {
				found, ok := v.Variable(p, name)
				return ok && found.Ref == ref
			})
		},
	}
}

// PodsLack proves that the server and the migration lack a variable, or that
// its value is one of values.
func PodsLack(name string, values ...string) Proof {
	return Proof{
		Claim: name + " is not set",
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool {
				found, ok := v.Variable(p, name)
				return !ok || found.Ref == answers.SecretRef{} && containsFold(values, found.Value)
			})
		},
	}
}

func containsFold(values []string, value string) bool {
	for _, v := range values {
		if strings.EqualFold(v, value) {
			return true
		}
	}
	return false
}

// PodsMount proves that a variable of the server and the migration is the path
// of a file mounted from a Secret.
func PodsMount(name string, ref answers.SecretRef) Proof {
	return Proof{
		Claim: fmt.Sprintf("%s names a file out of Secret %s, key %s", name, ref.Name, ref.Key),
		Holds: func(v *View) bool {
			return v.All(func(p *Pod) bool { return p.mounts(v.value(p, name), ref) })
		},
	}
}

// mounts reports whether the container mounts a Secret key at file.
func (p *Pod) mounts(file string, ref answers.SecretRef) bool {
	for _, mount := range p.Main.VolumeMounts {
		inside, ok := strings.CutPrefix(file, strings.TrimSuffix(mount.MountPath, "/")+"/")
		if ok && p.secretAt(mount.Name, inside) == ref {
			return true
		}
	}
	return false
}

// secretAt returns the Secret key that a volume projects at path. For duplicate
// paths the last source takes precedence.
func (p *Pod) secretAt(volume, path string) (ref answers.SecretRef) {
	for _, v := range p.Spec.Volumes {
		if v.Name != volume || v.Projected == nil {
			continue
		}
		for _, source := range v.Projected.Sources {
			if source.Secret == nil {
				continue
			}
			for _, item := range source.Secret.Items {
				if item.Path == path {
					ref = answers.SecretRef{Name: source.Secret.Name, Key: item.Key}
				}
			}
		}
	}
	return ref
}

// NoMySQL proves that the server has no database URL and no migration.
func NoMySQL() Proof {
	p := PodsLack("ZENML_STORE_URL")
	p.Claim = "no database URL is set and no migration Job is there"
	without := p.Holds
	p.Holds = func(v *View) bool { return v.Migration == nil && without(v) }
	return p
}

// claimOf describes a reference, for claims.
func claimOf(variable string, ref answers.SecretRef) string {
	return fmt.Sprintf("%s comes out of Secret %s, key %s", variable, ref.Name, ref.Key)
}
