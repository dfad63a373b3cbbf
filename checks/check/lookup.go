package check

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/pager"
)

// DynamicClient returns the client for custom resources.
func DynamicClient(e *Env) (dynamic.Interface, error) {
	config, err := e.Cluster.Config()
	if err != nil {
		return nil, err
	}
	return dynamic.NewForConfig(config)
}

var servedMemo = NewMemo[map[string]bool]("resources of")

// Serves reports whether the cluster serves a resource. It asks once.
func Serves(ctx context.Context, e *Env, r schema.GroupVersionResource) (bool, error) {
	served, err := servedMemo.For(r.GroupVersion().String()).Get(ctx, e, func(context.Context) (map[string]bool, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return nil, err
		}
		found, err := client.Discovery().ServerResourcesForGroupVersion(r.GroupVersion().String())
		if apierrors.IsNotFound(err) {
			return map[string]bool{}, nil
		}
		if err != nil {
			return nil, KubeError(err)
		}
		names := map[string]bool{}
		for _, resource := range found.APIResources {
			names[resource.Name] = true
		}
		return names, nil
	})
	return served[r.Resource], err
}

// Get reads one object of a resource into T; nil if it does not exist.
func Get[T any](ctx context.Context, e *Env, r schema.GroupVersionResource, namespace, name string) (*T, error) {
	client, err := DynamicClient(e)
	if err != nil {
		return nil, err
	}
	found, err := client.Resource(r).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, ReadError(err, r.Resource)
	}
	return decode[T](found)
}

// Each calls visit with every object of a resource, page by page. An empty
// namespace means all namespaces.
func Each[T any](
	ctx context.Context, e *Env, r schema.GroupVersionResource, namespace string, visit func(T),
) error {
	client, err := DynamicClient(e)
	if err != nil {
		return err
	}
	return EachItem(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.Resource(r).Namespace(namespace).List(ctx, o)
	}, func(o runtime.Object) error {
		found, ok := o.(*unstructured.Unstructured)
		if !ok {
			return fmt.Errorf("%s: unexpected %T in the list", r.Resource, o)
		}
		item, err := decode[T](found)
		if err == nil {
			visit(*item)
		}
		return err
	})
}

// EachItem calls visit with every item of a list, page by page, 500 at a time.
func EachItem(
	ctx context.Context, o metav1.ListOptions,
	list func(context.Context, metav1.ListOptions) (runtime.Object, error), visit func(runtime.Object) error,
) error {
	return pager.New(list).EachListItem(ctx, o, visit)
}

func decode[T any](u *unstructured.Unstructured) (*T, error) {
	data, err := json.Marshal(u.Object)
	if err != nil {
		return nil, err
	}
	into := new(T)
	if err := json.Unmarshal(data, into); err != nil {
		return nil, fmt.Errorf("%s %s: %w", u.GetKind(), u.GetName(), err)
	}
	return into, nil
}

// ReadError turns a missing permission to read something into a skip, and marks
// transient errors.
func ReadError(err error, what string) error {
	if apierrors.IsForbidden(err) {
		return Skip("you cannot read %s: %v", what, err)
	}
	return KubeError(err)
}
