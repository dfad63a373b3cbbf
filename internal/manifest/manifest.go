// Package manifest parses rendered Kubernetes manifests.
package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Object is one rendered object.
type Object struct{ unstructured.Unstructured }

// Hooks returns the Helm hook events of the object (annotation helm.sh/hook),
// or none for an ordinary object.
func (o Object) Hooks() []string {
	v := o.GetAnnotations()["helm.sh/hook"]
	if v == "" {
		return nil
	}
	var hooks []string
	for _, h := range strings.Split(v, ",") {
		hooks = append(hooks, strings.TrimSpace(h))
	}
	return hooks
}

// Test reports whether the object is a hook of `helm test` only.
func (o Object) Test() bool {
	h := o.Hooks()
	return len(h) == 1 && strings.HasPrefix(h[0], "test")
}

// Parse parses a stream of YAML documents. It skips empty documents; a document
// without kind is an error.
func Parse(stream []byte) ([]Object, error) {
	var objects []Object
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(stream), 4096)
	for {
		var content map[string]any
		err := decoder.Decode(&content)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("rendered manifest, document %d: %w", len(objects)+1, err)
		}
		if len(content) == 0 {
			continue
		}
		o := Object{unstructured.Unstructured{Object: content}}
		if o.GetKind() == "" || o.GetAPIVersion() == "" {
			return nil, fmt.Errorf("rendered manifest, document %d: no kind or apiVersion", len(objects)+1)
		}
		objects = append(objects, o)
	}
}

// Find returns the objects of a kind, or only the one with the name.
func Find(objects []Object, kind, name string) []Object {
	var found []Object
	for _, o := range objects {
		if o.GetKind() == kind && (name == "" || o.GetName() == name) {
			found = append(found, o)
		}
	}
	return found
}
