package admission

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

const (
	sccGroup = "security.openshift.io"
	sccUsers = "openshift.io/sa.scc.uid-range"           // "1000680000/10000"
	sccExtra = "openshift.io/sa.scc.supplemental-groups" // the same, or several with commas
)

// The security context constraints that allow any user except root, and any user.
var (
	anyUser  = []string{"anyuid", "hostmount-anyuid", "privileged"}
	rootless = append([]string{"nonroot-v2", "nonroot"}, anyUser...)
)

// givenIDs are the users and groups that OpenShift assigned to a namespace; empty
// if it has not yet.
type givenIDs struct{ users, groups string }

// readIDs reads them from the namespace. It returns nil if the cluster is not
// OpenShift.
func readIDs(ctx context.Context, e *check.Env) (*givenIDs, error) {
	found, err := check.FindNamespace(ctx, e)
	if err != nil {
		return nil, err
	}
	given := &givenIDs{}
	if found != nil {
		given.users, given.groups = found.Annotations[sccUsers], found.Annotations[sccExtra]
	}
	if given.groups == "" {
		given.groups = given.users
	}
	if given.users == "" && !check.ServesGroup(ctx, e, sccGroup) {
		return nil, nil
	}
	return given, nil
}

func (g *givenIDs) String() string {
	if g.users == "" {
		return "it assigns a range of its own to a new namespace"
	}
	return fmt.Sprintf("the namespace has the users %s and the groups %s (fsGroup must be the first of them)",
		g.users, g.groups)
}

func (g *givenIDs) hasUser(id int64) bool {
	first, last, ok := block(g.users)
	return ok && first <= id && id <= last
}

// isGroup reports whether id is the only allowed fsGroup: the first of the
// range.
func (g *givenIDs) isGroup(id int64) bool {
	groups, _, _ := strings.Cut(g.groups, ",")
	first, _, ok := block(groups)
	return ok && first == id
}

// block parses OpenShift's two notations of a range: first/size and first-last.
func block(text string) (first, last int64, ok bool) {
	from, size, sized := strings.Cut(text, "/")
	if !sized {
		from, size, _ = strings.Cut(text, "-")
	}
	first, errFirst := strconv.ParseInt(strings.TrimSpace(from), 10, 64)
	last, errLast := strconv.ParseInt(strings.TrimSpace(size), 10, 64)
	if sized {
		last += first - 1
	}
	return first, last, errFirst == nil && errLast == nil
}

// refuses returns the pod's users and groups that the namespace does not allow,
// or nil.
func (g *givenIDs) refuses(spec corev1.PodSpec) *idsError {
	wrong := &idsError{allowed: rootless, given: g.String()}
	for _, id := range usersOf(spec) {
		if g.hasUser(id) {
			continue
		}
		wrong.ids = append(wrong.ids, fmt.Sprintf("runAsUser %d", id))
		if id == 0 {
			wrong.allowed = anyUser
		}
	}
	if c := spec.SecurityContext; c != nil && c.FSGroup != nil && !g.isGroup(*c.FSGroup) {
		wrong.ids = append(wrong.ids, fmt.Sprintf("fsGroup %d", *c.FSGroup))
	}
	if len(wrong.ids) == 0 {
		return nil
	}
	return wrong
}

// usersOf returns the users of the containers, without duplicates: a
// container's own, or the pod's.
func usersOf(spec corev1.PodSpec) []int64 {
	var users []int64
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		var user *int64
		if spec.SecurityContext != nil {
			user = spec.SecurityContext.RunAsUser
		}
		if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
			user = c.SecurityContext.RunAsUser
		}
		if user != nil && !slices.Contains(users, *user) {
			users = append(users, *user)
		}
	}
	return users
}

// canUse returns the first constraint that the ServiceAccount can use, or "".
func canUse(ctx context.Context, e *check.Env, account string, constraints []string) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	accounts := "system:serviceaccounts"
	for _, name := range constraints {
		review := &authorizationv1.LocalSubjectAccessReview{}
		review.Namespace = e.Namespace()
		review.Spec = authorizationv1.SubjectAccessReviewSpec{
			User:   "system:serviceaccount:" + e.Namespace() + ":" + account,
			Groups: []string{accounts, accounts + ":" + e.Namespace(), "system:authenticated"},
			ResourceAttributes: &authorizationv1.ResourceAttributes{
				Namespace: e.Namespace(), Verb: "use", Group: sccGroup, Resource: "securitycontextconstraints",
				Name: name,
			},
		}
		reviews := client.AuthorizationV1().LocalSubjectAccessReviews(e.Namespace())
		answer, err := reviews.Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return "", err
		}
		if answer.Status.Allowed {
			return name, nil
		}
	}
	return "", nil
}
