package checks

import (
	"context"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var namespaceMemo = NewMemo[*corev1.Namespace]("namespace")

// foundNamespace gets the namespace, once; nil when it does not exist.
func (e *Env) foundNamespace(ctx context.Context) (*corev1.Namespace, error) {
	return namespaceMemo.Get(ctx, e, func(ctx context.Context) (*corev1.Namespace, error) {
		client, err := e.Cluster.Client()
		if err != nil {
			return nil, err
		}
		found, err := client.CoreV1().Namespaces().Get(ctx, e.namespace(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil, nil
		}
		return found, kubeError(err)
	})
}

func clusterNamespace(ctx context.Context, e *Env) (string, error) {
	name := e.namespace()
	found, err := e.foundNamespace(ctx)
	switch {
	case apierrors.IsForbidden(err):
		return "", &Fault{
			Warn: true, Found: fmt.Sprintf("you may not look at the namespace %s, so it is not known whether it exists", name),
			Why:    "a namespace that does not exist stops the install",
			Remedy: "ask for the right to get it (cluster.permissions prints the Role), or ask an administrator: kubectl get namespace " + name,
		}
	case err != nil:
		return "", err
	case found == nil:
		return e.creatableNamespace(ctx)
	case found.DeletionTimestamp != nil:
		return "", terminating(found)
	}
	return name + " exists", nil
}

func (e *Env) creatableNamespace(ctx context.Context) (string, error) {
	name := e.namespace()
	allowed, err := e.allowed(ctx, authorizationv1.ResourceAttributes{Verb: "create", Resource: "namespaces", Version: "v1"})
	if err != nil {
		return "", err
	}
	if !allowed {
		return "", &Fault{
			Found:  fmt.Sprintf("there is no namespace %s, and you may not create it", name),
			Remedy: "have an administrator run: kubectl create namespace " + name + "\nor choose one that exists: --namespace NAME",
		}
	}
	return name + " does not exist yet and will be created", nil
}

func terminating(n *corev1.Namespace) *Fault {
	fault := &Fault{
		Found:  fmt.Sprintf("the namespace %s is being deleted since %s", n.Name, n.DeletionTimestamp.UTC().Format("2006-01-02 15:04")),
		Remedy: "wait for its end: kubectl wait --for=delete namespace/" + n.Name + " --timeout=5m\nor choose another: --namespace NAME",
	}
	var reasons []string
	for _, c := range n.Status.Conditions {
		if c.Status == corev1.ConditionTrue {
			reasons = append(reasons, c.Message)
		}
	}
	if len(reasons) > 0 {
		fault.Found += ": " + strings.Join(reasons, "; ")
	}
	return fault
}

// allowed asks the API server whether we may do something.
func (e *Env) allowed(ctx context.Context, what authorizationv1.ResourceAttributes) (bool, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return false, err
	}
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &what}}
	answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return false, kubeError(err)
	}
	return answer.Status.Allowed, nil
}
