package prerequisite

import (
	"reflect"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// withConsent returns answers that agree to install everything for a class.
func withConsent(class string) answers.Answers {
	var a answers.Answers
	a.Expose.Type, a.Expose.Ingress.Class = answers.ByIngress, class
	a.Expose.TLS.Mode, a.Expose.TLS.Issuer.Name = answers.CertManager, "letsencrypt"
	a.Prerequisites = answers.Prerequisites{Traefik: answers.PrerequisiteInstall,
		IngressNginx: answers.PrerequisiteInstall,
		CertManager:  answers.PrerequisiteInstall, ClusterIssuer: answers.IssuerToMake{Create: new(true), Email: "ops@example.com"}}
	return a
}

func TestWanted(t *testing.T) {
	other := throughGateway()
	other.Prerequisites.Gateway.Class = "cilium"
	existing := throughGateway()
	existing.Prerequisites.Gateway.Create = false
	for name, c := range map[string]struct {
		answers answers.Answers
		want    []string
	}{
		"traefik":          {withConsent("traefik"), []string{"traefik", "cert-manager"}},
		"nginx":            {withConsent("nginx"), []string{"ingress-nginx", "cert-manager"}},
		"another class":    {withConsent("haproxy"), []string{"cert-manager"}},
		"Gateway":          {throughGateway(), []string{"traefik", "cert-manager"}},
		"other Gateway":    {other, []string{"cert-manager"}},
		"existing Gateway": {existing, nil},
		"no consent":       {answers.Answers{Expose: withConsent("traefik").Expose}, nil},
	} {
		var got []string
		for _, c := range Wanted(c.answers) {
			got = append(got, c.Name)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestSources pulls pinned versions, from mirrors too, and takes local charts and tags
// as they are.
func TestSources(t *testing.T) {
	for ref, want := range map[string][2]string{
		"":                                       {CertManager.Ref + ":" + CertManager.Version, ""},
		"oci://mirror.test:5000/a/cert-manager":  {"oci://mirror.test:5000/a/cert-manager:" + CertManager.Version, ""},
		"oci://mirror.test/cert-manager:v1.20.1": {"oci://mirror.test/cert-manager:v1.20.1", ""},
		"https://charts.test/cert-manager":       {"https://charts.test/cert-manager", CertManager.Version},
		"/charts/cert-manager-v1.20.1.tgz":       {"/charts/cert-manager-v1.20.1.tgz", ""},
	} {
		a := withConsent("traefik")
		a.Prerequisites.Charts = map[string]string{"cert-manager": ref}
		pulled, version := CertManager.from(a).Pull()
		if got := [2]string{pulled, version}; got != want {
			t.Errorf("%q: %q, want %q", ref, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	a := withConsent("traefik")
	a.Prerequisites.ImageRegistry = "mirror.test"
	a.Prerequisites.Values = map[string]any{"traefik": map[string]any{"image": map[string]any{"tag": "v3"},
		"ingressClass": map[string]any{"isDefaultClass": true}}}
	want := map[string]any{
		"image":        map[string]any{"registry": "mirror.test", "tag": "v3"},
		"ingressClass": map[string]any{"enabled": true, "isDefaultClass": true, "name": "traefik"},
		"global":       map[string]any{"checkNewVersion": false},
		"providers":    map[string]any{"kubernetesIngress": map[string]any{"ingressClass": "traefik"}},
	}
	if got := Traefik.Values(a); !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	if got := IngressNginx.Values(a)["global"]; !reflect.DeepEqual(got, map[string]any{
		"image": map[string]any{"registry": "mirror.test"}}) {
		t.Errorf("%v", got)
	}
}

// TestValues_gateway lets the components serve a Gateway.
func TestValues_gateway(t *testing.T) {
	wanted := Wanted(throughGateway())
	if c := wanted[0]; c.GatewayClass != "traefik" || c.Class != "" {
		t.Errorf("%+v", c)
	}
	for path, want := range map[string]any{"providers.kubernetesGateway.enabled": true, "gateway.enabled": false,
		"providers.kubernetesIngress.enabled": false, "providers.kubernetesCRD.enabled": false,
		"gatewayClass.name": "traefik", "ports.web.port": 80, "ports.websecure.port": 443} {
		if got := tree.At(wanted[0].Values(throughGateway()), strings.Split(path, ".")); got != want {
			t.Errorf("%s is %v", path, got)
		}
	}
	config, _ := wanted[1].Values(throughGateway())["config"].(map[string]any)
	if config["enableGatewayAPI"] != true || wanted[1].Values(withConsent(""))["crds"] == nil {
		t.Errorf("config %v", config)
	}
	if CertManager.Values(withConsent("traefik"))["config"] != nil {
		t.Error("cert-manager of an Ingress has the Gateway API")
	}
}

func TestInstallCommand(t *testing.T) {
	for want, c := range map[string]Component{
		"helm upgrade --install ingress-nginx ingress-nginx --repo https://kubernetes.github.io/ingress-nginx --namespace " +
			"ingress-nginx --create-namespace --version " + IngressNginx.Version: IngressNginx,
		"helm upgrade --install traefik /a/my.tgz --namespace traefik --create-namespace --set " +
			"global.checkNewVersion=false,ingressClass.enabled=true,ingressClass.isDefaultClass=false --set-string " +
			"ingressClass.name=traefik,providers.kubernetesIngress.ingressClass=traefik": local(Traefik),
		"helm upgrade --install traefik /a/my.tgz --namespace traefik --create-namespace --set gateway.enabled=false," +
			"gatewayClass.enabled=true,global.checkNewVersion=false,ingressClass.enabled=false,ports.web.port=80," +
			"ports.websecure.port=443,providers.kubernetesCRD.enabled=false,providers.kubernetesGateway.enabled=true," +
			"providers.kubernetesIngress.enabled=false --set-string gatewayClass.name=traefik --set-json " +
			`'podSecurityContext.sysctls=[{"name":"net.ipv4.ip_unprivileged_port_start","value":"0"}]'`: local(
			Traefik.For(throughGateway())),
	} {
		if got := c.InstallCommand(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// local returns a component with a chart of this machine.
func local(c Component) Component {
	c.Ref, c.Version = "/a/my.tgz", ""
	return c
}
