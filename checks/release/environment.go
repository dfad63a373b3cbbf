package release

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Environment is the environment of the deployed server, by name.
type Environment map[string]secret.Text

// Get returns the value of a variable, empty when it is not set.
func (v Environment) Get(name string) string { return v[name].Reveal() }

var deployedServerMemo = check.NewMemo[Environment]("environment of the deployed server")

// DeployedEnvironment reads the environment of the deployed server, once; nil if none
// is deployed. Secrets are only compared, never shown.
func DeployedEnvironment(ctx context.Context, e *check.Env) (Environment, error) {
	return deployedServerMemo.Get(ctx, e, func(ctx context.Context) (Environment, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return nil, err
		}
		ofRelease := metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + e.Release()}
		found, err := client.AppsV1().Deployments(e.Namespace()).List(ctx, ofRelease)
		if apierrors.IsForbidden(err) {
			return nil, check.Skip("you cannot list the Deployments of namespace %s", e.Namespace())
		}
		if err != nil {
			return nil, check.KubeError(err)
		}
		for _, d := range found.Items {
			for _, c := range d.Spec.Template.Spec.Containers {
				v, err := variablesOf(ctx, e, c)
				if err != nil {
					return nil, err
				}
				if v.isServer() {
					return v, nil
				}
			}
		}
		return nil, nil
	})
}

// isServer reports whether the environment is a ZenML server's: charts of both
// generations always set some of its variables.
func (v Environment) isServer() bool {
	for name := range v {
		if strings.HasPrefix(name, "ZENML_") {
			return true
		}
	}
	return false
}

// variablesOf resolves a container's environment like the kubelet: env overrides
// envFrom.
func variablesOf(ctx context.Context, e *check.Env, c corev1.Container) (Environment, error) {
	v := Environment{}
	for _, from := range c.EnvFrom {
		if from.SecretRef == nil {
			continue
		}
		data, err := SecretData(ctx, e, from.SecretRef.Name)
		if err != nil {
			return nil, err
		}
		for key, content := range data {
			v[from.Prefix+key] = secret.New(string(content))
		}
	}
	for _, env := range c.Env {
		v[env.Name] = secret.New(env.Value)
		if env.ValueFrom == nil || env.ValueFrom.SecretKeyRef == nil {
			continue
		}
		data, err := SecretData(ctx, e, env.ValueFrom.SecretKeyRef.Name)
		if err != nil {
			return nil, err
		}
		v[env.Name] = secret.New(string(data[env.ValueFrom.SecretKeyRef.Key]))
	}
	return v, nil
}

// SecretData reads a Secret; nil if it does not exist.
func SecretData(ctx context.Context, e *check.Env, name string) (map[string][]byte, error) {
	found, err := e.Secret(ctx, name)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case apierrors.IsForbidden(err):
		return nil, check.Skip("you cannot get Secret %s in namespace %s, which the deployed server uses",
			name, e.Namespace())
	case err != nil:
		return nil, err
	}
	return found.Data, nil
}
