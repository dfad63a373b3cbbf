package supply

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// reference is a Secret that something needs, and the key in it; no key means
// that the Secret as a whole is meant.
type reference struct {
	name, key string
	by        string // what needs it
}

func checkReferences(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	wanted := append(answerReferences(e.Answers), podReferences(r.Objects)...)
	var found, remedies []string
	seen := map[string]bool{}
	for _, ref := range wanted {
		if seen[ref.name+"/"+ref.key] || provided(r, ref) || hindered(e, r, ref) {
			continue
		}
		seen[ref.name+"/"+ref.key] = true
		problem, err := lookUp(ctx, e, ref)
		if err != nil {
			return "", err
		}
		if problem != "" {
			found, remedies = append(found, problem), append(remedies, create(e, ref))
		}
	}
	for _, f := range r.Findings {
		if f.Check == referencesCheck {
			found, remedies = append(found, strings.TrimPrefix(f.Key+": "+f.Problem, ": ")), append(remedies, cmp.Or(f.Remedy, "make it readable, or name another source in "+f.Key))
		}
	}
	if len(found) > 0 {
		return "", &check.Fault{Found: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n")}
	}
	if len(seen) == 0 {
		return "none is referenced", nil
	}
	return fmt.Sprintf("%d looked up", len(seen)), nil
}

// lookUp says what is wrong with a referenced Secret, or nothing.
func lookUp(ctx context.Context, e *check.Env, ref reference) (problem string, err error) {
	s, err := e.Secret(ctx, ref.name)
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Sprintf("there is no Secret %s in namespace %s (%s)", ref.name, e.Namespace(), ref.by), nil
	case apierrors.IsForbidden(err):
		return "", check.Skip("you may not get Secret %s of namespace %s", ref.name, e.Namespace())
	case err != nil:
		return "", err
	}
	if ref.key == "" {
		return "", nil
	}
	if content, ok := s.Data[ref.key]; !ok || len(content) == 0 {
		return fmt.Sprintf("Secret %s has no key %s (%s)", ref.name, ref.key, ref.by), nil
	}
	return "", nil
}

func create(e *check.Env, ref reference) string {
	if ref.key == "" {
		return fmt.Sprintf("kubectl -n %s create secret docker-registry %s --docker-server=... --docker-username=... --docker-password=...", e.Namespace(), ref.name)
	}
	return fmt.Sprintf("kubectl -n %s create secret generic %s --from-file=%s=FILE", e.Namespace(), ref.name, ref.key)
}

// provided tells whether the install itself makes the Secret and its key.
func provided(r check.Rendered, ref reference) bool {
	for _, s := range r.Secrets {
		_, data := s.Data[ref.key]
		_, text := s.StringData[ref.key]
		if s.Name == ref.name && (ref.key == "" || data || text) {
			return true
		}
	}
	return len(manifest.Find(r.Objects, "Secret", ref.name)) > 0
}

// hindered tells whether a Secret is one that the install would make, were it
// not for a source that cannot be read: that source is the fault, and stands
// among the findings.
func hindered(e *check.Env, r check.Rendered, ref reference) bool {
	if !strings.HasPrefix(ref.name, e.Release()+"-") || named(e, ref) {
		return false
	}
	return slices.ContainsFunc(r.Findings, func(f answers.Fault) bool {
		return f.Check == referencesCheck && f.Key != "values"
	})
}

// named tells whether an answer says that the Secret is there.
func named(e *check.Env, ref reference) bool {
	return slices.ContainsFunc(answerReferences(e.Answers), func(a reference) bool { return a.name == ref.name })
}

// answerReferences are the Secrets that the answers name.
func answerReferences(a answers.Answers) []reference {
	var all []reference
	for _, f := range answers.Fields {
		if f.Kind != answers.Secret && f.Kind != answers.Content || !f.Applies(a) {
			continue
		}
		if ref := a.GetSource(f.Key).SecretRef; ref != nil {
			all = append(all, reference{name: ref.Name, key: ref.Key, by: f.Key})
		}
	}
	return all
}

// podReferences are the Secrets that the rendered pods name and need.
func podReferences(objects []manifest.Object) []reference {
	var all []reference
	for _, o := range objects {
		spec, ok := release.PodSpec(o)
		if !ok || o.Test() {
			continue
		}
		by := o.GetKind() + " " + o.GetName()
		for _, s := range spec.ImagePullSecrets {
			all = append(all, reference{name: s.Name, by: by + ", imagePullSecrets"})
		}
		for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
			for _, env := range c.Env {
				if s := env.ValueFrom; s != nil && s.SecretKeyRef != nil && !isTrue(s.SecretKeyRef.Optional) {
					all = append(all, reference{name: s.SecretKeyRef.Name, key: s.SecretKeyRef.Key, by: by + ", " + env.Name})
				}
			}
		}
		for _, v := range spec.Volumes {
			all = append(all, volumeReferences(v, by)...)
		}
	}
	return all
}

func volumeReferences(v corev1.Volume, by string) []reference {
	var all []reference
	if v.Secret != nil && !isTrue(v.Secret.Optional) {
		for _, item := range v.Secret.Items {
			all = append(all, reference{name: v.Secret.SecretName, key: item.Key, by: by + ", volume " + v.Name})
		}
	}
	if v.Projected == nil {
		return all
	}
	for _, source := range v.Projected.Sources {
		if source.Secret == nil || isTrue(source.Secret.Optional) {
			continue
		}
		for _, item := range source.Secret.Items {
			all = append(all, reference{name: source.Secret.Name, key: item.Key, by: by + ", volume " + v.Name})
		}
	}
	return all
}

func isTrue(b *bool) bool { return b != nil && *b }
