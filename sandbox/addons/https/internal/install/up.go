// Package install installs the add-on into a sandbox: images into its registry,
// and cert-manager, the ACME server, the ingress controller and the Gateway API
// into its cluster.
package install

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/zenml-installer/zenml-installer/sandbox/addons/https/internal/acme"
)

// Options are the locations of the sandbox and of the add-on's parts.
type Options struct {
	Kubeconfig string
	// Registry is the sandbox's registry as this process reaches it.
	Registry string
	// NodeAddress is the node's IP address, ACMEAddress that of the ACME server's Service.
	NodeAddress, ACMEAddress string
	// Parts is the folder with cert-manager's binary ("cert-manager") and chart
	// ("chart") and the CRDs of the Gateway API ("gateway-api").
	Parts string
	// StateDir is the folder for the ACME server's root certificate.
	StateDir string
	// Progress receives a line per step.
	Progress io.Writer
}

// Record is the add-on's record; see the sandbox's README.
type Record struct {
	// Address is the IP address that serves ports 80 and 443.
	Address        string   `json:"address"`
	IngressClasses []string `json:"ingressClasses"`
	GatewayClass   string   `json:"gatewayClass"`
	// Gateway is the namespace/name of a Gateway with listeners "http" and "https".
	Gateway        string   `json:"gateway"`
	ClusterIssuers []string `json:"clusterIssuers"`
	ACMEDirectory  string   `json:"acmeDirectory"`
	// CAFile contains the root certificate of the ACME server.
	CAFile string `json:"caFile"`
}

type installer struct {
	Options
	cluster *cluster
	chart   *certManagerChart
}

// Up installs the add-on, waits until it works, and writes its record to out.
func Up(ctx context.Context, options Options, out io.Writer) error {
	i := &installer{Options: options}
	var err error
	if i.chart, err = loadChart(filepath.Join(options.Parts, "chart")); err != nil {
		return err
	}
	if i.cluster, err = connect(options.Kubeconfig); err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"pushing the images", i.pushImages},
		{"installing the Gateway API", i.applyGatewayAPI},
		{"starting the ACME server and the ingress controller", i.applyServers},
		{"installing cert-manager " + i.chart.version(), i.applyCertManager},
		{"waiting for the pods", i.waitForPods},
		{"creating the ClusterIssuers and the Gateway", i.applyIssuers},
		{"waiting for the ClusterIssuers and the Gateway's certificate", i.waitForIssuers},
		{"reading the ACME server's root", i.saveRoot},
	} {
		_, _ = fmt.Fprintln(options.Progress, step.name)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return json.NewEncoder(out).Encode(i.record())
}

func (i *installer) record() Record {
	return Record{
		Address: i.NodeAddress, IngressClasses: []string{"nginx", "sandbox"}, GatewayClass: "sandbox",
		Gateway: "gateway-system/shared", ClusterIssuers: clusterIssuers,
		ACMEDirectory: directoryURL, CAFile: i.caFile(),
	}
}

func (i *installer) caFile() string { return filepath.Join(i.StateDir, "acme-root.pem") }

// saveRoot downloads the root certificate from the pod through the API server.
func (i *installer) saveRoot(ctx context.Context) error {
	config, err := clientcmd.BuildConfigFromFlags("", i.Kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	root, err := client.CoreV1().Services(acmeNamespace).ProxyGet("http", "acme", "root", acme.RootPath, nil).DoRaw(ctx)
	if err != nil {
		return err
	}
	return os.WriteFile(i.caFile(), root, 0o644) //nolint:gosec // a certificate is public
}
