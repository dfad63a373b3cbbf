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

// trialSite is the namespace in which the objects are tried.
type trialSite struct {
	namespace string
	standIn   bool // for the namespace of the answers, which does not exist yet
}

// said names a stand-in, between two texts; nothing for the namespace itself.
func (p trialSite) said(before, wanted, after string) string {
	if !p.standIn {
		return ""
	}
	return fmt.Sprintf("%stried in the namespace %s in the stead of %s, which does not exist yet%s", before, p.namespace, wanted, after)
}

// chooseSite is the namespace of the answers or, before it exists, one like
// that which the install creates: without labels of its own.
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
		return trialSite{}, check.Skip("the namespace %s does not exist yet, and none that you may read is like it (without labels, quotas and limits), to try the objects there: kubectl create namespace %s makes it possible", e.Namespace(), e.Namespace())
	}
	return trialSite{namespace: name, standIn: true}, nil
}

// standIn finds a namespace that is like a new one: default if it is, else the
// first that is; none when the user may read none.
func standIn(ctx context.Context, client kubernetes.Interface) (string, error) {
	names, err := plainNamespaces(ctx, client)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		free, err := unlimited(ctx, client, name)
		if free || err != nil {
			return name, err
		}
	}
	return "", nil
}

// plainNamespaces lists the namespaces with the labels of a new one, default
// first.
func plainNamespaces(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	var names []string
	err := check.EachItem(ctx, metav1.ListOptions{}, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return client.CoreV1().Namespaces().List(ctx, o)
	}, func(o runtime.Object) error {
		if n, ok := o.(*corev1.Namespace); ok && likeNew(n) {
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
	return names, unlessUnseen(err)
}

// likeNew tells whether policies see the namespace as they see a new one: by its
// labels it is no other, and it is none of the control plane's, which policies
// often leave alone.
func likeNew(n *corev1.Namespace) bool {
	for key := range n.Labels {
		if key != corev1.LabelMetadataName {
			return false
		}
	}
	return n.DeletionTimestamp == nil && !strings.HasPrefix(n.Name, "kube-")
}

// unlimited tells whether a namespace is ready for pods and has neither quota
// nor limits: those of another namespace say nothing about the new one.
func unlimited(ctx context.Context, client kubernetes.Interface, namespace string) (bool, error) {
	core, one := client.CoreV1(), metav1.ListOptions{Limit: 1}
	quotas, err := core.ResourceQuotas(namespace).List(ctx, one)
	if err != nil || len(quotas.Items) > 0 {
		return false, unlessUnseen(err)
	}
	limits, err := core.LimitRanges(namespace).List(ctx, one)
	if err != nil || len(limits.Items) > 0 {
		return false, unlessUnseen(err)
	}
	_, err = core.ServiceAccounts(namespace).Get(ctx, "default", metav1.GetOptions{})
	return err == nil, unlessUnseen(err)
}

// unlessUnseen drops the errors of what is not there, or not for this user.
func unlessUnseen(err error) error {
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil
	}
	return check.KubeError(err)
}

// freeName makes a name that nothing has, from one that something may have. It
// is no longer than the label of a DNS name: 63 characters.
func freeName(name string) string {
	const longest = 63 - 1 - 5
	return strings.TrimRight(name[:min(len(name), longest)], "-.") + "-" + strings.ToLower(rand.Text()[:5])
}
