package probepod

import (
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// removeAccount removes the ServiceAccount that was created for the pod. It looks for it,
// because an interrupted request may have created it.
func (p *probePod) removeAccount(ctx context.Context) {
	if p.account == nil {
		return
	}
	found, err := p.client.CoreV1().ServiceAccounts(p.account.Namespace).Get(ctx, p.account.Name, metav1.GetOptions{})
	if err == nil && found.Labels[accountLabel] == p.pod.Name {
		err = deleteAccount(ctx, p.client, found)
	}
	if ignoreMissing(err) != nil {
		p.env.Leave(check.Leftover{
			What: fmt.Sprintf("ServiceAccount %s in namespace %s (%v)", p.account.Name, p.account.Namespace, err),
			Remedy: fmt.Sprintf("kubectl -n %s delete serviceaccount %s --ignore-not-found", p.account.Namespace,
				p.account.Name),
		})
	}
}

// removeStaleAccounts deletes the ServiceAccounts of killed runs.
func removeStaleAccounts(ctx context.Context, client kubernetes.Interface, namespace string, now time.Time) {
	found, err := client.CoreV1().ServiceAccounts(namespace).List(ctx, metav1.ListOptions{LabelSelector: accountLabel})
	if err != nil {
		return
	}
	for _, account := range found.Items {
		if now.Sub(account.CreationTimestamp.Time) > staleAge {
			_ = deleteAccount(ctx, client, &account)
		}
	}
}

// deleteAccount deletes a ServiceAccount of a check, unless an install uses it now.
func deleteAccount(ctx context.Context, client kubernetes.Interface, account *corev1.ServiceAccount) error {
	adopted, err := isAdopted(ctx, client, account)
	if err != nil || adopted {
		return err
	}
	return client.CoreV1().ServiceAccounts(account.Namespace).Delete(ctx, account.Name,
		metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &account.UID}})
}

// isAdopted reports whether a ServiceAccount of a check belongs to an install that came
// later: it was applied, or its release has a newer revision.
func isAdopted(ctx context.Context, client kubernetes.Interface, account *corev1.ServiceAccount) (bool, error) {
	isApply := func(m metav1.ManagedFieldsEntry) bool { return m.Operation == metav1.ManagedFieldsOperationApply }
	if account.Annotations[corev1.LastAppliedConfigAnnotation] != "" ||
		slices.ContainsFunc(account.ManagedFields, isApply) {
		return true, nil
	}
	revisions, err := client.CoreV1().Secrets(account.Namespace).List(ctx, metav1.ListOptions{
		LabelSelector: "owner=helm,name=" + account.Annotations["meta.helm.sh/release-name"]})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(revisions.Items, func(s corev1.Secret) bool {
		return !s.CreationTimestamp.Before(&account.CreationTimestamp)
	}), nil
}
