package probepod

import (
	"cmp"
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// passedOn matches the variables of the server that decide where its requests to AWS go,
// and with which credentials.
var passedOn = regexp.MustCompile(`^(AWS_\w+|(HTTPS?|NO)_PROXY|(https?|no)_proxy)$`)

// fromFiles matches the variables of AWS that need files, which the server may have on a
// volume.
var fromFiles = regexp.MustCompile(`^AWS_(CA_BUNDLE|CONFIG_FILE|PROFILE|SHARED_CREDENTIALS_FILE|` +
	`WEB_IDENTITY_TOKEN_FILE|CONTAINER_AUTHORIZATION_TOKEN_FILE)$`)

// passVariables gives the pod variables of the server. Their values go through the
// Secret, because they may be passwords.
func (p *probePod) passVariables(ctx context.Context, r check.Rendered, server corev1.Container) error {
	if p.pass == nil {
		return nil
	}
	values := release.ServerEnvironment(r.Objects)
	var files []string
	for _, v := range server.Env {
		if v.ValueFrom == nil || !p.pass(v.Name) {
			continue
		}
		if value, ok := installedValue(r, v.ValueFrom.SecretKeyRef); ok {
			values[v.Name] = value
			continue
		}
		if err := p.passReference(ctx, v); err != nil {
			return err
		}
		delete(values, v.Name)
		files = append(files, v.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if p.pass(name) {
			p.passValue(name, values[name])
			files = append(files, name)
		}
	}
	files = slices.DeleteFunc(files, func(name string) bool { return !fromFiles.MatchString(name) })
	if len(files) > 0 {
		p.indirect = true
		p.differs += "; the probe pod does not have the server's volumes, which may contain the files for " +
			check.JoinAnd(files)
	}
	return nil
}

func (p *probePod) passValue(name, value string) {
	if p.secret == nil {
		p.secret = &corev1.Secret{ObjectMeta: p.pod.ObjectMeta, Data: map[string][]byte{}}
	}
	p.secret.Data[name] = []byte(value)
	p.addVariable(corev1.EnvVar{Name: name,
		ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: p.secret.Name}, Key: name}}})
}

// passReference passes a variable on whose value the cluster has. A Secret that is
// missing skips the check.
func (p *probePod) passReference(ctx context.Context, v corev1.EnvVar) error {
	if ref := v.ValueFrom.SecretKeyRef; ref != nil && (ref.Optional == nil || !*ref.Optional) {
		if err := p.checkReference(ctx, answers.SecretRef{Name: ref.Name, Key: ref.Key}); err != nil {
			return err
		}
	}
	p.addVariable(v)
	return nil
}

func (p *probePod) addVariable(v corev1.EnvVar) {
	container := &p.pod.Spec.Containers[0]
	container.Env = append(container.Env, v)
}

// installedValue returns a value out of a Secret that the install creates.
func installedValue(r check.Rendered, ref *corev1.SecretKeySelector) (string, bool) {
	if ref == nil {
		return "", false
	}
	for _, s := range r.Secrets {
		if s.Name != ref.Name {
			continue
		}
		if text, ok := s.StringData[ref.Key]; ok {
			return text, true
		}
		data, ok := s.Data[ref.Key]
		return string(data), ok
	}
	return "", false
}

// identityAnnotations returns the annotations of the server's pods that select a role, as
// kube2iam and kiam read them. Others could add containers to the pod.
func identityAnnotations(r check.Rendered) map[string]string {
	found := map[string]string{}
	for _, o := range manifest.Find(r.Objects, "Deployment", "") {
		all, _, _ := unstructured.NestedStringMap(o.Object, "spec", "template", "metadata", "annotations")
		for key, value := range all {
			domain, _, _ := strings.Cut(key, "/")
			if strings.HasSuffix(domain, ".amazonaws.com") {
				found[key] = cmp.Or(found[key], value)
			}
		}
	}
	return found
}
