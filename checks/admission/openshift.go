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

// The security context constraints that let a pod have any user but root, and
// any at all.
var (
	anyUser  = []string{"anyuid", "hostmount-anyuid", "privileged"}
	rootless = append([]string{"nonroot-v2", "nonroot"}, anyUser...)
)

// givenIDs are the users and groups that OpenShift gives a namespace; empty
// where it has not yet.
type givenIDs struct{ users, groups string }

// readIDs reads them from the namespace; nil on any other Kubernetes.
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
		return "it gives a new namespace a range of its own"
	}
	return fmt.Sprintf("the namespace has the users %s and the groups %s (a pod's fsGroup is the first of them)", g.users, g.groups)
}

func (g *givenIDs) hasUser(id int64) bool {
	first, last, ok := block(g.users)
	return ok && first <= id && id <= last
}

// isGroup tells whether an fsGroup is the one that there may be: the first.
func (g *givenIDs) isGroup(id int64) bool {
	groups, _, _ := strings.Cut(g.groups, ",")
	first, _, ok := block(groups)
	return ok && first == id
}

// block reads OpenShift's two forms of a range: first/size and first-last.
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

// refuses returns what of a pod's users and groups the namespace does not
// have; nil when it has all of them, or the pod names none.
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

// usersOf are the users by which the containers run, each once: a container's
// own, or the pod's.
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

// mayUse returns which of the constraints the ServiceAccount may use; nothing
// when it is none of them.
func mayUse(ctx context.Context, e *check.Env, account string, constraints []string) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	accounts := "system:serviceaccounts"
	for _, name := range constraints {
		review := &authorizationv1.LocalSubjectAccessReview{ObjectMeta: metav1.ObjectMeta{Namespace: e.Namespace()}, Spec: authorizationv1.SubjectAccessReviewSpec{
			User:               "system:serviceaccount:" + e.Namespace() + ":" + account,
			Groups:             []string{accounts, accounts + ":" + e.Namespace(), "system:authenticated"},
			ResourceAttributes: &authorizationv1.ResourceAttributes{Namespace: e.Namespace(), Verb: "use", Group: sccGroup, Resource: "securitycontextconstraints", Name: name},
		}}
		answer, err := client.AuthorizationV1().LocalSubjectAccessReviews(e.Namespace()).Create(ctx, review, metav1.CreateOptions{})
		if err != nil {
			return "", err
		}
		if answer.Status.Allowed {
			return name, nil
		}
	}
	return "", nil
}
