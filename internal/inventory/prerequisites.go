package inventory

import (
	"context"
	"fmt"
	"slices"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// missing returns a source of the ways to get a component, with none if the cluster
// has it or the user cannot install it. It does not suggest a retired component.
func missing(c prerequisite.Component) func(context.Context, *reader) []answers.Option {
	return func(ctx context.Context, r *reader) []answers.Option {
		state, err := prerequisite.Find(ctx, r.client, c)
		if err != nil || !state.NeedsInstall() || !r.canInstall(ctx) {
			return nil
		}
		options := []answers.Option{
			{Value: answers.PrerequisiteInstall, Title: "Install", Help: fmt.Sprintf("The cluster has none: installs %s "+
				"with the %s into namespace %s.", c.Title, c.Source(), c.Name)},
			{Value: answers.PrerequisiteRequire, Title: "Require", Help: "You install it before this install."},
		}
		if c.Retired != "" {
			slices.Reverse(options)
		}
		return options
	}
}

// canInstall reports whether the user can create CRDs, which are needed besides
// objects in a namespace.
func (r *reader) canInstall(ctx context.Context) bool {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
		ResourceAttributes: &authorizationv1.ResourceAttributes{Verb: "create", Group: "apiextensions.k8s.io",
			Resource: "customresourcedefinitions"},
	}}
	answer, err := r.client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	return err == nil && answer.Status.Allowed
}

// futureClasses offers the class of a maintained controller that can be installed, in
// a cluster without any. Others can be typed.
func (r *reader) futureClasses(ctx context.Context) []answers.Option {
	list, err := r.client.NetworkingV1().IngressClasses().List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil || len(list.Items) > 0 || !r.canInstall(ctx) {
		return nil
	}
	return []answers.Option{
		option(prerequisite.Traefik.Class, "not in the cluster yet: the installer can install Traefik"),
	}
}
