package install

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	fieldManager = "sandbox-https"
	pause        = 250 * time.Millisecond
	// patience is the timeout for applying an object or for its readiness.
	patience = 2 * time.Minute
)

// cluster applies objects and waits for them.
type cluster struct{ client client.Client }

func connect(kubeconfig string) (*cluster, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	config.QPS = -1
	found, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("connect to the sandbox: %w", err)
	}
	return &cluster{client: found}, nil
}

// decode reads the objects of a YAML stream.
func decode(manifest []byte) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifest), 4096)
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read manifest: %w", err)
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}

// apply applies objects in order. It retries failures: a CRD may not be
// established yet, or a webhook not be reachable.
func (c *cluster) apply(ctx context.Context, objects []*unstructured.Unstructured) error {
	for _, object := range objects {
		err := c.eventually(ctx, func(ctx context.Context) error {
			return c.client.Apply(
				ctx,
				client.ApplyConfigurationFromUnstructured(object.DeepCopy()),
				client.FieldOwner(fieldManager),
				client.ForceOwnership,
			)
		})
		if err != nil {
			return fmt.Errorf("apply %s %s: %w", object.GetKind(), object.GetName(), err)
		}
	}
	return nil
}

// eventually calls do until it succeeds. It returns the last error after
// patience, or when ctx is done.
func (c *cluster) eventually(ctx context.Context, do func(context.Context) error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, pause, patience, true, func(ctx context.Context) (bool, error) {
		if err := do(ctx); ctx.Err() == nil {
			last = err
			return err == nil, nil
		}
		return false, nil
	})
	if err != nil {
		return errors.Join(last, err)
	}
	return nil
}

// waitFor waits until a condition of an object is true.
func (c *cluster) waitFor(ctx context.Context, apiVersion, kind, namespace, name, condition string) error {
	return c.eventually(ctx, func(ctx context.Context) error {
		object := &unstructured.Unstructured{}
		object.SetAPIVersion(apiVersion)
		object.SetKind(kind)
		if err := c.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object); err != nil {
			return err
		}
		return holds(object, condition)
	})
}

// holds returns nil if a condition of the object is true.
func holds(object *unstructured.Unstructured, kind string) error {
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	message := "it has no such condition yet"
	for _, entry := range conditions {
		condition, _ := entry.(map[string]any)
		if condition["type"] != kind {
			continue
		}
		if condition["status"] == "True" {
			return nil
		}
		message = fmt.Sprint(condition["message"])
	}
	return fmt.Errorf("%s %s is not %s: %s", object.GetKind(), object.GetName(), kind, message)
}
