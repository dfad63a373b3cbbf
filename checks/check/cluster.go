package check

import (
	"context"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var namespaceMemo = NewMemo[*corev1.Namespace]("namespace")

// FindNamespace gets the namespace, once; nil if it does not exist.
func FindNamespace(ctx context.Context, e *Env) (*corev1.Namespace, error) {
	return namespaceMemo.Get(ctx, e, func(ctx context.Context) (*corev1.Namespace, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return nil, err
		}
		found, err := client.CoreV1().Namespaces().Get(ctx, e.Namespace(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil, nil
		}
		return found, KubeError(err)
	})
}

// Allowed asks the API server whether the user is allowed to do something.
func Allowed(ctx context.Context, e *Env, what authorizationv1.ResourceAttributes) (bool, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return false, err
	}
	spec := authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &what}
	review := &authorizationv1.SelfSubjectAccessReview{Spec: spec}
	answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return false, KubeError(err)
	}
	return answer.Status.Allowed, nil
}

var groupMemo = NewMemo[bool]("group")

// ServesGroup reports whether the cluster serves an API group. It asks once; an
// error counts as no.
func ServesGroup(ctx context.Context, e *Env, group string) bool {
	served, _ := groupMemo.For(group).Get(ctx, e, func(ctx context.Context) (bool, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return false, err
		}
		return client.Discovery().RESTClient().Get().AbsPath("/apis/"+group).Do(ctx).Error() == nil, nil
	})
	return served
}
