package prerequisite

import (
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/shell"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// Component is something that the installer can install besides the server. Its
// chart, its release and its namespace have the same name.
type Component struct {
	Name    string
	Title   string
	Key     string // the answer with the consent
	Version string // of the chart
	Ref     string // of the chart
	Class   string // the IngressClass of a controller
	Retired string // when its maintenance ended

	// GatewayClass is set instead of Class for a controller of Gateways, which needs the
	// CRDs of the Gateway API.
	GatewayClass string

	// Group is an API group that only it serves, and Controller the start of its
	// IngressClass.spec.controller or GatewayClass.spec.controllerName: it is recognized
	// by them.
	Group, Controller string

	values   map[string]any
	registry []string // the path of its image registry in the values
}

// The components, with the versions that are tested or were the last ones when this
// version was released.
var (
	CertManager = Component{
		Name: "cert-manager", Title: "cert-manager", Key: "prerequisites.certManager", Version: "v1.21.2",
		Ref: "oci://quay.io/jetstack/charts/cert-manager", Group: "cert-manager.io",
		values: map[string]any{"crds": map[string]any{"enabled": true}}, registry: []string{"imageRegistry"},
	}
	Traefik = Component{
		Name: "traefik", Title: "Traefik", Key: "prerequisites.traefik", Version: "41.3.0",
		Ref: "oci://ghcr.io/traefik/helm/traefik", Class: answers.ClassTraefik, Group: "traefik.io",
		Controller: "traefik.io/ingress-controller",
		// Without a class of its own, Traefik would also serve the Ingresses without a class.
		values: map[string]any{
			"ingressClass": map[string]any{"enabled": true, "isDefaultClass": false, "name": answers.ClassTraefik},
			"providers":    map[string]any{"kubernetesIngress": map[string]any{"ingressClass": answers.ClassTraefik}},
			"global":       map[string]any{"checkNewVersion": false},
		},
		registry: []string{"image", "registry"},
	}
	IngressNginx = Component{
		Name: "ingress-nginx", Title: "ingress-nginx", Key: "prerequisites.ingressNginx", Version: "4.15.1",
		Ref: "https://kubernetes.github.io/ingress-nginx/ingress-nginx", Class: answers.ClassNginx,
		Retired: "2026-03-24", Controller: "k8s.io/ingress-nginx",
		registry: []string{"global", "image", "registry"},
	}
)

// All lists the components in the order of their installation.
var All = []Component{Traefik, IngressNginx, CertManager}

// Wanted lists the components that the user agreed to install if they are missing,
// with the sources that the answers give.
func Wanted(a answers.Answers) []Component {
	var wanted []Component
	for _, c := range All {
		if c.IsWanted(a) {
			wanted = append(wanted, c.For(a).from(a))
		}
	}
	return wanted
}

// IsWanted reports whether the user agreed to install the component if it is missing.
func (c Component) IsWanted(a answers.Answers) bool {
	f, known := answers.FieldByKey(c.Key)
	return known && f.Applies(a) && a.Get(c.Key) == answers.PrerequisiteInstall
}

// For returns the component as the exposure needs it: for a Gateway, a controller serves
// Gateways, and cert-manager issues certificates for them.
func (c Component) For(a answers.Answers) Component {
	switch {
	case a.Expose.Type != answers.ByGateway:
		return c
	case c.Name == Traefik.Name:
		return c.forGateways(GatewayClass(a))
	case c.Name == CertManager.Name:
		c.values = tree.Merge(tree.Clone(c.values), map[string]any{"config": map[string]any{
			"apiVersion": "controller.config.cert-manager.io/v1alpha1", "kind": "ControllerConfiguration",
			"enableGatewayAPI": true,
		}})
	}
	return c
}

// forGateways lets Traefik serve Gateways, and nothing else: its other providers are on by
// default and would serve the Ingresses of an existing controller. It serves the ports of
// the listeners, so it has to listen on 80 and 443, which the system call setting allows
// without root.
func (c Component) forGateways(class string) Component {
	c.Class, c.GatewayClass, c.Controller = "", class, "traefik.io/gateway-controller"
	on, off := map[string]any{"enabled": true}, map[string]any{"enabled": false}
	c.values = map[string]any{
		"providers":    map[string]any{"kubernetesGateway": on, "kubernetesIngress": off, "kubernetesCRD": off},
		"gatewayClass": map[string]any{"enabled": true, "name": class},
		"gateway":      off,
		"ingressClass": off,
		"ports":        map[string]any{"web": map[string]any{"port": 80}, "websecure": map[string]any{"port": 443}},
		"podSecurityContext": map[string]any{"sysctls": []any{
			map[string]any{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"},
		}},
		"global": map[string]any{"checkNewVersion": false},
	}
	return c
}

// Serving describes what the component has to serve: "IngressClass traefik".
func (c Component) Serving() string {
	switch {
	case c.GatewayClass != "":
		return "GatewayClass " + c.GatewayClass
	case c.Class != "":
		return "IngressClass " + c.Class
	}
	return ""
}

// ClassKey is the answer with the class of a controller.
func (c Component) ClassKey() string {
	if c.GatewayClass != "" {
		return "prerequisites.gateway.class"
	}
	return "expose.ingress.class"
}

// ForClass returns the controller whose chart creates an IngressClass.
func ForClass(class string) (Component, bool) {
	for _, c := range All {
		if c.Class != "" && c.Class == class {
			return c, true
		}
	}
	return Component{}, false
}

// from returns the component with the source in the answers. A local chart, and a
// reference with a tag, have a version of their own.
func (c Component) from(a answers.Answers) Component {
	ref := a.Prerequisites.Charts[c.Name]
	if ref == "" {
		return c
	}
	c.Ref = ref
	last := ref[strings.LastIndex(ref, "/")+1:]
	if !strings.Contains(ref, "://") || strings.HasSuffix(ref, ".tgz") || strings.ContainsAny(last, ":@") {
		c.Version = ""
	}
	return c
}

// Pull returns the reference and the version to pull. In a registry the version is a
// tag, of which a leading v is part.
func (c Component) Pull() (ref, version string) {
	if strings.HasPrefix(c.Ref, "oci://") && c.Version != "" {
		return c.Ref + ":" + c.Version, ""
	}
	return c.Ref, c.Version
}

// Values returns the chart values: the installer's, the image registry and the
// user's, which win.
func (c Component) Values(a answers.Answers) map[string]any {
	values := tree.Clone(c.values)
	if registry := a.Prerequisites.ImageRegistry; registry != "" {
		values = tree.Merge(values, nested(c.registry, registry))
	}
	own, _ := a.Prerequisites.Values[c.Name].(map[string]any)
	return tree.Merge(values, tree.Clone(own))
}

func nested(path []string, value any) map[string]any {
	for i := len(path) - 1; i > 0; i-- {
		value = map[string]any{path[i]: value}
	}
	return map[string]any{path[0]: value}
}

// Source describes the chart: "chart oci://… v1.2.3".
func (c Component) Source() string { return strings.TrimSpace("chart " + c.Ref + " " + c.Version) }

// InstallCommand returns the equivalent Helm command, for a shell.
func (c Component) InstallCommand() string {
	words := []string{"helm", "upgrade", "--install", c.Name}
	if at := strings.LastIndex(c.Ref, "/"); strings.HasPrefix(c.Ref, "https://") && at > 0 {
		words = append(words, c.Ref[at+1:], "--repo", c.Ref[:at])
	} else {
		words = append(words, c.Ref)
	}
	words = append(words, "--namespace", c.Name, "--create-namespace")
	if c.Version != "" {
		words = append(words, "--version", c.Version)
	}
	return shell.Line(append(words, helmFlags(c.values)...)...)
}

// UninstallCommand returns the Helm command that removes the component.
func (c Component) UninstallCommand() string { return "helm uninstall " + c.Name + " -n " + c.Name }
