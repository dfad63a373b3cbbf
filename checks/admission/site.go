package admission

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// trialSite is the namespace of the dry run.
type trialSite struct {
	namespace string
	standIn   bool // a substitute for the namespace of the answers, which does not exist yet
}

// describe mentions a substitute between two texts; it returns "" for the
// namespace itself.
func (p trialSite) describe(before, wanted, after string) string {
	if !p.standIn {
		return ""
	}
	return fmt.Sprintf(
		"%stried in the namespace %s, because %s does not exist yet%s",
		before,
		p.namespace,
		wanted,
		after,
	)
}

// chooseSite returns the namespace of the answers or, if it does not exist yet,
// one like the install creates: without labels.
func chooseSite(ctx context.Context, e *check.Env) (trialSite, error) {
	found, err := check.FindNamespace(ctx, e)
	if err != nil {
		return trialSite{}, check.ReadError(err, "namespace "+e.Namespace())
	}
	if found != nil {
		return trialSite{namespace: e.Namespace()}, nil
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return trialSite{}, err
	}
	name, err := standIn(ctx, client)
	if err != nil {
		return trialSite{}, err
	}
	if name == "" {
		return trialSite{}, check.Skip("the namespace %s does not exist yet, and you cannot read a similar one "+
			"(without labels, quotas and limits) to try the objects in; create it first: kubectl create namespace %s",
			e.Namespace(), e.Namespace())
	}
	return trialSite{namespace: name, standIn: true}, nil
}

// standIn returns a namespace that is like a new one, preferably default; "" if
// the user cannot read any.
func standIn(ctx context.Context, client kubernetes.Interface) (string, error) {
	names, err := plainNamespaces(ctx, client)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		free, err := isUnlimited(ctx, client, name)
		if free || err != nil {
			return name, err
		}
	}
	return "", nil
}

// plainNamespaces lists the namespaces with the labels of a new one, default first.
func plainNamespaces(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	var names []string
	list := func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.CoreV1().Namespaces().List(ctx, o)
	}
	err := check.EachItem(ctx, metav1.ListOptions{}, list, func(o runtime.Object) error {
		if n, ok := o.(*corev1.Namespace); ok && isLikeNew(n) {
			names = append(names, n.Name)
		}
		return nil
	})
	slices.SortFunc(names, func(a, b string) int {
		switch metav1.NamespaceDefault {
		case a:
			return -1
		case b:
			return 1
		}
		return strings.Compare(a, b)
	})
	return names, ignoreHidden(err)
}

// isLikeNew reports whether policies treat the namespace like a new one: it has no
// labels, and does not belong to the control plane, which policies often exempt.
func isLikeNew(n *corev1.Namespace) bool {
	for key := range n.Labels {
		if key != corev1.LabelMetadataName {
			return false
		}
	}
	return n.DeletionTimestamp == nil && !strings.HasPrefix(n.Name, "kube-")
}

// isUnlimited reports whether a namespace is ready for pods and, like a new
// one, has neither quotas nor limits.
func isUnlimited(ctx context.Context, client kubernetes.Interface, namespace string) (bool, error) {
	core, one := client.CoreV1(), metav1.ListOptions{Limit: 1}
	quotas, err := core.ResourceQuotas(namespace).List(ctx, one)
	if err != nil || len(quotas.Items) > 0 {
		return false, ignoreHidden(err)
	}
	limits, err := core.LimitRanges(namespace).List(ctx, one)
	if err != nil || len(limits.Items) > 0 {
		return false, ignoreHidden(err)
	}
	_, err = core.ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
	return err == nil, ignoreHidden(err)
}

// ignoreHidden ignores errors for objects that do not exist or that the user
// cannot read.
func ignoreHidden(err error) error {
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil
	}
	return check.KubeError(err)
}

// freeName derives an unused name from a name. It is at most 63 characters
// long, the limit of DNS labels.
func freeName(name string) string {
	const longest = 63 - 1 - 5
	return strings.TrimRight(name[:min(len(name), longest)], "-.") + "-" + strings.ToLower(rand.Text()[:5])
}
