package install

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/sandbox/addons/https/internal/acme"
)

const (
	acmeNamespace    = "acme"
	ingressNamespace = "sandbox-ingress"
	// acmeCAName is a ConfigMap in cert-manager's namespace.
	acmeCAName = "acme-ca"
)

// The ACME server has the host names of Let's Encrypt's staging and production
// servers.
const directoryURL = "https://acme-staging-v02.api.letsencrypt.org/directory"

var acmeHosts = []string{"acme-staging-v02.api.letsencrypt.org", "acme-v02.api.letsencrypt.org", "acme.acme.svc"}

// clusterIssuers are those of the deployment guide, and one that solves
// challenges with the Gateway.
var clusterIssuers = []string{"letsencrypt-staging", "letsencrypt-prod", "letsencrypt-gateway"}

//go:embed manifests/*.yaml
var manifests embed.FS

// manifestValues is the data of the manifests' templates.
type manifestValues struct {
	Image, NodeAddress, ACMEAddress  string
	ACMENamespace, IngressNamespace  string
	CertManagerNamespace, ACMECAName string
	ACMEPort, ACMERootPort           int
	CACertificate, Certificate, Key  string
}

// manifest renders one of the embedded manifests.
func (i *installer) manifest(file string, certificates apiCertificate) ([]*unstructured.Unstructured, error) {
	parsed, err := template.New("").Funcs(template.FuncMap{"indent": indent}).ParseFS(manifests, "manifests/"+file)
	if err != nil {
		return nil, fmt.Errorf("read manifest %s: %w", file, err)
	}
	var out bytes.Buffer
	err = parsed.ExecuteTemplate(&out, file, manifestValues{
		Image:                "sandbox.zenml.io/" + ownRepository + ":" + ownTag,
		NodeAddress:          i.NodeAddress,
		ACMEAddress:          i.ACMEAddress,
		ACMENamespace:        acmeNamespace,
		IngressNamespace:     ingressNamespace,
		CertManagerNamespace: certManagerNamespace,
		ACMECAName:           acmeCAName,
		ACMEPort:             acme.Port,
		ACMERootPort:         acme.RootPort,
		CACertificate:        certificates.ca,
		Certificate:          certificates.certificate,
		Key:                  certificates.key,
	})
	if err != nil {
		return nil, fmt.Errorf("fill manifest %s: %w", file, err)
	}
	return decode(out.Bytes())
}

// indent formats a multi-line text as a YAML block.
func indent(spaces int, text string) string {
	pad := strings.Repeat(" ", spaces)
	return pad + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+pad)
}

// applyServers starts the ACME server and the ingress controller.
func (i *installer) applyServers(ctx context.Context) error {
	certificates, err := newAPICertificate(acmeHosts)
	if err != nil {
		return err
	}
	for _, file := range []string{"acme.yaml", "ingress.yaml"} {
		objects, err := i.manifest(file, certificates)
		if err != nil {
			return err
		}
		if err := i.cluster.apply(ctx, objects); err != nil {
			return err
		}
	}
	return nil
}

func (i *installer) applyIssuers(ctx context.Context) error {
	objects, err := i.manifest("issuers.yaml", apiCertificate{})
	if err != nil {
		return err
	}
	return i.cluster.apply(ctx, objects)
}

// applyGatewayAPI applies the CRDs of the standard channel.
func (i *installer) applyGatewayAPI(ctx context.Context) error {
	files, err := filepath.Glob(filepath.Join(i.Parts, "gateway-api", "*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("find the CRDs of the Gateway API in %s: %d files, %w", i.Parts, len(files), err)
	}
	slices.Sort(files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		objects, err := decode(data)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := i.cluster.apply(ctx, objects); err != nil {
			return err
		}
	}
	return nil
}

func (i *installer) waitForPods(ctx context.Context) error {
	for _, deployment := range []struct{ namespace, name string }{
		{acmeNamespace, "acme"}, {ingressNamespace, "ingress-controller"},
		{certManagerNamespace, "cert-manager"},
		{certManagerNamespace, "cert-manager-webhook"}, {certManagerNamespace, "cert-manager-cainjector"},
	} {
		if err := i.cluster.waitFor(
			ctx,
			"apps/v1",
			"Deployment",
			deployment.namespace,
			deployment.name,
			"Available",
		); err != nil {
			return err
		}
	}
	return nil
}

func (i *installer) waitForIssuers(ctx context.Context) error {
	for _, name := range clusterIssuers {
		if err := i.cluster.waitFor(ctx, "cert-manager.io/v1", "ClusterIssuer", "", name, "Ready"); err != nil {
			return err
		}
	}
	return i.cluster.waitFor(ctx, "cert-manager.io/v1", "Certificate", "gateway-system", "zenml-tls", "Ready")
}
