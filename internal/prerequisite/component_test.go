package prerequisite

import (
	"reflect"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// withConsent returns answers that agree to install everything for a class.
func withConsent(class string) answers.Answers {
	var a answers.Answers
	a.Expose.Type, a.Expose.Ingress.Class = answers.ByIngress, class
	a.Expose.TLS.Mode, a.Expose.TLS.Issuer.Name = answers.CertManager, "letsencrypt"
	a.Prerequisites = answers.Prerequisites{Traefik: answers.PrerequisiteInstall, IngressNginx: answers.PrerequisiteInstall,
		CertManager: answers.PrerequisiteInstall, ClusterIssuer: answers.IssuerToMake{Create: true, Email: "ops@example.com"}}
	return a
}

func TestWanted(t *testing.T) {
	gateway := withConsent("traefik")
	gateway.Expose.Type = answers.ByGateway
	for name, c := range map[string]struct {
		answers answers.Answers
		want    []string
	}{
		"traefik":        {withConsent("traefik"), []string{"traefik", "cert-manager"}},
		"nginx":          {withConsent("nginx"), []string{"ingress-nginx", "cert-manager"}},
		"another class":  {withConsent("haproxy"), []string{"cert-manager"}},
		"not an Ingress": {gateway, nil},
		"no consent":     {answers.Answers{Expose: withConsent("traefik").Expose}, nil},
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
	}
	if got := Traefik.Values(a); !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
	if got := IngressNginx.Values(a)["global"]; !reflect.DeepEqual(got, map[string]any{
		"image": map[string]any{"registry": "mirror.test"}}) {
		t.Errorf("%v", got)
	}
}

func TestInstallCommand(t *testing.T) {
	for want, c := range map[string]Component{
		"helm upgrade --install ingress-nginx ingress-nginx --repo https://kubernetes.github.io/ingress-nginx --namespace " +
			"ingress-nginx --create-namespace --version " + IngressNginx.Version: IngressNginx,
		"helm upgrade --install traefik oci://ghcr.io/traefik/helm/traefik --namespace traefik --create-namespace " +
			"--version " + Traefik.Version: Traefik,
	} {
		if got := c.InstallCommand(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}
