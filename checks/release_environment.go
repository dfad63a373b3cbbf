package checks

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// variables is the environment of the deployed server, by name.
type variables map[string]secret.Text

// get returns the value of a variable, empty when it is not set.
func (v variables) get(name string) string { return v[name].Reveal() }

var deployedServerMemo = NewMemo[variables]("environment of the deployed server")

// deployedVariables reads the environment of the release's server as the
// cluster has it, once; nil when none is deployed. Secrets are read, compared
// and shown to nobody.
func (e *Env) deployedVariables(ctx context.Context) (variables, error) {
	return deployedServerMemo.Get(ctx, e, func(ctx context.Context) (variables, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return nil, err
		}
		found, err := client.AppsV1().Deployments(e.namespace()).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + e.release()})
		if apierrors.IsForbidden(err) {
			return nil, Skip("you may not list the Deployments of namespace %s", e.namespace())
		}
		if err != nil {
			return nil, kubeError(err)
		}
		for _, d := range found.Items {
			for _, c := range d.Spec.Template.Spec.Containers {
				v, err := e.variablesOf(ctx, c)
				if err != nil {
					return nil, err
				}
				if v.server() {
					return v, nil
				}
			}
		}
		return nil, nil
	})
}

// server tells whether the environment is that of a ZenML server: charts of
// both generations always set some of its variables.
func (v variables) server() bool {
	for name := range v {
		if strings.HasPrefix(name, "ZENML_") {
			return true
		}
	}
	return false
}

// variablesOf resolves a container's environment as the kubelet does: env wins
// over envFrom.
func (e *Env) variablesOf(ctx context.Context, c corev1.Container) (variables, error) {
	v := variables{}
	for _, from := range c.EnvFrom {
		if from.SecretRef == nil {
			continue
		}
		data, err := e.secretData(ctx, from.SecretRef.Name)
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
		data, err := e.secretData(ctx, env.ValueFrom.SecretKeyRef.Name)
		if err != nil {
			return nil, err
		}
		v[env.Name] = secret.New(string(data[env.ValueFrom.SecretKeyRef.Key]))
	}
	return v, nil
}

// secretData reads a Secret; one that is gone has nothing.
func (e *Env) secretData(ctx context.Context, name string) (map[string][]byte, error) {
	found, err := e.secret(ctx, name)
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case apierrors.IsForbidden(err):
		return nil, Skip("you may not get Secret %s of namespace %s, which the deployed server reads", name, e.namespace())
	case err != nil:
		return nil, err
	}
	return found.Data, nil
}
