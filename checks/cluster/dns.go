package cluster

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// dnsServices are where clusters keep their DNS: by Kubernetes' own label
// (CoreDNS of every common distribution bears it), and OpenShift's.
var dnsServices = []struct{ namespace, selector string }{
	{metav1.NamespaceSystem, "k8s-app=kube-dns"},
	{"openshift-dns", "dns.operator.openshift.io/owning-dns=default"},
}

func checkDNS(ctx context.Context, e *check.Env) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	var silent error
	for _, where := range dnsServices {
		services, err := client.CoreV1().Services(where.namespace).List(ctx, metav1.ListOptions{LabelSelector: where.selector})
		if err != nil {
			return "", check.ReadError(err, "the Services of namespace "+where.namespace)
		}
		for _, s := range services.Items {
			found, err := answersDNS(ctx, client, s)
			if err == nil {
				return found, nil
			}
			silent = err
		}
	}
	if silent != nil {
		return "", silent
	}
	return "", &check.Fault{
		Warn: true, Found: "no Service of a cluster DNS is found (k8s-app=kube-dns in kube-system)",
		Remedy: "install CoreDNS; where the cluster has another DNS: --skip cluster.dns",
	}
}

func answersDNS(ctx context.Context, client kubernetes.Interface, s corev1.Service) (string, error) {
	slices, err := client.DiscoveryV1().EndpointSlices(s.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + s.Name})
	if err != nil {
		return "", check.ReadError(err, "the endpoints of namespace "+s.Namespace)
	}
	ready := 0
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
				ready++
			}
		}
	}
	if ready == 0 {
		return "", &check.Fault{
			Found:  fmt.Sprintf("the cluster DNS %s/%s has no pod that is ready", s.Namespace, s.Name),
			Remedy: fmt.Sprintf("kubectl -n %s get pods -l k8s-app=kube-dns; then kubectl describe the one that is not ready", s.Namespace),
		}
	}
	return fmt.Sprintf("%s/%s, %d ready", s.Namespace, s.Name, ready), nil
}
