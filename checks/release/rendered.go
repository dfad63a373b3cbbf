package release

import (
	"context"
	"encoding/base64"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// RenderedObjects returns the rendered objects; none if the chart was not rendered or
// does not render, which supply.render reports.
func RenderedObjects(ctx context.Context, e *check.Env) []manifest.Object {
	if e.Rendered == nil {
		return nil
	}
	rendered, err := e.Render(ctx)
	if err != nil {
		return nil
	}
	return rendered.Objects
}

// Items returns a list inside an object; nil if it does not exist.
func Items(content map[string]any, path ...string) []any {
	found, _, _ := unstructured.NestedFieldNoCopy(content, path...)
	list, _ := found.([]any)
	return list
}

// Strings returns a list's items as text; any other item becomes empty.
func Strings(list []any) []string {
	var all []string
	for _, item := range list {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

// ServerEnvironment is the environment of the rendered server: the Secrets and
// ConfigMaps of envFrom, then its own variables with a plain value.
func ServerEnvironment(objects []manifest.Object) map[string]string {
	env := map[string]string{}
	for _, deployment := range manifest.Find(objects, "Deployment", "") {
		for _, item := range Items(deployment.Object, "spec", "template", "spec", "containers") {
			container, _ := item.(map[string]any)
			for _, from := range Items(container, "envFrom") {
				addSource(env, objects, from)
			}
			for _, variable := range Items(container, "env") {
				v, _ := variable.(map[string]any)
				name, _ := v["name"].(string)
				if value, ok := v["value"].(string); ok {
					env[name] = value
				}
			}
		}
	}
	return env
}

func addSource(env map[string]string, objects []manifest.Object, from any) {
	source, _ := from.(map[string]any)
	for field, kind := range map[string]string{"secretRef": "Secret", "configMapRef": "ConfigMap"} {
		name, _, _ := unstructured.NestedString(source, field, "name")
		if name == "" {
			continue
		}
		for _, o := range manifest.Find(objects, kind, name) {
			data, _, _ := unstructured.NestedMap(o.Object, "data")
			for key, value := range data {
				text, _ := value.(string)
				if kind == "Secret" {
					plain, _ := base64.StdEncoding.DecodeString(text)
					text = string(plain)
				}
				env[key] = text
			}
			plain, _, _ := unstructured.NestedStringMap(o.Object, "stringData")
			for key, value := range plain {
				env[key] = value
			}
		}
	}
}
