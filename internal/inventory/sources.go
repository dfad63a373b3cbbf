package inventory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
)

// namespaces lists the default one, which may be new, and those that are not the
// cluster's own.
func namespaces(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, n := range r.names(ctx, resource("", "namespaces"), "", metav1.ListOptions{}) {
		if !strings.HasPrefix(n.Name, "kube-") && !strings.HasPrefix(n.Name, "openshift-") {
			options = append(options, option(n.Name, "exists"))
		}
	}
	if len(options) == 0 {
		return nil
	}
	return withNew(options, answers.DefaultRelease, "new, will be created")
}

// releases lists the Helm releases in the namespace, and the default name.
func releases(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	secrets := r.names(ctx, resource("", "secrets"), r.namespace, metav1.ListOptions{LabelSelector: "owner=helm"})
	for _, s := range secrets {
		name := s.Labels["name"]
		if name != "" && !slices.ContainsFunc(options, func(o answers.Option) bool { return o.Value == name }) {
			options = append(options, option(name, "an existing release of this namespace"))
		}
	}
	if len(options) == 0 {
		return nil
	}
	return withNew(options, answers.DefaultRelease, "a new release")
}

// withNew puts a name first, with its description if it does not exist.
func withNew(options []answers.Option, name, isNew string) []answers.Option {
	i := slices.IndexFunc(options, func(o answers.Option) bool { return o.Value == name })
	if i < 0 {
		return slices.Insert(options, 0, option(name, isNew))
	}
	first := options[i]
	return slices.Insert(slices.Delete(options, i, i+1), 0, first)
}

// isDefaultClass is the end of the annotation that marks a cluster's default class.
const isDefaultClass = ".kubernetes.io/is-default-class"

// storageClasses lists the classes, the default one first, as no class.
func storageClasses(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, c := range r.list(ctx, resource("storage.k8s.io", "storageclasses"), "") {
		if c.GetAnnotations()["storageclass"+isDefaultClass] == "true" {
			options = slices.Insert(options, 0, answers.Option{Title: "The cluster's default class",
				Help: "Today " + c.GetName() + ", " + text(c.Object, "provisioner") + "."})
		}
		options = append(options, option(c.GetName(), text(c.Object, "provisioner")))
	}
	return options
}

// volume suggests a volume where the cluster creates one without being told a class.
func volume(ctx context.Context, r *reader) []answers.Option {
	classes := storageClasses(ctx, r)
	if len(classes) == 0 || classes[0].Value != "" {
		return nil
	}
	return []answers.Option{
		{Value: "true", Title: "Yes", Help: "Suggested, because the cluster has a default StorageClass."},
		{Value: "false", Title: "No", Help: "All data is lost when the pod restarts."},
	}
}

// ingressClasses lists the classes, the default one first.
func ingressClasses(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, c := range r.list(ctx, resource("networking.k8s.io", "ingressclasses"), "") {
		byDefault := c.GetAnnotations()["ingressclass"+isDefaultClass] == "true"
		o := option(c.GetName(), when(byDefault, "the cluster's default"), text(c.Object, "spec", "controller"))
		options = slices.Insert(options, map[bool]int{true: 0, false: len(options)}[byDefault], o)
	}
	if len(options) == 0 {
		return r.futureClasses(ctx)
	}
	return options
}

func gateways(ctx context.Context, r *reader) []unstructured.Unstructured {
	return r.list(ctx, gatewayapi.Gateways, "")
}

// gatewayPairs lists the Gateways by namespace and name: several may have the same name.
func gatewayPairs(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, g := range gateways(ctx, r) {
		options = append(options, answers.Option{Value: g.GetNamespace() + "/" + g.GetName()})
	}
	return options
}

func gatewayNames(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, g := range gateways(ctx, r) {
		options = append(options, option(g.GetName(), "in namespace "+g.GetNamespace(),
			"class "+text(g.Object, "spec", "gatewayClassName")))
	}
	if len(options) == 0 {
		return r.futureOption(ctx, "zenml", "not in the cluster yet: the installer can create it")
	}
	return options
}

func gatewayNamespaces(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, g := range gateways(ctx, r) {
		i := slices.IndexFunc(options, func(o answers.Option) bool { return o.Value == g.GetNamespace() })
		if i < 0 {
			options = append(options, option(g.GetNamespace(), "Gateway "+g.GetName()))
			continue
		}
		options[i].Help += ", Gateway " + g.GetName()
	}
	if len(options) == 0 {
		return r.futureOption(ctx, "gateway-system", "a dedicated namespace, which the installer can create")
	}
	return options
}

func listeners(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, g := range gateways(ctx, r) {
		all, _, _ := unstructured.NestedSlice(g.Object, "spec", "listeners")
		for _, item := range all {
			l, _ := item.(map[string]any)
			port, _, _ := unstructured.NestedInt64(l, "port")
			options = append(options, option(text(l, "name"), "Gateway "+g.GetName(),
				fmt.Sprintf("%s on port %d", text(l, "protocol"), port), text(l, "hostname")))
		}
	}
	return options
}

// issuers lists cert-manager's issuers, those of the cluster first.
func issuers(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, i := range r.list(ctx, resource("cert-manager.io", "clusterissuers"), "") {
		options = append(options, option(i.GetName(), "ClusterIssuer", text(i.Object, "spec", "acme", "server")))
	}
	for _, i := range r.list(ctx, resource("cert-manager.io", "issuers"), r.namespace) {
		options = append(options, option(i.GetName(), "Issuer of namespace "+r.namespace,
			text(i.Object, "spec", "acme", "server")))
	}
	return options
}

// certificateSecrets lists the TLS Secrets of the namespace.
func certificateSecrets(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	secrets := r.names(ctx, resource("", "secrets"), r.namespace,
		metav1.ListOptions{FieldSelector: "type=kubernetes.io/tls"})
	for _, s := range secrets {
		by := cmp.Or(s.Annotations["cert-manager.io/common-name"], s.Annotations["cert-manager.io/certificate-name"])
		options = append(options, option(s.Name, when(by != "", "cert-manager's certificate for "+by)))
	}
	return options
}

// awsRegions lists the regions of the nodes that run in AWS.
func awsRegions(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, node := range r.list(ctx, resource("", "nodes"), "") {
		provider, _, _ := unstructured.NestedString(node.Object, "spec", "providerID")
		region := node.GetLabels()[corev1.LabelTopologyRegion]
		known := slices.ContainsFunc(options, func(o answers.Option) bool { return o.Value == region })
		if strings.HasPrefix(provider, "aws://") && region != "" && !known {
			options = append(options, option(region, "where the nodes of the cluster run"))
		}
	}
	return options
}

// serviceAccounts lists the ServiceAccounts of the namespace that the server could use.
func serviceAccounts(ctx context.Context, r *reader) []answers.Option {
	var options []answers.Option
	for _, account := range r.names(ctx, resource("", "serviceaccounts"), r.namespace, metav1.ListOptions{}) {
		if account.Name != "default" {
			options = append(options, option(account.Name, "it exists, so answer Existing service account with yes"))
		}
	}
	return options
}
