package cluster

import (
	"context"
	"errors"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// dnsServices select cluster DNS Services: by Kubernetes' label, which CoreDNS
// has in every common distribution, and OpenShift's.
var dnsServices = []struct{ namespace, selector string }{
	{metav1.NamespaceSystem, "k8s-app=kube-dns"},
	{"openshift-dns", "dns.operator.openshift.io/owning-dns=default"},
}

func checkDNS(ctx context.Context, e *check.Env) (string, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return "", err
	}
	var notReady error
	for _, where := range dnsServices {
		options := metav1.ListOptions{LabelSelector: where.selector}
		services, err := client.CoreV1().Services(where.namespace).List(ctx, options)
		if err != nil {
			return "", check.ReadError(err, "the Services of namespace "+where.namespace)
		}
		for _, s := range services.Items {
			found, err := countEndpoints(ctx, client, s)
			if err == nil {
				return found, nil
			}
			notReady = err
		}
	}
	if notReady != nil {
		return "", unlessCloudDNS(ctx, e, notReady)
	}
	return "", &check.Fault{
		Warn: true, Summary: "there is no cluster DNS Service (k8s-app=kube-dns in kube-system)",
		Remedy: "install CoreDNS; if the cluster uses another DNS server: --skip cluster.dns",
	}
}

// unlessCloudDNS makes a DNS Service without pods a warning on GKE, where Cloud DNS can
// resolve names instead.
func unlessCloudDNS(ctx context.Context, e *check.Env, notReady error) error {
	var fault *check.Fault
	found, err := FindAPIServer(ctx, e)
	if err != nil || !strings.Contains(found.Version.GitVersion, "-gke.") || !errors.As(notReady, &fault) {
		return notReady
	}
	fault.Warn = true
	fault.Reason = "the pods resolve names only if the cluster uses Cloud DNS for GKE instead"
	fault.Remedy = "check that the DNS provider is Cloud DNS: gcloud container clusters describe CLUSTER " +
		"--format='value(networkConfig.dnsConfig.clusterDns)'\notherwise " + fault.Remedy
	return fault
}

func countEndpoints(ctx context.Context, client kubernetes.Interface, s corev1.Service) (string, error) {
	ofService := metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + s.Name}
	slices, err := client.DiscoveryV1().EndpointSlices(s.Namespace).List(ctx, ofService)
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
			Summary: fmt.Sprintf("the cluster DNS %s/%s has no ready pod", s.Namespace, s.Name),
			Remedy: fmt.Sprintf("see why its pods are not ready: kubectl -n %s describe pods -l %s",
				s.Namespace, labels.Set(s.Spec.Selector)),
		}
	}
	return fmt.Sprintf("%s/%s, %d ready", s.Namespace, s.Name, ready), nil
}
