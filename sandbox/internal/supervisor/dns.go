package supervisor

import (
	"context"
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/network"
)

const dnsImage = "registry.k8s.io/coredns/coredns:v1.14.2"

var dnsLabels = map[string]string{"k8s-app": "kube-dns"}

// publishDNS creates the Service kube-dns. Its endpoint is the DNS server at
// address or, without one, a simulated Deployment.
func publishDNS(ctx context.Context, client kubernetes.Interface, address string) error {
	service := dnsService()
	create := func() error { return createDNSEndpoints(ctx, client, address) }
	if address == "" {
		service.Spec.Selector = dnsLabels
		create = func() error { return createDNSDeployment(ctx, client) }
	}
	_, err := client.CoreV1().Services(metav1.NamespaceSystem).Create(ctx, service, metav1.CreateOptions{})
	if err := errors.Join(tolerateExisting(err), create()); err != nil {
		return fmt.Errorf("publish the cluster DNS: %w", err)
	}
	return nil
}

func dnsService() *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "kube-dns", Namespace: metav1.NamespaceSystem, Labels: dnsLabels},
		Spec: corev1.ServiceSpec{ClusterIP: network.DNSIP, Ports: []corev1.ServicePort{
			{Name: "dns", Protocol: corev1.ProtocolUDP, Port: 53, TargetPort: intstr.FromInt32(53)},
			{Name: "dns-tcp", Protocol: corev1.ProtocolTCP, Port: 53, TargetPort: intstr.FromInt32(53)},
		}},
	}
}

// createDNSEndpoints points the Service at a server outside pods. Kubernetes
// mirrors these Endpoints into an EndpointSlice.
func createDNSEndpoints(ctx context.Context, client kubernetes.Interface, address string) error {
	endpoints := &corev1.Endpoints{ //nolint:staticcheck // the mirrored object serves readers of both kinds
		ObjectMeta: metav1.ObjectMeta{Name: "kube-dns", Namespace: metav1.NamespaceSystem, Labels: dnsLabels},
		Subsets: []corev1.EndpointSubset{{ //nolint:staticcheck // see above
			Addresses: []corev1.EndpointAddress{{IP: address}},
			Ports: []corev1.EndpointPort{
				{Name: "dns", Protocol: corev1.ProtocolUDP, Port: 53},
				{Name: "dns-tcp", Protocol: corev1.ProtocolTCP, Port: 53},
			},
		}},
	}
	_, err := client.CoreV1().Endpoints(metav1.NamespaceSystem).Create(ctx, endpoints, metav1.CreateOptions{})
	return tolerateExisting(err)
}

func createDNSDeployment(ctx context.Context, client kubernetes.Interface) error {
	replicas := int32(1)
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "coredns", Namespace: metav1.NamespaceSystem, Labels: dnsLabels},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: dnsLabels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: dnsLabels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "coredns", Image: dnsImage}}},
			},
		},
	}
	_, err := client.AppsV1().Deployments(metav1.NamespaceSystem).Create(ctx, deployment, metav1.CreateOptions{})
	return tolerateExisting(err)
}

func tolerateExisting(err error) error {
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}
