package render

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// podsSee proves that the server and the migration find a value in a variable.
func podsSee(name, value string) proof {
	return proof{
		claim: fmt.Sprintf("%s is %q in the server and the migration", name, value),
		holds: func(v *view) bool {
			return v.all(func(p *pod) bool { return v.value(p, name) == value })
		},
	}
}

// serverSees proves that the server finds a value in a variable.
func serverSees(name, value string) proof {
	return proof{
		claim: fmt.Sprintf("%s is %q in the server", name, value),
		holds: func(v *view) bool { return v.server != nil && v.value(v.server, name) == value },
	}
}

// serverSeesEnding is serverSees for a variable whose name may have a prefix.
func serverSeesEnding(ending, value string) proof {
	return proof{
		claim: fmt.Sprintf("a variable …%s is %q in the server", ending, value),
		holds: func(v *view) bool {
			if v.server == nil {
				return false
			}
			for name, have := range v.environment(v.server) {
				if strings.HasSuffix(name, ending) && strings.EqualFold(have, value) {
					return true
				}
			}
			return false
		},
	}
}

// podsShow proves something of the server's and the migration's pods.
func podsShow(claim string, holds func(*pod) bool) proof {
	return proof{claim: claim, holds: func(v *view) bool { return v.all(holds) }}
}

// serverShows proves something of the server's pod.
func serverShows(claim string, holds func(*pod) bool) proof {
	return proof{claim: claim, holds: func(v *view) bool { return v.server != nil && holds(v.server) }}
}

// podsSeeSecret is podsSee for a value that must not be shown.
func podsSeeSecret(name string, value secret.Text) proof {
	p := podsSee(name, value.Reveal())
	p.claim = name + " is the given secret in the server and the migration"
	return p
}

// podsRefer proves that the server and the migration take a variable out of a
// Secret that the chart does not make.
func podsRefer(name string, ref answers.SecretRef) proof {
	return proof{
		claim: claimOf(name, ref),
		holds: func(v *view) bool {
			return v.all(func(p *pod) bool {
				found, ok := v.variable(p, name)
				return ok && found.ref == ref
			})
		},
	}
}

// podsLack proves that neither the server nor the migration has a variable, or
// finds one of values in it.
func podsLack(name string, values ...string) proof {
	return proof{
		claim: name + " is not set",
		holds: func(v *view) bool {
			return v.all(func(p *pod) bool {
				found, ok := v.variable(p, name)
				return !ok || found.ref == answers.SecretRef{} && contains(values, found.value)
			})
		},
	}
}

func contains(values []string, value string) bool {
	for _, v := range values {
		if strings.EqualFold(v, value) {
			return true
		}
	}
	return false
}

// podsMount proves that a variable of the server and the migration names a
// file which a volume brings there out of a Secret.
func podsMount(name string, ref answers.SecretRef) proof {
	return proof{
		claim: fmt.Sprintf("%s names a file out of Secret %s, key %s", name, ref.Name, ref.Key),
		holds: func(v *view) bool {
			return v.all(func(p *pod) bool { return p.mounts(v.value(p, name), ref) })
		},
	}
}

// mounts tells whether the container has, at file, the key of a Secret.
func (p *pod) mounts(file string, ref answers.SecretRef) bool {
	for _, mount := range p.main.VolumeMounts {
		inside, ok := strings.CutPrefix(file, strings.TrimSuffix(mount.MountPath, "/")+"/")
		if ok && p.brings(mount.Name, inside) == ref {
			return true
		}
	}
	return false
}

// brings returns the Secret and key that a volume puts at path; only the last
// source of a path counts.
func (p *pod) brings(volume, path string) (ref answers.SecretRef) {
	for _, v := range p.spec.Volumes {
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

// migrates proves that the database is migrated by a Job before the install.
func migrates() proof {
	return proof{
		claim: "there is a migration Job",
		holds: func(v *view) bool { return v.migration != nil },
	}
}

// noneOf proves that no object of these kinds is rendered.
func noneOf(kinds ...string) proof {
	return proof{
		claim: "no " + strings.Join(kinds, " and no ") + " is rendered",
		holds: func(v *view) bool {
			for _, kind := range kinds {
				if len(manifest.Find(v.objects, kind, "")) > 0 {
					return false
				}
			}
			return true
		},
	}
}
