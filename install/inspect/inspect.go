// Package inspect reads what exists of a release in the cluster: its workloads,
// its pods and the events about them.
package inspect

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Scope is a release whose objects are read.
type Scope struct {
	Client             kubernetes.Interface
	Namespace, Release string
	Objects            []manifest.Object // that the release renders, including hooks
}

// maxEvents limits the events of a namespace that are read.
const maxEvents = 5000

// Deployments returns the existing Deployments of the release.
func (s Scope) Deployments(ctx context.Context) ([]appsv1.Deployment, error) {
	all, err := s.Client.AppsV1().Deployments(s.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("deployments in namespace %s: %w", s.Namespace, transport.WithoutURL(err))
	}
	return slices.DeleteFunc(all.Items, func(d appsv1.Deployment) bool {
		return len(manifest.Find(s.Objects, "Deployment", d.Name)) == 0
	}), nil
}

// Pods returns the pods of the release's Deployments and Jobs, the oldest first.
func (s Scope) Pods(ctx context.Context) ([]corev1.Pod, error) {
	all, err := s.Client.CoreV1().Pods(s.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("pods in namespace %s: %w", s.Namespace, transport.WithoutURL(err))
	}
	selectors := s.selectors()
	pods := slices.DeleteFunc(all.Items, func(p corev1.Pod) bool { return !s.owns(p, selectors) })
	slices.SortFunc(pods, func(a, b corev1.Pod) int {
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
	})
	return pods, nil
}

// selectors returns the selectors of the release's Deployments.
func (s Scope) selectors() []labels.Selector {
	var found []labels.Selector
	for _, o := range manifest.Find(s.Objects, "Deployment", "") {
		set, _, _ := unstructured.NestedStringMap(o.Object, "spec", "selector", "matchLabels")
		if len(set) > 0 {
			found = append(found, labels.SelectorFromSet(set))
		}
	}
	return found
}

// owns reports whether a pod is of a Deployment or a Job of the release.
func (s Scope) owns(p corev1.Pod, selectors []labels.Selector) bool {
	if p.Labels[manifest.LabelInstance] == s.Release {
		return true
	}
	job := cmp.Or(p.Labels["batch.kubernetes.io/job-name"], p.Labels["job-name"])
	if job != "" {
		return len(manifest.Find(s.Objects, "Job", job)) > 0
	}
	return slices.ContainsFunc(selectors, func(l labels.Selector) bool { return l.Matches(labels.Set(p.Labels)) })
}

// ServerPods returns the pods that serve requests, as opposed to those of Jobs.
func ServerPods(pods []corev1.Pod) []corev1.Pod {
	return slices.DeleteFunc(slices.Clone(pods), func(p corev1.Pod) bool {
		return slices.ContainsFunc(p.OwnerReferences, func(o metav1.OwnerReference) bool { return o.Kind == "Job" })
	})
}

// Events returns the events about the release's objects and what their
// controllers made of them, the oldest first.
func (s Scope) Events(ctx context.Context) ([]corev1.Event, error) {
	all, err := s.Client.CoreV1().Events(s.Namespace).List(ctx, metav1.ListOptions{Limit: maxEvents})
	if err != nil {
		return nil, fmt.Errorf("events in namespace %s: %w", s.Namespace, transport.WithoutURL(err))
	}
	concerned := newConcerned(s.Objects)
	events := slices.DeleteFunc(all.Items, func(e corev1.Event) bool {
		return !concerned.includes(e.InvolvedObject.Kind, e.InvolvedObject.Name)
	})
	slices.SortStableFunc(events, func(a, b corev1.Event) int {
		return kubestatus.EventTime(&a).Compare(kubestatus.EventTime(&b))
	})
	return events, nil
}
