package values

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// roots are the keys of the server's settings in the layouts of the chart.
var roots = []string{"zenml", "server"}

// Closed returns values that differ from the given ones in one respect: no Ingress,
// route or public Service leads to the server. The settings of its pods stay the
// same, so that opening it later restarts none.
func Closed(values map[string]any) map[string]any {
	closed := tree.Clone(values)
	for _, root := range roots {
		server, _ := closed[root].(map[string]any)
		if server == nil {
			continue
		}
		setBelow(server, "ingress", "enabled", false)
		if _, there := server["gateway"]; there {
			setBelow(server, "gateway", "enabled", false)
		}
		if _, there := server["service"]; there {
			setBelow(server, "service", "type", string(corev1.ServiceTypeClusterIP))
		}
	}
	return closed
}

// setBelow sets a value in a section of the server's settings.
func setBelow(server map[string]any, section, name string, value any) {
	below, _ := server[section].(map[string]any)
	if below == nil {
		below = map[string]any{}
		server[section] = below
	}
	below[name] = value
}

// WithJWTKey returns values with a key for the chart's own Secret, unless they have
// one or the key is empty. The chart generates another key for each use, so that
// without a fixed one its first upgrade restarts the pods.
func (d Document) WithJWTKey(key secret.Text) map[string]any {
	values := tree.Clone(d.Map)
	server, _ := values[d.draft.layout.Root].(map[string]any)
	if key.Empty() || server == nil || inlineText(values, []string{"auth", "jwtSecretKey"}) != "" {
		return values
	}
	setBelow(server, "auth", "jwtSecretKey", key.Reveal())
	return values
}

// WithoutJWTKey returns the values of a release without the key that WithJWTKey
// has set.
func WithoutJWTKey(values map[string]any, key secret.Text) map[string]any {
	if key.Empty() || inlineText(values, []string{"auth", "jwtSecretKey"}) != key.Reveal() {
		return values
	}
	values = tree.Clone(values)
	for _, root := range roots {
		server, _ := values[root].(map[string]any)
		auth, _ := server["auth"].(map[string]any)
		delete(auth, "jwtSecretKey")
		if auth != nil && len(auth) == 0 {
			delete(server, "auth")
		}
	}
	return values
}

// Exposing names the rendered objects that lead to the server from outside the
// cluster.
func Exposing(objects []manifest.Object) []string {
	var found []string
	for _, o := range objects {
		if IsExposing(o) {
			found = append(found, strings.TrimSpace(publicType(o)+" "+o.GetKind()+" "+o.GetName()))
		}
	}
	return found
}

// IsExposing reports whether a rendered object leads to the server from outside the
// cluster.
func IsExposing(o manifest.Object) bool {
	kind := o.GetKind()
	return kind == "Ingress" || strings.HasSuffix(kind, "Route") || publicType(o) != ""
}

// publicType returns the type of a Service that is reachable from outside the cluster.
func publicType(o manifest.Object) string {
	if o.GetKind() != "Service" {
		return ""
	}
	kind, _, _ := unstructured.NestedString(o.Object, "spec", "type")
	if kind == string(corev1.ServiceTypeClusterIP) {
		return ""
	}
	return kind
}
