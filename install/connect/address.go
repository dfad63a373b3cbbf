package connect

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Address is where clients on other machines reach a server.
type Address struct {
	URL      string // empty if the server is not exposed or its URL is not known yet
	Pending  string // why an exposed server has no URL yet, and how to query it
	NoVerify bool   // this machine cannot verify the server's certificate
	Unknown  string // why it cannot be found out whether the server is exposed
	Trouble  string // why it cannot be reached there yet, and what to do; empty if nothing is known
	// AwaitsCertificate reports that the trouble is a certificate that cert-manager
	// has not issued.
	AwaitsCertificate bool
}

// Login returns how the zenml client logs in at the address.
func (a Address) Login() Login { return Login{URL: a.URL, NoVerify: a.NoVerify} }

// IsSettled reports whether the address can be used, or there is none to wait for.
func (a Address) IsSettled() bool { return a.Pending == "" && (a.URL == "" || a.Trouble == "") }

// FindAddress determines the URL of a release's server from its Ingress,
// HTTPRoute or Service and their status in the cluster. It returns an empty
// Address if there is none of these.
func FindAddress(
	ctx context.Context,
	client kubernetes.Interface,
	namespace string,
	objects []manifest.Object,
) (Address, error) {
	f := addressFinder{client: client, namespace: namespace, objects: objects}
	found, err := f.find(ctx)
	if err == nil && (found.URL != "" || found.Pending != "") {
		found.Trouble, found.AwaitsCertificate = f.trouble(ctx)
	}
	return found, err
}

// addressFinder determines the address of one release.
type addressFinder struct {
	client    kubernetes.Interface
	namespace string
	objects   []manifest.Object // of the release
}

func (f addressFinder) find(ctx context.Context) (Address, error) {
	for _, o := range f.objects {
		switch o.GetKind() {
		case "Ingress":
			return f.ingress(ctx, o.GetName())
		case "HTTPRoute":
			return f.route(ctx, o)
		}
	}
	for _, o := range manifest.Find(f.objects, "Service", "") {
		s, err := f.client.CoreV1().Services(f.namespace).Get(ctx, o.GetName(), metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return Address{}, fmt.Errorf("service %s/%s: %w", f.namespace, o.GetName(), transport.WithoutURL(err))
		}
		return f.service(ctx, s)
	}
	return Address{}, nil
}

func (f addressFinder) ingress(ctx context.Context, name string) (Address, error) {
	in, err := f.client.NetworkingV1().Ingresses(f.namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return Address{}, nil
	}
	if err != nil {
		return Address{}, fmt.Errorf("ingress %s/%s: %w", f.namespace, name, transport.WithoutURL(err))
	}
	if len(in.Spec.Rules) == 0 || in.Spec.Rules[0].HTTP == nil || len(in.Spec.Rules[0].HTTP.Paths) == 0 {
		return Address{}, nil
	}
	a, scheme, rule := Address{}, "http", in.Spec.Rules[0]
	if len(in.Spec.TLS) > 0 {
		scheme = "https"
		a.NoVerify = f.unverifiable(ctx, in.Spec.TLS[0].SecretName, rule.Host)
	}
	host := cmp.Or(rule.Host, loadBalancerAddress(in))
	if host == "" {
		a.Pending = f.pending("Ingress", name)
		return a, nil
	}
	a.URL = webAddress(scheme, host, 0) + plainPath(rule.HTTP.Paths[0].Path)
	return a, nil
}

// loadBalancerAddress returns the address in the status of an Ingress.
func loadBalancerAddress(in *networkingv1.Ingress) string {
	for _, door := range in.Status.LoadBalancer.Ingress {
		return cmp.Or(door.Hostname, door.IP)
	}
	return ""
}

// plainPath returns the part of a path before a rewrite's regular expression,
// "" for the root.
func plainPath(path string) string {
	if i := strings.IndexAny(path, "(*"); i >= 0 {
		path = path[:i]
	}
	return strings.TrimSuffix(path, "/")
}

func (f addressFinder) service(ctx context.Context, s *corev1.Service) (Address, error) {
	if len(s.Spec.Ports) == 0 {
		return Address{}, nil
	}
	switch port := s.Spec.Ports[0]; s.Spec.Type {
	case corev1.ServiceTypeLoadBalancer:
		for _, door := range s.Status.LoadBalancer.Ingress {
			return Address{URL: webAddress("http", cmp.Or(door.Hostname, door.IP), port.Port)}, nil
		}
		return Address{Pending: f.pending("Service", s.Name)}, nil
	case corev1.ServiceTypeNodePort:
		node, err := f.node(ctx)
		if node == "" {
			return Address{
				Pending: fmt.Sprintf(
					"it is port %d of every node; reading node addresses is forbidden: ask for the output of "+
						"kubectl get nodes -o wide",
					port.NodePort,
				),
			}, err
		}
		return Address{URL: webAddress("http", node, port.NodePort)}, nil
	default:
		return Address{}, nil
	}
}

// node returns the address of a ready node, preferably an external one.
func (f addressFinder) node(ctx context.Context) (string, error) {
	nodes, err := f.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 100})
	if apierrors.IsForbidden(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("nodes: %w", transport.WithoutURL(err))
	}
	for _, kind := range []corev1.NodeAddressType{
		corev1.NodeExternalIP, corev1.NodeExternalDNS, corev1.NodeInternalIP, corev1.NodeHostName,
	} {
		for _, n := range nodes.Items {
			if address := nodeAddress(n, kind); address != "" {
				return address, nil
			}
		}
	}
	return "", nil
}

func nodeAddress(n corev1.Node, kind corev1.NodeAddressType) string {
	ready := slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
	for _, a := range n.Status.Addresses {
		if ready && a.Type == kind {
			return a.Address
		}
	}
	return ""
}

func (f addressFinder) pending(kind, name string) string {
	return fmt.Sprintf(
		"%s %s has no address yet; check with: kubectl -n %s get %s %s",
		kind,
		name,
		f.namespace,
		strings.ToLower(kind),
		name,
	)
}

// webAddress returns a URL without a path. It omits the scheme's default port.
func webAddress(scheme, host string, port int32) string {
	usual := map[string]int32{"http": 80, "https": 443}[scheme]
	if port != 0 && port != usual {
		return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return scheme + "://" + host
}

func convert(o manifest.Object, into any) bool {
	return runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, into) == nil
}
