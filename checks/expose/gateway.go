package expose

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// gateway contains the fields of a Gateway that determine whether it admits a
// route.
type gateway struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     struct {
		GatewayClassName string     `json:"gatewayClassName"`
		Listeners        []listener `json:"listeners"`
	} `json:"spec"`
	Status gatewayapi.Status `json:"status"`

	isFuture   bool   // the install will create or update it
	change     string // "created" or "updated"
	controller string // what will serve it then
}

type listener struct {
	Name     string `json:"name"`
	Hostname string `json:"hostname"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
	TLS      *struct {
		CertificateRefs []struct {
			Kind      string `json:"kind"`
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"certificateRefs"`
	} `json:"tls"`
	AllowedRoutes *struct {
		Namespaces *struct {
			From     string                `json:"from"`
			Selector *metav1.LabelSelector `json:"selector"`
		} `json:"namespaces"`
		Kinds []struct {
			Kind string `json:"kind"`
		} `json:"kinds"`
	} `json:"allowedRoutes"`
}

const gatewayAPI = "https://gateway-api.sigs.k8s.io/guides/getting-started/"

var gatewayMemo = check.NewMemo[*gateway]("gateway")

// findGateway reads the Gateway in the answers once per run.
func findGateway(ctx context.Context, e *check.Env) (*gateway, error) {
	return gatewayMemo.Get(ctx, e, func(ctx context.Context) (*gateway, error) {
		for _, r := range []struct{ kind, resource string }{{"Gateways", gatewayResource.Resource}, {"HTTPRoutes", httpRouteResource.Resource}} {
			served, err := check.Serves(ctx, e, gatewayResource.GroupVersion().WithResource(r.resource))
			if err != nil {
				return nil, err
			}
			switch {
			case served:
			case prerequisite.WantsGateway(e.Answers):
				return futureGateway(ctx, e, nil)
			default:
				return nil, noGatewayAPI(r.kind)
			}
		}
		ref := e.Answers.Expose.Gateway
		g, err := check.Get[gateway](ctx, e, gatewayResource, ref.Namespace, ref.Name)
		switch {
		case err != nil:
			return nil, err
		case g == nil && prerequisite.WantsGateway(e.Answers), g != nil && g.needsUpdate(e):
			return futureGateway(ctx, e, g)
		case g != nil:
			return g, nil
		}
		return nil, noGateway(ctx, e)
	})
}

func noGatewayAPI(kind string) error {
	return &check.Fault{
		Summary: "the Gateway API is not installed in this cluster: it has no " + kind + " (gateway.networking.k8s.io/v1)",
		Remedy: "let the installer install it: prerequisites: {gateway: {create: true}, traefik: install}\nor install its " +
			"CRDs and a controller: " + gatewayAPI + "\nor set expose: {type: ingress}",
		Fix: check.Fix{Title: "Create the Gateway with Traefik", Answers: map[string]string{
			"prerequisites.gateway.create": "true", prerequisite.Traefik.Key: answers.PrerequisiteInstall,
		}},
	}
}

func noGateway(ctx context.Context, e *check.Env) error {
	ref := e.Answers.Expose.Gateway
	var others []string
	err := check.Each(ctx, e, gatewayResource, "", func(g gateway) {
		others = append(others, g.Metadata.Name+" in "+g.Metadata.Namespace)
	})
	fault := &check.Fault{
		Summary: fmt.Sprintf("the Gateway %s does not exist in namespace %s", ref.Name, ref.Namespace),
		Remedy: "correct expose.gateway.name and expose.gateway.namespace: kubectl get gateways -A\nor let the " +
			"installer create it: prerequisites: {gateway: {create: true}}",
		Fix: createGatewayFix,
	}
	if err == nil && len(others) > 0 {
		fault.Summary += "; existing: " + check.JoinAnd(others)
	}
	return fault
}

func gatewayAdmits(ctx context.Context, e *check.Env) (string, error) {
	g, err := findGateway(ctx, e)
	if err != nil {
		return "", err
	}
	admitting, err := admittingListeners(ctx, e, g)
	if err != nil {
		return "", err
	}
	var names []string
	for _, l := range admitting {
		names = append(names, l.Name)
	}
	found := fmt.Sprintf("Gateway %s, listener %s", g.Metadata.Name, check.JoinAnd(names))
	if g.isFuture {
		found = fmt.Sprintf("Gateway %s will be %s with listener %s", g.Metadata.Name, g.change, check.JoinAnd(names))
	}
	scheme := e.Answers.Expose.Gateway.Scheme
	if !slices.ContainsFunc(admitting, func(l listener) bool { return strings.EqualFold(l.Protocol, scheme) }) {
		return "", &check.Fault{
			Warn: true,
			Summary: fmt.Sprintf("%s uses %s, but the server's URL starts with %s", found, admitting[0].Protocol,
				scheme),
			Reason: "the dashboard and the clients use that URL; it works only if a proxy in front of the " +
				"Gateway serves it",
			Remedy: fmt.Sprintf("expose: {gateway: {scheme: %s}}", strings.ToLower(admitting[0].Protocol)),
			Fix: check.Fix{Title: "Use " + admitting[0].Protocol + " in the server's URL",
				Answers: map[string]string{"expose.gateway.scheme": strings.ToLower(admitting[0].Protocol)}},
		}
	}
	if g.isFuture {
		found += "; " + g.controller
	}
	return found, nil
}

// admittingListeners returns the listeners that admit the server's route, or a fault if
// none does.
func admittingListeners(ctx context.Context, e *check.Env, g *gateway) ([]listener, error) {
	section := e.Answers.Expose.Gateway.Section
	var admitting []listener
	var reasons, names []string
	for _, l := range g.Spec.Listeners {
		names = append(names, l.Name)
		if section != "" && l.Name != section {
			continue
		}
		reason, err := refusal(ctx, e, g, l)
		if err != nil {
			return nil, err
		}
		if reason == "" {
			admitting = append(admitting, l)
			continue
		}
		reasons = append(reasons, "listener "+l.Name+" "+reason)
	}
	switch {
	case len(admitting) > 0:
		return admitting, nil
	case section != "" && len(reasons) == 0:
		meant := nearest.Sorted(section, names)[0]
		return nil, &check.Fault{
			Summary: fmt.Sprintf("the Gateway %s has no listener %s; existing: %s", g.Metadata.Name, section,
				check.JoinAnd(names)),
			Remedy: fmt.Sprintf("expose: {gateway: {section: %s}}", meant),
			Fix: check.Fix{Title: "Use listener " + meant,
				Answers: map[string]string{"expose.gateway.section": meant}},
		}
	}
	return nil, &check.Fault{
		Summary: fmt.Sprintf("the Gateway %s does not admit the server's route: %s", g.Metadata.Name,
			strings.Join(reasons, "; ")),
		Remedy: fmt.Sprintf("change allowedRoutes or hostname of a listener: kubectl -n %s edit gateway %s",
			g.Metadata.Namespace, g.Metadata.Name),
	}
}

// refusal returns why a listener does not admit the route; empty if it does.
func refusal(ctx context.Context, e *check.Env, g *gateway, l listener) (string, error) {
	if p := strings.ToUpper(l.Protocol); p != "HTTP" && p != "HTTPS" {
		return "uses " + l.Protocol, nil
	}
	if host := e.Answers.Expose.Host; !host.IsZero() && !host.NipIO && !hostnameCovers(l.Hostname, host.Name) {
		return fmt.Sprintf("is for %s, not for %s", l.Hostname, host.Name), nil
	}
	if a := l.AllowedRoutes; a != nil && len(a.Kinds) > 0 {
		var kinds []string
		for _, k := range a.Kinds {
			kinds = append(kinds, k.Kind)
		}
		if !slices.Contains(kinds, "HTTPRoute") {
			return "admits only " + check.JoinAnd(kinds), nil
		}
	}
	return namespaceRefusal(ctx, e, g, l)
}

func namespaceRefusal(ctx context.Context, e *check.Env, g *gateway, l listener) (string, error) {
	from := "Same" // the API's default
	if l.AllowedRoutes != nil && l.AllowedRoutes.Namespaces != nil && l.AllowedRoutes.Namespaces.From != "" {
		from = l.AllowedRoutes.Namespaces.From
	}
	switch {
	case from == "All", from == "Same" && g.Metadata.Namespace == e.Namespace():
		return "", nil
	case from != "Selector":
		return fmt.Sprintf("admits only routes in namespace %s, not in %s", g.Metadata.Namespace, e.Namespace()), nil
	}
	selector, err := metav1.LabelSelectorAsSelector(l.AllowedRoutes.Namespaces.Selector)
	if err != nil {
		return "", fmt.Errorf("gateway %s, listener %s: %w", g.Metadata.Name, l.Name, err)
	}
	own, err := namespaceLabels(ctx, e)
	if err != nil || selector.Matches(own) {
		return "", err
	}
	return fmt.Sprintf("admits only namespaces with %s, not %s", selector, e.Namespace()), nil
}

// namespaceLabels returns the labels of the server's namespace, or those that
// it will get if it does not exist yet.
func namespaceLabels(ctx context.Context, e *check.Env) (labels.Set, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	namespace, err := client.CoreV1().Namespaces().Get(ctx, e.Namespace(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return labels.Set{corev1.LabelMetadataName: e.Namespace()}, nil
	}
	if err != nil {
		return nil, check.ReadError(err, "namespace "+e.Namespace())
	}
	return namespace.Labels, nil
}

// hostnameCovers reports whether a listener's hostname admits a host: "" admits
// all, *.example.com admits every name below example.com.
func hostnameCovers(pattern, host string) bool {
	if suffix, wild := strings.CutPrefix(pattern, "*"); wild {
		return strings.HasSuffix(host, suffix) && len(host) > len(suffix)
	}
	return pattern == "" || strings.EqualFold(pattern, host)
}
