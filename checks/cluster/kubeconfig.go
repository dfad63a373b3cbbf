package cluster

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

func checkKubeconfig(_ context.Context, e *check.Env) (string, error) {
	config, err := e.Cluster.Kubeconfig()
	if err != nil {
		return "", kubeconfigFault(err)
	}
	named, contextErr := e.Cluster.Context()
	if contextErr != nil && !inCluster(config) {
		return "", kubeconfigFault(contextErr)
	}
	if fault := removedFormat(config); fault != nil {
		return "", fault
	}
	if fault := missingPlugin(config); fault != nil {
		return "", fault
	}
	if fault := expiredClient(config, e.Now()); fault != nil {
		return "", fault
	}
	if contextErr != nil {
		return "the pod's ServiceAccount, at " + config.Host, nil //nolint:nilerr // a pod has no context
	}
	return fmt.Sprintf("context %s, %s", named.Name, config.Host), nil
}

// inCluster reports whether the configuration is a pod's.
func inCluster(config *rest.Config) bool {
	return strings.HasPrefix(config.BearerTokenFile, "/var/run/secrets/kubernetes.io/")
}

const noKubeconfigRemedy = "download one from your provider (aws eks update-kubeconfig, " +
	"gcloud container clusters get-credentials, az aks get-credentials), or set one: --kubeconfig FILE"

func kubeconfigFault(err error) *check.Fault {
	var missing *kube.MissingError
	fault := &check.Fault{
		Summary: "cannot load the kubeconfig: " + err.Error(), Err: err,
		Remedy: "check it with kubectl config view, or use another one: --kubeconfig FILE, --context NAME",
	}
	text := err.Error()
	switch {
	case errors.As(err, &missing):
		fault.Summary = "there is no kubeconfig: " + missing.Path + " does not exist"
		fault.Remedy = noKubeconfigRemedy
	case errors.Is(err, fs.ErrNotExist):
		fault.Summary = "the kubeconfig does not exist: " + err.Error()
		fault.Remedy = "set an existing file: --kubeconfig FILE, or export KUBECONFIG=FILE"
	case strings.Contains(text, "no configuration has been provided"):
		fault.Summary = "there is no kubeconfig"
		fault.Remedy = noKubeconfigRemedy
	case strings.Contains(text, "context") && containsAny(text, "does not exist", "not in the kubeconfig"):
		fault.Summary = text
		fault.Remedy = "list the contexts with kubectl config get-contexts, and choose one: --context NAME"
	case containsAny(text, "yaml", "json", "unmarshal"):
		fault.Summary = "cannot parse the kubeconfig: " + text
		fault.Remedy = "fix the line in the message, or download the kubeconfig again from your provider"
	}
	return fault
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// expiredClient returns the fault of an expired client certificate.
func expiredClient(config *rest.Config, now time.Time) *check.Fault {
	data := config.CertData
	if len(data) == 0 && config.CertFile != "" {
		data, _ = os.ReadFile(config.CertFile) // a missing file is reported by Config
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil || now.Before(cert.NotAfter) {
		return nil //nolint:nilerr // cluster.reachable reports a broken certificate
	}
	return &check.Fault{
		Summary: fmt.Sprintf(
			"the client certificate in the kubeconfig expired on %s",
			cert.NotAfter.Format(time.RFC3339),
		),
		Remedy: "download the kubeconfig again from your provider",
	}
}
