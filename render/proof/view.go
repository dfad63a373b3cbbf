package proof

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// View gives proofs access to the rendered objects.
type View struct {
	Objects   []manifest.Object
	Server    *Pod // nil if no server is rendered
	Migration *Pod // nil if no migration Job is rendered
	secrets   map[string]map[string]string
}

// Pod is a rendered pod and its main container.
type Pod struct {
	Name        string // "Deployment zenml-server"
	Replicas    int
	Annotations map[string]string
	Spec        corev1.PodSpec
	Main        corev1.Container
	Raw         map[string]any // the rendered spec
}

// variable is a container's environment variable: a value, or a reference to a
// Secret that is not rendered.
type variable struct {
	Value string
	Ref   answers.SecretRef
}

// NewView returns a view of rendered objects.
func NewView(objects []manifest.Object) *View {
	v := &View{Objects: objects, secrets: map[string]map[string]string{}}
	for _, o := range objects {
		switch o.GetKind() {
		case "Deployment":
			var d appsv1.Deployment
			if into(o, &d) && v.Server == nil {
				v.Server = podOf(o, d.Spec.Template, func(c corev1.Container) bool { return c.Name == "zenml" })
				if v.Server != nil && d.Spec.Replicas != nil {
					v.Server.Replicas = int(*d.Spec.Replicas)
				}
			}
		case "Job":
			var j batchv1.Job
			if into(o, &j) && v.Migration == nil {
				v.Migration = podOf(
					o,
					j.Spec.Template,
					func(c corev1.Container) bool { return slices.Contains(c.Args, "migrate-database") },
				)
			}
		case "Secret":
			v.secrets[o.GetName()] = secretData(o)
		}
	}
	return v
}

func into(o manifest.Object, target any) bool {
	return runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, target) == nil
}

func podOf(o manifest.Object, template corev1.PodTemplateSpec, main func(corev1.Container) bool) *Pod {
	i := slices.IndexFunc(template.Spec.Containers, main)
	if i < 0 {
		return nil
	}
	raw, _, _ := unstructured.NestedMap(o.Object, "spec", "template", "spec")
	return &Pod{
		Name:        o.GetKind() + " " + o.GetName(),
		Annotations: template.Annotations,
		Spec:        template.Spec,
		Main:        template.Spec.Containers[i],
		Raw:         raw,
	}
}

// rawMain returns the main container as rendered.
func (p *Pod) rawMain() map[string]any {
	containers, _ := p.Raw["containers"].([]any)
	for _, c := range containers {
		if container, ok := c.(map[string]any); ok && container["name"] == p.Main.Name {
			return container
		}
	}
	return nil
}

func secretData(o manifest.Object) map[string]string {
	var s corev1.Secret
	data := map[string]string{}
	if !into(o, &s) {
		return data
	}
	for k, v := range s.Data {
		data[k] = string(v)
	}
	for k, v := range s.StringData {
		data[k] = v
	}
	return data
}

// Pods returns the rendered pods of the server and of the migration.
func (v *View) Pods() []*Pod {
	var pods []*Pod
	for _, p := range []*Pod{v.Server, v.Migration} {
		if p != nil {
			pods = append(pods, p)
		}
	}
	return pods
}

// All reports whether there is a server and holds is true for every pod.
func (v *View) All(holds func(*Pod) bool) bool {
	return v.Server != nil && !slices.ContainsFunc(v.Pods(), func(p *Pod) bool { return !holds(p) })
}

// Variable resolves a variable as Kubernetes does: the last entry of env,
// otherwise the last Secret of envFrom that contains it.
func (v *View) Variable(p *Pod, name string) (variable, bool) {
	for _, e := range slices.Backward(p.Main.Env) {
		if e.Name != name {
			continue
		}
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			ref := e.ValueFrom.SecretKeyRef
			return v.Follow(answers.SecretRef{Name: ref.Name, Key: ref.Key}), true
		}
		return variable{Value: e.Value}, true
	}
	for _, from := range slices.Backward(p.Main.EnvFrom) {
		if from.SecretRef == nil {
			continue
		}
		key := strings.TrimPrefix(name, from.Prefix)
		if value, ok := v.secrets[from.SecretRef.Name][key]; ok && from.Prefix+key == name {
			return variable{Value: value}, true
		}
	}
	return variable{}, false
}

// Follow returns the content of a rendered Secret, or the reference to another
// one.
func (v *View) Follow(ref answers.SecretRef) variable {
	if value, ok := v.secrets[ref.Name][ref.Key]; ok {
		return variable{Value: value}
	}
	return variable{Ref: ref}
}

// value returns a variable's value, or "".
func (v *View) value(p *Pod, name string) string {
	found, _ := v.Variable(p, name)
	return found.Value
}

// Environment returns the container's variables with literal values.
func (v *View) Environment(p *Pod) map[string]string {
	all := map[string]string{}
	for _, from := range p.Main.EnvFrom {
		if from.SecretRef == nil {
			continue
		}
		for key, value := range v.secrets[from.SecretRef.Name] {
			all[from.Prefix+key] = value
		}
	}
	for _, e := range p.Main.Env {
		all[e.Name] = v.value(p, e.Name)
	}
	return all
}

// only returns the only rendered object of a kind; ok is false if there are
// none or several.
func only[T any](v *View, kind string) (T, bool) {
	var object T
	found := manifest.Find(v.Objects, kind, "")
	return object, len(found) == 1 && into(found[0], &object)
}
