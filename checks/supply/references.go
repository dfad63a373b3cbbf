package supply

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/utils/ptr"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// reference is a Secret, or one of its keys, that something needs.
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
		if seen[ref.name+"/"+ref.key] || isProvided(r, ref) || isBlocked(e, r, ref) {
			continue
		}
		seen[ref.name+"/"+ref.key] = true
		problem, err := lookUp(ctx, e, ref)
		if err != nil {
			return "", err
		}
		if problem != "" {
			found, remedies = append(found, problem), append(remedies, createCommand(e, ref))
		}
	}
	fault := &check.Fault{Failure: failureOf(len(found) > 0)}
	for _, f := range r.Findings {
		if f.Check == referencesCheck {
			found = append(found, strings.TrimPrefix(f.Key+": "+f.Summary, ": "))
			remedies = append(remedies, cmp.Or(f.Remedy, "make it readable, or set another source in "+f.Key))
		}
	}
	if len(found) > 0 {
		fault.Summary, fault.Remedy = strings.Join(found, "\n"), strings.Join(remedies, "\n")
		if fault.Failure != "" {
			fault.Reason = "the installer cannot use it, so the install stops before it writes anything"
		}
		return "", fault
	}
	if len(seen) == 0 {
		return "no references", nil
	}
	return fmt.Sprintf("%d references", len(seen)), nil
}

// failureOf returns the sentence for faults of what the answers give by themselves. A
// missing Secret keeps the check's own sentence.
func failureOf(isMissing bool) string {
	if isMissing {
		return ""
	}
	return "a secret in the answers cannot be read or is not valid"
}

// lookUp returns what is wrong with a referenced Secret, or "".
func lookUp(ctx context.Context, e *check.Env, ref reference) (problem string, err error) {
	s, err := e.Secret(ctx, ref.name)
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Sprintf("Secret %s does not exist in namespace %s (needed by %s)", ref.name, e.Namespace(),
			ref.by), nil
	case apierrors.IsForbidden(err):
		return "", check.Skip("you cannot get Secret %s in namespace %s", ref.name, e.Namespace())
	case err != nil:
		return "", err
	}
	if ref.key == "" {
		return "", nil
	}
	if content, ok := s.Data[ref.key]; !ok || len(content) == 0 {
		return fmt.Sprintf("Secret %s has no key %s (needed by %s)", ref.name, ref.key, ref.by), nil
	}
	return "", nil
}

func createCommand(e *check.Env, ref reference) string {
	if ref.key == "" {
		return fmt.Sprintf("kubectl -n %s create secret docker-registry %s "+
			"--docker-server=SERVER --docker-username=USER --docker-password=PASSWORD", e.Namespace(), ref.name)
	}
	return fmt.Sprintf("kubectl -n %s create secret generic %s --from-file=%s=FILE", e.Namespace(), ref.name, ref.key)
}

// isProvided reports whether the install creates the Secret and its key.
func isProvided(r check.Rendered, ref reference) bool {
	for _, s := range r.Secrets {
		_, data := s.Data[ref.key]
		_, text := s.StringData[ref.key]
		if s.Name == ref.name && (ref.key == "" || data || text) {
			return true
		}
	}
	return len(manifest.Find(r.Objects, "Secret", ref.name)) > 0
}

// isBlocked reports whether the install would create the Secret if a source
// were readable. The unreadable source is reported separately.
func isBlocked(e *check.Env, r check.Rendered, ref reference) bool {
	if !strings.HasPrefix(ref.name, e.Release()+"-") || isNamed(e, ref) {
		return false
	}
	return slices.ContainsFunc(r.Findings, func(f answers.Fault) bool {
		return f.Check == referencesCheck && f.Key != "values"
	})
}

// isNamed reports whether an answer references the Secret.
func isNamed(e *check.Env, ref reference) bool {
	return slices.ContainsFunc(answerReferences(e.Answers), func(a reference) bool { return a.name == ref.name })
}

// answerReferences returns the Secrets that the answers reference.
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

// podReferences returns the Secrets that the rendered pods require.
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
				if s := env.ValueFrom; s != nil && s.SecretKeyRef != nil && !ptr.Deref(s.SecretKeyRef.Optional, false) {
					ref := s.SecretKeyRef
					all = append(all, reference{name: ref.Name, key: ref.Key, by: by + ", " + env.Name})
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
	if v.Secret != nil && !ptr.Deref(v.Secret.Optional, false) {
		for _, item := range v.Secret.Items {
			all = append(all, reference{name: v.Secret.SecretName, key: item.Key, by: by + ", volume " + v.Name})
		}
	}
	if v.Projected == nil {
		return all
	}
	for _, source := range v.Projected.Sources {
		if source.Secret == nil || ptr.Deref(source.Secret.Optional, false) {
			continue
		}
		for _, item := range source.Secret.Items {
			all = append(all, reference{name: source.Secret.Name, key: item.Key, by: by + ", volume " + v.Name})
		}
	}
	return all
}
