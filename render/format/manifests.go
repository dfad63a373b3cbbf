package format

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// manifests returns a file with the rendered objects, and a second one with all
// Secrets: those that the chart renders and those that it references.
func manifests(d values.Document, r Rendered) ([]File, error) {
	var objects, secrets bytes.Buffer
	objects.WriteString(manifestsHead(d, r.Objects))
	for _, namespace := range namespaceDocuments(d) {
		if err := appendOrdered(&objects, namespace); err != nil {
			return nil, err
		}
	}
	secrets.WriteString(
		"# SENSITIVE: these are the Secrets of the ZenML server, unencrypted.\n# Keep the file at mode 0600 and out of version control, or encrypt it.\n",
	)
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
		o, err := jobNamed(inNamespace(o, d.Answers().Cluster.Namespace))
		if err != nil {
			return nil, err
		}
		if err := appendDocument(into, o.Object); err != nil {
			return nil, err
		}
	}
	open := shows(d, r.Objects)
	content := objects.Bytes()
	if open {
		content = append(
			[]byte(
				"# SENSITIVE: one of the raw values is a secret, and the chart puts it into an object that is not a Secret.\n# Keep the file at mode 0600 and out of version control.\n",
			),
			content...)
	}
	return []File{
		{Name: "manifests.yaml", Bytes: content, Sensitive: open},
		{Name: "secrets.yaml", Bytes: secrets.Bytes(), Sensitive: true},
	}, nil
}

// shows reports whether an object other than a Secret contains a secret of the
// values. The chart renders custom variables in the Deployment.
func shows(d values.Document, objects []manifest.Object) bool {
	var texts []string
	for _, s := range d.SecretValues() {
		texts = append(texts, secret.SensitiveTexts(s.Path, s.Value)...)
	}
	for _, o := range objects {
		if o.GetKind() == "Secret" {
			continue
		}
		for _, value := range manifest.Flatten([]manifest.Object{o}) {
			shown := fmt.Sprint(value)
			if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(shown, text) }) {
				return true
			}
		}
	}
	return false
}

// manifestsHead explains how to apply the files and how to run Helm's hooks
// without Helm.
func manifestsHead(d values.Document, objects []manifest.Object) string {
	head := preface(d, "ZenML server, rendered from chart "+d.Chart().Name+" "+d.Chart().Version+".") +
		"# Its Secrets are in secrets.yaml. Apply both files (kubectl apply -f FOLDER); pods wait for their Secrets.\n"
	if len(manifest.Find(objects, "Job", "")) > 0 {
		head += "# Helm's hooks are ordinary objects here. The name of the migration's Job ends with a hash of the Job:\n" +
			"# a changed one is a new Job, which migrates again; the old one may be deleted.\n"
	}
	return head + newKeys(d)
}

// inNamespace sets the object's namespace, as Helm would. All of the chart's
// objects are namespaced.
func inNamespace(o manifest.Object, namespace string) manifest.Object {
	if o.GetNamespace() == "" {
		o = manifest.Object{Unstructured: *o.DeepCopy()}
		o.SetNamespace(namespace)
	}
	return o
}

// maxJobName is the limit for a Job's name, which is a label of its pods.
const maxJobName = 63

// jobNamed appends a hash of the spec to a Job's name: a Job's template is
// immutable, and Helm would have deleted the old Job first. No object refers to
// the name, and the API server generates the selector.
func jobNamed(o manifest.Object) (manifest.Object, error) {
	if o.GetKind() != "Job" {
		return o, nil
	}
	spec, err := json.Marshal(o.Object["spec"])
	if err != nil {
		return o, err
	}
	suffix := fmt.Sprintf("-%x", sha256.Sum256(spec))[:9]
	name := o.GetName()
	o = manifest.Object{Unstructured: *o.DeepCopy()}
	o.SetName(strings.TrimRight(name[:min(len(name), maxJobName-len(suffix))], "-.") + suffix)
	return o, nil
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
