package prerequisite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Label marks the Helm releases that the installer created for a server.
const Label = "zenml-installer/prerequisite"

// State is what a cluster has of a component.
type State struct {
	// Found is how the component was recognized, in any form; empty if it is missing.
	Found string
	// Serves is true if what was found can serve the server's Ingress, Gateway or
	// certificate.
	Serves bool
	// Unfinished is the status of the release that a previous run of the installer
	// left incomplete, or empty.
	Unfinished string
	// Classes are the IngressClasses or GatewayClasses of a controller.
	Classes []string
}

// NeedsInstall reports whether the component has to be installed, or its
// installation finished.
func (s State) NeedsInstall() bool { return s.Found == "" || s.Unfinished != "" }

// Find looks for a component, whoever installed it and wherever it runs.
func Find(ctx context.Context, client kubernetes.Interface, c Component) (State, error) {
	var s State
	var err error
	if s.Unfinished, err = unfinished(ctx, client, c); err != nil {
		return s, err
	}
	switch {
	case c.GatewayClass != "":
		err = s.findGatewayClasses(ctx, client, c)
	case c.Controller != "":
		err = s.findClasses(ctx, client, c)
	}
	if err != nil || s.Found != "" {
		return s, err
	}
	if c.Group == "" {
		return s, nil
	}
	served, err := servesGroup(ctx, client, c.Group)
	if served {
		s.Found, s.Serves = "the cluster serves its API "+c.Group, c.Controller == ""
	}
	return s, err
}

// findClasses looks for the IngressClasses of a controller.
func (s *State) findClasses(ctx context.Context, client kubernetes.Interface, c Component) error {
	list, err := client.NetworkingV1().IngressClasses().List(ctx, metav1.ListOptions{Limit: 500})
	if err != nil {
		return fmt.Errorf("read IngressClasses: %w", transport.WithoutURL(err))
	}
	for _, class := range list.Items {
		switch {
		case class.Name == c.Class:
			s.Serves = true
		case !strings.HasPrefix(class.Spec.Controller, c.Controller):
			continue
		}
		s.Classes = append(s.Classes, class.Name)
	}
	slices.Sort(s.Classes)
	if len(s.Classes) > 0 {
		s.Found = "IngressClass " + strings.Join(s.Classes, ", ") + " exists"
	}
	return nil
}

// servesGroup reports whether the API server serves an API group.
func servesGroup(ctx context.Context, client kubernetes.Interface, group string) (bool, error) {
	groups, err := bounded.Do(ctx, func() (*metav1.APIGroupList, error) { return client.Discovery().ServerGroups() })
	if err != nil {
		return false, fmt.Errorf("read the API groups of the cluster: %w", transport.WithoutURL(err))
	}
	return slices.ContainsFunc(groups.Groups, func(g metav1.APIGroup) bool { return g.Name == group }), nil
}

// unfinished returns the status of the installer's own release of a component, if it
// is not deployed. Without the permission to read it, none is known.
func unfinished(ctx context.Context, client kubernetes.Interface, c Component) (string, error) {
	revisions, err := Revisions(ctx, client, c)
	if err != nil || len(revisions) == 0 {
		return "", err
	}
	status := revisions[len(revisions)-1].Labels["status"]
	for _, r := range revisions {
		if r.Labels["status"] == "deployed" {
			return "", nil
		}
	}
	return status, nil
}

// Revisions returns the metadata of the Helm revisions of a component that the
// installer created, the oldest first.
func Revisions(ctx context.Context, client kubernetes.Interface, c Component) ([]metav1.ObjectMeta, error) {
	list, err := client.CoreV1().Secrets(c.Name).List(ctx, metav1.ListOptions{
		LabelSelector: labels.Set{"owner": "helm", "name": c.Name, Label: "true"}.String(),
	})
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the release of %s: %w", c.Title, transport.WithoutURL(err))
	}
	var found []metav1.ObjectMeta
	for _, s := range list.Items {
		found = append(found, s.ObjectMeta)
	}
	slices.SortFunc(found, func(a, b metav1.ObjectMeta) int {
		return a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
	})
	return found, nil
}
