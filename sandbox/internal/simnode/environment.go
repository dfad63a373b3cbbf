package simnode

import (
	"context"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kubernetes/pkg/fieldpath"
	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// environment computes the environment of a container like a kubelet. A missing
// Secret, ConfigMap or key is an error unless it is optional.
func environment(
	ctx context.Context,
	client kubernetes.Interface,
	pod *corev1.Pod,
	container corev1.Container,
) (map[string]string, error) {
	objects := objects{ctx: ctx, client: client, namespace: pod.Namespace}
	env := map[string]string{}
	for _, source := range container.EnvFrom {
		values, err := objects.from(source)
		if err != nil {
			return nil, err
		}
		for key, value := range values {
			env[source.Prefix+key] = value
		}
	}
	for _, variable := range container.Env {
		value, found, err := objects.value(pod, variable, expansion.MappingFuncFor(env))
		if err != nil {
			return nil, err
		}
		if found {
			env[variable.Name] = value
		}
	}
	return env, nil
}

// objects reads Secrets and ConfigMaps of a namespace.
type objects struct {
	ctx       context.Context
	client    kubernetes.Interface
	namespace string
}

func (o objects) from(source corev1.EnvFromSource) (map[string]string, error) {
	switch {
	case source.SecretRef != nil:
		return o.secret(source.SecretRef.Name, source.SecretRef.Optional)
	case source.ConfigMapRef != nil:
		return o.configMap(source.ConfigMapRef.Name, source.ConfigMapRef.Optional)
	}
	return nil, nil
}

func (o objects) value(pod *corev1.Pod, variable corev1.EnvVar, mapping func(string) string) (string, bool, error) {
	from := variable.ValueFrom
	switch {
	case from == nil:
		return expansion.Expand(variable.Value, mapping), true, nil
	case from.SecretKeyRef != nil:
		values, err := o.secret(from.SecretKeyRef.Name, from.SecretKeyRef.Optional)
		return pick(
			values,
			err,
			"Secret "+o.namespace+"/"+from.SecretKeyRef.Name,
			from.SecretKeyRef.Key,
			from.SecretKeyRef.Optional,
		)
	case from.ConfigMapKeyRef != nil:
		values, err := o.configMap(from.ConfigMapKeyRef.Name, from.ConfigMapKeyRef.Optional)
		return pick(
			values,
			err,
			"ConfigMap "+o.namespace+"/"+from.ConfigMapKeyRef.Name,
			from.ConfigMapKeyRef.Key,
			from.ConfigMapKeyRef.Optional,
		)
	case from.FieldRef != nil:
		value, err := fieldpath.ExtractFieldPathAsString(pod, from.FieldRef.FieldPath)
		return value, err == nil, err
	}
	return "", false, nil
}

func pick(values map[string]string, err error, object, key string, optional *bool) (string, bool, error) {
	if err != nil {
		return "", false, err
	}
	value, found := values[key]
	if !found && (optional == nil || !*optional) {
		return "", false, fmt.Errorf("couldn't find key %s in %s", key, object)
	}
	return value, found, nil
}

func (o objects) secret(name string, optional *bool) (map[string]string, error) {
	secret, err := o.client.CoreV1().Secrets(o.namespace).Get(o.ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, tolerate(err, optional)
	}
	values := map[string]string{}
	for key, value := range secret.Data {
		values[key] = string(value)
	}
	return values, nil
}

func (o objects) configMap(name string, optional *bool) (map[string]string, error) {
	configMap, err := o.client.CoreV1().ConfigMaps(o.namespace).Get(o.ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, tolerate(err, optional)
	}
	values := maps.Clone(configMap.Data)
	for key, value := range configMap.BinaryData {
		values[key] = string(value)
	}
	return values, nil
}

func tolerate(err error, optional *bool) error {
	if apierrors.IsNotFound(err) && optional != nil && *optional {
		return nil
	}
	return err
}
