package render

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

// view is the rendered objects as the proofs look at them.
type view struct {
	objects   []manifest.Object
	server    *pod // nil when no server is rendered
	migration *pod // nil when no migration Job is rendered
	secrets   map[string]map[string]string
}

// pod is a rendered pod and its main container.
type pod struct {
	object      string // "Deployment zenml-server"
	replicas    int
	annotations map[string]string
	spec        corev1.PodSpec
	main        corev1.Container
	raw         map[string]any // the spec as it was rendered
}

// variable is what a container finds in its environment: a value, or a
// reference to a Secret that is not rendered.
type variable struct {
	value string
	ref   answers.SecretRef
}

func newView(objects []manifest.Object) *view {
	v := &view{objects: objects, secrets: map[string]map[string]string{}}
	for _, o := range objects {
		switch o.GetKind() {
		case "Deployment":
			var d appsv1.Deployment
			if into(o, &d) && v.server == nil {
				v.server = podOf(o, d.Spec.Template, func(c corev1.Container) bool { return c.Name == "zenml" })
				if v.server != nil && d.Spec.Replicas != nil {
					v.server.replicas = int(*d.Spec.Replicas)
				}
			}
		case "Job":
			var j batchv1.Job
			if into(o, &j) && v.migration == nil {
				v.migration = podOf(o, j.Spec.Template, func(c corev1.Container) bool { return slices.Contains(c.Args, "migrate-database") })
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

func podOf(o manifest.Object, template corev1.PodTemplateSpec, main func(corev1.Container) bool) *pod {
	i := slices.IndexFunc(template.Spec.Containers, main)
	if i < 0 {
		return nil
	}
	raw, _, _ := unstructured.NestedMap(o.Object, "spec", "template", "spec")
	return &pod{
		object:      o.GetKind() + " " + o.GetName(),
		annotations: template.Annotations,
		spec:        template.Spec,
		main:        template.Spec.Containers[i],
		raw:         raw,
	}
}

// rawMain returns the main container as it was rendered.
func (p *pod) rawMain() map[string]any {
	containers, _ := p.raw["containers"].([]any)
	for _, c := range containers {
		if container, ok := c.(map[string]any); ok && container["name"] == p.main.Name {
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

// pods returns the rendered pods of the server and of the migration.
func (v *view) pods() []*pod {
	var pods []*pod
	for _, p := range []*pod{v.server, v.migration} {
		if p != nil {
			pods = append(pods, p)
		}
	}
	return pods
}

// all tells whether there is a server and holds is true of every pod.
func (v *view) all(holds func(*pod) bool) bool {
	return v.server != nil && !slices.ContainsFunc(v.pods(), func(p *pod) bool { return !holds(p) })
}

// variable returns what the container finds under a name, as Kubernetes
// resolves it: the last entry of env, else the last Secret of envFrom that has it.
func (v *view) variable(p *pod, name string) (variable, bool) {
	for _, e := range slices.Backward(p.main.Env) {
		if e.Name != name {
			continue
		}
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			ref := e.ValueFrom.SecretKeyRef
			return v.follow(answers.SecretRef{Name: ref.Name, Key: ref.Key}), true
		}
		return variable{value: e.Value}, true
	}
	for _, from := range slices.Backward(p.main.EnvFrom) {
		if from.SecretRef == nil {
			continue
		}
		key := strings.TrimPrefix(name, from.Prefix)
		if value, ok := v.secrets[from.SecretRef.Name][key]; ok && from.Prefix+key == name {
			return variable{value: value}, true
		}
	}
	return variable{}, false
}

// follow gives the content of a rendered Secret, or the reference to another.
func (v *view) follow(ref answers.SecretRef) variable {
	if value, ok := v.secrets[ref.Name][ref.Key]; ok {
		return variable{value: value}
	}
	return variable{ref: ref}
}

// value returns a variable's value, empty when there is none.
func (v *view) value(p *pod, name string) string {
	found, _ := v.variable(p, name)
	return found.value
}

// environment returns every variable with a value that the container finds.
func (v *view) environment(p *pod) map[string]string {
	all := map[string]string{}
	for _, from := range p.main.EnvFrom {
		if from.SecretRef == nil {
			continue
		}
		for key, value := range v.secrets[from.SecretRef.Name] {
			all[from.Prefix+key] = value
		}
	}
	for _, e := range p.main.Env {
		all[e.Name] = v.value(p, e.Name)
	}
	return all
}

// only returns the one rendered object of a kind; not ok with none or several.
func only[T any](v *view, kind string) (T, bool) {
	var object T
	found := manifest.Find(v.objects, kind, "")
	return object, len(found) == 1 && into(found[0], &object)
}
