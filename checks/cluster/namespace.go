package cluster

import (
	"context"
	"fmt"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkNamespace(ctx context.Context, e *check.Env) (string, error) {
	name := e.Namespace()
	found, err := check.FindNamespace(ctx, e)
	switch {
	case apierrors.IsForbidden(err):
		return "", &check.Fault{
			Warn: true, Summary: fmt.Sprintf("you cannot get the namespace %s, so it may not exist", name),
			Reason: "the install stops if the namespace does not exist",
			Remedy: "request the permission (cluster.permissions prints the Role), " +
				"or have an administrator run: kubectl get namespace " + name,
		}
	case err != nil:
		return "", err
	case found == nil:
		return creatableNamespace(ctx, e)
	case found.DeletionTimestamp != nil:
		return "", terminating(found)
	}
	return name + " exists", nil
}

func creatableNamespace(ctx context.Context, e *check.Env) (string, error) {
	name := e.Namespace()
	create := authorizationv1.ResourceAttributes{Verb: "create", Resource: "namespaces", Version: "v1"}
	allowed, err := check.Allowed(ctx, e, create)
	if err != nil {
		return "", err
	}
	if !allowed {
		return "", &check.Fault{
			Summary: fmt.Sprintf("the namespace %s does not exist, and you cannot create it", name),
			Remedy: "have an administrator run: kubectl create namespace " + name +
				"\nor use an existing one: --namespace NAME",
		}
	}
	return name + " does not exist yet and will be created", nil
}

func terminating(n *corev1.Namespace) *check.Fault {
	fault := &check.Fault{
		Summary: fmt.Sprintf("the namespace %s has been terminating since %s",
			n.Name, n.DeletionTimestamp.UTC().Format("2006-01-02 15:04")),
		Remedy: "wait until it is deleted: kubectl wait --for=delete namespace/" + n.Name + " --timeout=5m" +
			"\nor use another one: --namespace NAME",
	}
	var reasons []string
	for _, c := range n.Status.Conditions {
		if c.Status == corev1.ConditionTrue {
			reasons = append(reasons, c.Message)
		}
	}
	if len(reasons) > 0 {
		fault.Summary += ": " + strings.Join(reasons, "; ")
	}
	return fault
}
