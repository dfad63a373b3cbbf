package render

import (
	"bytes"

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
	return []File{
		{Name: "manifests.yaml", Bytes: objects.Bytes()},
		{Name: "secrets.yaml", Bytes: secrets.Bytes(), Sensitive: true},
	}, nil
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
