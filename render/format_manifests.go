package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// manifests writes the rendered objects, and apart from them every Secret:
// those that the chart renders and those that it references.
func (d Document) manifests(r Rendered) ([]File, error) {
	var objects, secrets bytes.Buffer
	objects.WriteString(d.preface("ZenML server, rendered from chart "+d.draft.chart.Name+" "+d.draft.chart.Version+". Its Secrets are in secrets.yaml: apply that first.") + d.newKeys())
	secrets.WriteString("# SENSITIVE: these are the Secrets of the ZenML server, readable by anyone.\n# Keep the file at mode 0600 and out of version control, or seal it.\n")
	for i := range r.Secrets {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&r.Secrets[i])
		if err != nil {
			return nil, err
		}
		if err := appendDocument(&secrets, content); err != nil {
			return nil, err
		}
	}
	for _, o := range r.Objects {
		if o.Test() {
			continue
		}
		into := &objects
		if o.GetKind() == "Secret" {
			into = &secrets
		}
		if err := appendDocument(into, inNamespace(o, d.draft.a.Cluster.Namespace).Object); err != nil {
			return nil, err
		}
	}
	open := d.shows(r.Objects)
	content := objects.Bytes()
	if open {
		content = append([]byte("# SENSITIVE: the chart shows a secret among these objects, not only in Secrets: one of the raw values.\n# Keep the file at mode 0600 and out of version control.\n"), content...)
	}
	return []File{
		{Name: "manifests.yaml", Bytes: content, Sensitive: open},
		{Name: "secrets.yaml", Bytes: secrets.Bytes(), Sensitive: true},
	}, nil
}

// shows tells whether a secret of the values stands in an object that is no
// Secret: the chart puts the user's own variables there.
func (d Document) shows(objects []manifest.Object) bool {
	var texts []string
	for _, s := range d.draft.secrets() {
		texts = append(texts, secretTexts(s.path, s.value)...)
	}
	for _, o := range objects {
		if o.GetKind() == "Secret" {
			continue
		}
		for _, value := range flatten([]manifest.Object{o}) {
			shown := fmt.Sprint(value)
			if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(shown, text) }) {
				return true
			}
		}
	}
	return false
}

// inNamespace names the namespace that Helm would have given. All of the
// chart's objects live in one.
func inNamespace(o manifest.Object, namespace string) manifest.Object {
	if o.GetNamespace() == "" {
		o = manifest.Object{Unstructured: *o.DeepCopy()}
		o.SetNamespace(namespace)
	}
	return o
}

func appendDocument(out *bytes.Buffer, content map[string]any) error {
	if metadata, ok := content["metadata"].(map[string]any); ok {
		delete(metadata, "creationTimestamp")
	}
	text, err := helmyaml.Marshal(content)
	if err != nil {
		return err
	}
	out.WriteString("---\n")
	out.Write(text)
	return nil
}
