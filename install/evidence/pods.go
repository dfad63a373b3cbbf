package evidence

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// pod is a pod without its specification, which is in the manifests.
type pod struct {
	Name    string            `json:"name"`
	UID     string            `json:"uid"`
	Created time.Time         `json:"created"`
	Deleted bool              `json:"terminating,omitempty"`
	Node    string            `json:"node,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Status  corev1.PodStatus  `json:"status"`
}

// addPods adds the status of the pods.
func (c *collector) addPods(context.Context) {
	all := []pod{}
	for _, p := range c.pods {
		all = append(all, pod{
			Name: p.Name, UID: string(p.UID), Created: p.CreationTimestamp.UTC(), Deleted: p.DeletionTimestamp != nil,
			Node: p.Spec.NodeName, Labels: p.Labels, Status: p.Status,
		})
	}
	c.addJSON("pods.json", all)
}

// addEvents adds the events about the release, one a line.
func (c *collector) addEvents(ctx context.Context) {
	events, err := c.scope().Events(ctx)
	if err != nil {
		c.missing("events", err)
		return
	}
	var b strings.Builder
	for _, e := range events {
		fmt.Fprintf(&b, "%s %-7s %s %s %s (%d times): %s\n", kubestatus.EventTime(&e).UTC().Format(time.RFC3339),
			e.Type, e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Reason, max(1, e.Count), strings.TrimSpace(e.Message))
	}
	c.add("events.txt", b.String())
}

// podSpec returns the specification of the pods of a Deployment or a Job.
func podSpec(o manifest.Object) (corev1.PodSpec, error) {
	var spec corev1.PodSpec
	content, _, err := unstructured.NestedMap(o.Object, "spec", "template", "spec")
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(content, &spec)
	}
	return spec, err
}

// podReferences returns the Secrets that the containers and volumes of a pod use.
func podReferences(spec corev1.PodSpec) []secretKey {
	var refs []secretKey
	for _, v := range spec.Volumes {
		if v.Secret != nil {
			refs = append(refs, secretKey{secret: v.Secret.SecretName})
		}
		if v.Projected != nil {
			refs = append(refs, projected(v.Projected.Sources)...)
		}
	}
	for _, container := range append(spec.InitContainers[:len(spec.InitContainers):len(spec.InitContainers)],
		spec.Containers...) {
		refs = append(refs, containerReferences(container)...)
	}
	return refs
}

func projected(sources []corev1.VolumeProjection) []secretKey {
	var refs []secretKey
	for _, s := range sources {
		if s.Secret != nil {
			refs = append(refs, secretKey{secret: s.Secret.Name})
		}
	}
	return refs
}

func containerReferences(c corev1.Container) []secretKey {
	var refs []secretKey
	for _, from := range c.EnvFrom {
		if from.SecretRef != nil {
			refs = append(refs, secretKey{secret: from.SecretRef.Name})
		}
	}
	for _, v := range c.Env {
		if v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil {
			refs = append(refs, secretKey{v.ValueFrom.SecretKeyRef.Name, v.ValueFrom.SecretKeyRef.Key})
		}
	}
	return refs
}
