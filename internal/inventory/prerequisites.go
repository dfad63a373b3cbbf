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

// gatewayTraefik is Traefik as a controller of Gateways.
var gatewayTraefik = prerequisite.Traefik.For(answers.Answers{Expose: answers.Expose{Type: answers.ByGateway}})

// missing returns a source of the ways to get a component, with none if the cluster
// has it in one of its forms or the user cannot install it. It does not suggest a retired
// component.
func missing(
	c prerequisite.Component, otherForms ...prerequisite.Component,
) func(context.Context, *reader) []answers.Option {
	return func(ctx context.Context, r *reader) []answers.Option {
		for _, form := range append([]prerequisite.Component{c}, otherForms...) {
			state, err := prerequisite.Find(ctx, r.client, form)
			if err != nil || !state.NeedsInstall() {
				return nil
			}
		}
		if !r.canInstall(ctx) {
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

// futureOption offers what the installer can create, to a user who can install its
// controller. Others can be typed.
func (r *reader) futureOption(ctx context.Context, value, fact string) []answers.Option {
	if !r.canInstall(ctx) {
		return nil
	}
	return []answers.Option{option(value, fact)}
}

// futureGateway suggests to create a Gateway in a cluster without any.
func futureGateway(ctx context.Context, r *reader) []answers.Option {
	if len(gateways(ctx, r)) > 0 || !r.canInstall(ctx) {
		return nil
	}
	return []answers.Option{
		{Value: "true", Title: "Yes", Help: "Suggested, because the cluster has no Gateway."},
		{Value: "false", Title: "No", Help: "You create it before this install."},
	}
}

// gatewayClasses lists the classes for a new Gateway, or the one of a controller that can
// be installed.
func gatewayClasses(ctx context.Context, r *reader) []answers.Option {
	classes, err := prerequisite.GatewayClasses(ctx, r.client)
	if err != nil {
		return nil
	}
	var options []answers.Option
	for _, c := range classes {
		options = append(options, option(c.Metadata.Name, c.Spec.ControllerName))
	}
	if len(options) == 0 {
		return r.futureOption(ctx, prerequisite.Traefik.Class, "not in the cluster yet: the installer can install Traefik")
	}
	return options
}
