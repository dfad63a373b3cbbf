package inspect

import (
	"cmp"
	"context"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"github.com/zenml-installer/zenml-installer/install/watch"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// Overview is the state of a release's workloads. What the user has no permission
// to read is left out and listed.
type Overview struct {
	Found       bool   // the Deployment exists
	Deployment  string // its name
	Desired     int    // replicas that the Deployment asks for
	Ready       int    // server pods that are ready
	Image       string
	Pods        []Pod // of the server
	Warnings    []Warning
	Certificate *Certificate
	Unknown     []string // what could not be read, and why
}

// Pod is a pod of the server.
type Pod struct {
	Name     string    `json:"name"`
	Ready    bool      `json:"ready"`
	State    string    `json:"state"` // what it waits for, or "ready"
	Restarts int       `json:"restarts"`
	Created  time.Time `json:"created"`
}

// Warning is a Warning event about an object of the release.
type Warning struct {
	At      time.Time `json:"at"`
	Object  string    `json:"object"`
	Reason  string    `json:"reason"`
	Message string    `json:"message"`
	Count   int       `json:"count"`
}

// Certificate is the certificate of the Ingress.
type Certificate struct {
	Secret  string    `json:"secret"`
	Expires time.Time `json:"expires"`
}

// Overview reads the state of the release's workloads.
func (s Scope) Overview(ctx context.Context) Overview {
	var o Overview
	s.addDeployment(ctx, &o)
	s.addPods(ctx, &o)
	if events, err := s.Events(ctx); err != nil {
		o.Unknown = append(o.Unknown, err.Error())
	} else {
		o.Warnings = warnings(events)
	}
	s.addCertificate(ctx, &o)
	return o
}

func (s Scope) addDeployment(ctx context.Context, o *Overview) {
	all, err := s.Deployments(ctx)
	if err != nil {
		o.Unknown = append(o.Unknown, err.Error())
		return
	}
	slices.SortFunc(all, func(a, b appsv1.Deployment) int { return cmp.Compare(a.Name, b.Name) })
	for _, d := range all {
		o.Found, o.Deployment = true, cmp.Or(o.Deployment, d.Name)
		o.Desired += int(ptr.Deref(d.Spec.Replicas, 1))
		for _, c := range d.Spec.Template.Spec.Containers {
			o.Image = cmp.Or(o.Image, c.Image)
		}
	}
}

func (s Scope) addPods(ctx context.Context, o *Overview) {
	pods, err := s.Pods(ctx)
	if err != nil {
		o.Unknown = append(o.Unknown, err.Error())
		return
	}
	for _, p := range ServerPods(pods) {
		found := Pod{Name: p.Name, Ready: kubestatus.Serving(&p), State: watch.DescribePod(&p),
			Created: p.CreationTimestamp.UTC()}
		if p.DeletionTimestamp != nil {
			found.State = "terminating"
		}
		for _, c := range kubestatus.Containers(&p) {
			found.Restarts += int(c.RestartCount)
		}
		if found.Ready {
			o.Ready++
		}
		o.Pods = append(o.Pods, found)
	}
}

// maxWarnings limits the warnings, the latest of which are kept.
const maxWarnings = 5

// warnings returns the latest warning of each object and reason.
func warnings(events []corev1.Event) []Warning {
	var found []Warning
	for _, e := range events {
		if e.Type != corev1.EventTypeWarning {
			continue
		}
		w := Warning{At: kubestatus.EventTime(&e).UTC(), Object: e.InvolvedObject.Kind + " " + e.InvolvedObject.Name,
			Reason: e.Reason, Message: strings.Join(strings.Fields(e.Message), " "), Count: max(1, int(e.Count))}
		found = slices.DeleteFunc(found, func(other Warning) bool {
			return other.Object == w.Object && other.Reason == w.Reason
		})
		found = append(found, w)
	}
	return found[max(0, len(found)-maxWarnings):]
}

// addCertificate reads when the certificate of the Ingress expires.
func (s Scope) addCertificate(ctx context.Context, o *Overview) {
	for _, in := range manifest.Find(s.Objects, "Ingress", "") {
		list, _, _ := unstructured.NestedSlice(in.Object, "spec", "tls")
		for _, item := range list {
			tls, _ := item.(map[string]any)
			name, _ := tls["secretName"].(string)
			secret, err := s.Client.CoreV1().Secrets(s.Namespace).Get(ctx, name, metav1.GetOptions{})
			if err != nil && !apierrors.IsNotFound(err) {
				o.Unknown = append(o.Unknown, err.Error())
			}
			if err == nil {
				o.Certificate = expiry(name, secret.Data[corev1.TLSCertKey])
			}
		}
	}
}

// expiry returns when the first certificate of a chain expires, or nil.
func expiry(name string, chain []byte) *Certificate {
	block, _ := pem.Decode(chain)
	if block == nil {
		return nil
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return &Certificate{Secret: name, Expires: c.NotAfter.UTC()}
}
