package bundle

import (
	"regexp"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// imageArgument is an argument that names an image for a pod that the container
// creates, such as --acme-http01-solver-image=quay.io/jetstack/cert-manager-acmesolver:v1.
var imageArgument = regexp.MustCompile(`^--?[a-z0-9-]*image=([^\s=]+[:@][^\s=]+)$`)

// Images returns the images of the objects' containers, including those that
// arguments name. Hooks of helm test are left out.
func Images(objects []manifest.Object) []string {
	var found []string
	for _, o := range objects {
		if !o.Test() {
			found = append(found, imagesIn(o.Object)...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// ServerImage returns the image of the server, which is the first container of the
// Deployment, or "". Raw values may add containers after it.
func ServerImage(objects []manifest.Object) string {
	for _, o := range manifest.Find(objects, "Deployment", "") {
		containers, _, _ := unstructured.NestedSlice(o.Object, "spec", "template", "spec", "containers")
		if len(containers) > 0 {
			first, _ := containers[0].(map[string]any)
			image, _ := first["image"].(string)
			return image
		}
	}
	return ""
}

// imagesIn searches an object at any depth, because custom resources contain pods, too.
func imagesIn(value any) []string {
	var found []string
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			found = append(found, imagesIn(item)...)
		}
	case map[string]any:
		for name, below := range v {
			if list, ok := below.([]any); ok && (name == "containers" || name == "initContainers") {
				found = append(found, containerImages(list)...)
				continue
			}
			found = append(found, imagesIn(below)...)
		}
	}
	return found
}

func containerImages(containers []any) []string {
	var found []string
	for _, c := range containers {
		container, _ := c.(map[string]any)
		if image, ok := container["image"].(string); ok && image != "" {
			found = append(found, image)
		}
		for _, list := range []string{"command", "args"} {
			words, _ := container[list].([]any)
			for _, word := range words {
				text, _ := word.(string)
				if match := imageArgument.FindStringSubmatch(text); match != nil {
					found = append(found, match[1])
				}
			}
		}
	}
	return found
}
