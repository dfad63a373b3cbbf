package install

import (
	"context"
	"fmt"

	helmkube "helm.sh/helm/v3/pkg/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// removalWaiter waits for Helm while a release is uninstalled.
type removalWaiter struct {
	ctx  context.Context
	emit func(event.Event)
	late error // what a deletion was waiting for when ctx ended
}

func (w *removalWaiter) proceed() error { return context.Cause(w.ctx) }

func (w *removalWaiter) hooks(helmkube.ResourceList) error { return context.Cause(w.ctx) }

func (w *removalWaiter) kept(event.Object) {}

func (w *removalWaiter) gone(r helmkube.ResourceList) error {
	err := waitGone(w.ctx, r, w.emit)
	if w.ctx.Err() != nil {
		w.late = err
	}
	return err
}

func (w *removalWaiter) ready(helmkube.ResourceList, bool) error { return context.Cause(w.ctx) }

// kubeObjects deletes the kinds of objects that the chart uses as hooks.
type kubeObjects struct {
	client    kubernetes.Interface
	namespace string
}

// remove deletes an object and reports whether it existed. It ignores volume
// claims and unknown kinds.
func (k kubeObjects) remove(ctx context.Context, kind, name string) (bool, error) {
	background := metav1.DeletePropagationBackground
	options := metav1.DeleteOptions{PropagationPolicy: &background}
	var err error
	switch kind {
	case "Job":
		err = k.client.BatchV1().Jobs(k.namespace).Delete(ctx, name, options)
	case "Pod":
		err = k.client.CoreV1().Pods(k.namespace).Delete(ctx, name, options)
	case "Secret":
		err = k.client.CoreV1().Secrets(k.namespace).Delete(ctx, name, options)
	case "ConfigMap":
		err = k.client.CoreV1().ConfigMaps(k.namespace).Delete(ctx, name, options)
	case "ServiceAccount":
		err = k.client.CoreV1().ServiceAccounts(k.namespace).Delete(ctx, name, options)
	default:
		return false, nil
	}
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// claims returns the release's existing volume claims.
func (k kubeObjects) claims(ctx context.Context, release string) ([]event.Object, error) {
	list, err := k.client.CoreV1().
		PersistentVolumeClaims(k.namespace).
		List(ctx, metav1.ListOptions{LabelSelector: manifest.LabelInstance + "=" + release})
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	if err != nil {
		return nil, transport.WithoutURL(err)
	}
	var kept []event.Object
	for _, c := range list.Items {
		kept = append(kept, event.Object{Kind: "PersistentVolumeClaim", Namespace: k.namespace, Name: c.Name})
	}
	return kept, nil
}

// secrets returns the Secrets that the installer created for a release.
func (k kubeObjects) secrets(ctx context.Context, release string) ([]corev1.Secret, error) {
	list, err := k.client.CoreV1().
		Secrets(k.namespace).
		List(ctx, metav1.ListOptions{LabelSelector: selectorOf(manifest.Labels(release))})
	if err != nil {
		return nil, fmt.Errorf("secrets in namespace %s: %w", k.namespace, transport.WithoutURL(err))
	}
	return list.Items, nil
}

func selectorOf(set map[string]string) string { return labels.SelectorFromSet(set).String() }
