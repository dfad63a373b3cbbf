package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkPermissions(ctx context.Context, e *check.Env) (string, error) {
	needed, err := neededRights(ctx, e)
	if err != nil {
		return "", err
	}
	missing, err := missing(ctx, e, needed)
	if err != nil {
		return "", err
	}
	if len(missing) == 0 {
		return fmt.Sprintf("%d permissions", len(needed)), nil
	}
	role, err := rbac(ctx, e, needed)
	if err != nil {
		return "", err
	}
	fault := &check.Fault{
		Summary: fmt.Sprintf("in namespace %s you cannot %s", e.Namespace(), check.JoinAnd(describe(missing))),
		Remedy:  "have an administrator apply this Role (kubectl apply -f FILE):\n" + string(role),
	}
	if !slices.ContainsFunc(missing, func(r right) bool { return r.resource != leaseRights.resource }) {
		fault.Warn, fault.Reason = true, "other runs on the same release, and those that were killed, are not detected"
	}
	return "", fault
}

// neededRights returns the permissions that the rendered objects need, and the
// one to create the namespace if it does not exist.
func neededRights(ctx context.Context, e *check.Env) ([]right, error) {
	rendered, err := e.Render(ctx)
	if err != nil {
		return nil, err
	}
	needed := rights(rendered.Objects, e.Namespace())
	if found, err := check.FindNamespace(ctx, e); err == nil && found == nil {
		needed = append(needed, right{resource: "namespaces", verb: "create", cluster: true})
	}
	return needed, nil
}

// describe lists permissions, one item per resource: "create and delete secrets".
func describe(missing []right) []string {
	var all []string
	for i := 0; i < len(missing); {
		first, verbs := missing[i], []string{}
		for ; i < len(missing) && missing[i].group == first.group && missing[i].resource == first.resource; i++ {
			verbs = append(verbs, missing[i].verb)
		}
		object := right{group: first.group, resource: first.resource}.String()
		all = append(all, check.JoinAnd(verbs)+" "+strings.TrimSpace(object))
	}
	return all
}

// missing returns the permissions that the user lacks. It gets the rules of the
// namespace first, in one request, and reviews individually what they do not
// clearly grant, because some authorizers do not list their rules.
func missing(ctx context.Context, e *check.Env, needed []right) ([]right, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	spec := authorizationv1.SelfSubjectRulesReviewSpec{Namespace: e.Namespace()}
	review := &authorizationv1.SelfSubjectRulesReview{Spec: spec}
	var rules []authorizationv1.ResourceRule
	reviews := client.AuthorizationV1().SelfSubjectRulesReviews()
	if answer, err := reviews.Create(ctx, review, metav1.CreateOptions{}); err == nil {
		rules = answer.Status.ResourceRules
	}
	var open []right
	for _, r := range needed {
		if !granted(rules, r) {
			open = append(open, r)
		}
	}
	return deniedOf(ctx, e, open)
}

// granted reports whether a rule clearly grants the permission.
func granted(rules []authorizationv1.ResourceRule, r right) bool {
	has := func(list []string, want string) bool {
		return slices.Contains(list, want) || slices.Contains(list, "*")
	}
	return slices.ContainsFunc(rules, func(rule authorizationv1.ResourceRule) bool {
		named := len(rule.ResourceNames) == 0 || r.name != "" && slices.Contains(rule.ResourceNames, r.name)
		return !r.cluster && named &&
			has(rule.Verbs, r.verb) && has(rule.APIGroups, r.group) && has(rule.Resources, r.resource)
	})
}

// deniedOf reviews each permission separately, a few in parallel.
func deniedOf(ctx context.Context, e *check.Env, open []right) ([]right, error) {
	const atOnce = 8
	denied := make([]bool, len(open))
	faults := make([]error, len(open))
	slots := make(chan struct{}, atOnce)
	var group sync.WaitGroup
	for i, r := range open {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			allowed, err := check.Allowed(ctx, e, r.attributes(e.Namespace()))
			denied[i], faults[i] = !allowed, err
		})
	}
	group.Wait()
	var all []right
	for i, r := range open {
		if denied[i] {
			all = append(all, r)
		}
	}
	return all, errors.Join(distinct(faults)...)
}

// distinct removes errors with the same text.
func distinct(faults []error) []error {
	said := map[string]bool{}
	return slices.DeleteFunc(faults, func(err error) bool {
		if err == nil || said[err.Error()] {
			return true
		}
		said[err.Error()] = true
		return false
	})
}

// attributes returns the permission for an access review.
func (r right) attributes(namespace string) authorizationv1.ResourceAttributes {
	resource, sub, _ := strings.Cut(r.resource, "/")
	a := authorizationv1.ResourceAttributes{
		Verb: r.verb, Group: r.group, Resource: resource, Subresource: sub, Name: r.name,
	}
	if !r.cluster {
		a.Namespace = namespace
	}
	return a
}
