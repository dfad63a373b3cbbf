package cluster

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

func checkKubeconfig(_ context.Context, e *check.Env) (string, error) {
	config, err := e.Cluster.Config()
	if err != nil {
		return "", kubeconfigFault(err)
	}
	named, contextErr := e.Cluster.Context()
	if contextErr != nil && !inCluster(config) {
		return "", kubeconfigFault(contextErr)
	}
	if fault := removedForm(config); fault != nil {
		return "", fault
	}
	if fault := missingPlugin(config); fault != nil {
		return "", fault
	}
	if fault := expiredClient(config, e.Now()); fault != nil {
		return "", fault
	}
	if contextErr != nil {
		return "the pod's own service account, at " + config.Host, nil //nolint:nilerr // a pod has no context
	}
	return fmt.Sprintf("context %s, %s", named.Name, config.Host), nil
}

// inCluster tells whether the configuration is that of a pod.
func inCluster(config *rest.Config) bool {
	return strings.HasPrefix(config.BearerTokenFile, "/var/run/secrets/kubernetes.io/")
}

func kubeconfigFault(err error) *check.Fault {
	fault := &check.Fault{Found: err.Error(), Cause: err, Remedy: "kubectl config view; then choose a file by --kubeconfig and a context by --context"}
	text := err.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fault.Remedy = "give an existing file: --kubeconfig FILE, or export KUBECONFIG=FILE"
	case strings.Contains(text, "no configuration has been provided"):
		fault.Found = "there is no kubeconfig"
		fault.Remedy = "get one from your provider (aws eks update-kubeconfig, gcloud container clusters get-credentials, az aks get-credentials), or name one: --kubeconfig FILE"
	case strings.Contains(text, "context") && (strings.Contains(text, "does not exist") || strings.Contains(text, "not in the kubeconfig")):
		fault.Remedy = "kubectl config get-contexts; then name one of them: --context NAME"
	case strings.Contains(text, "yaml") || strings.Contains(text, "json") || strings.Contains(text, "unmarshal"):
		fault.Found = "the kubeconfig cannot be read: " + text
		fault.Remedy = "fetch it anew from your provider, or correct it where the message says"
	}
	return fault
}

// expiredClient reads the dates of the client certificate, where there is one.
func expiredClient(config *rest.Config, now time.Time) *check.Fault {
	data := config.CertData
	if len(data) == 0 && config.CertFile != "" {
		data, _ = os.ReadFile(config.CertFile) // the configuration names it; a missing file was reported above
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil || now.Before(cert.NotAfter) {
		return nil //nolint:nilerr // cluster.reachable tells what is wrong with the certificate
	}
	return &check.Fault{
		Found:  fmt.Sprintf("the client certificate in the kubeconfig expired on %s", cert.NotAfter.Format(time.RFC3339)),
		Remedy: "fetch the kubeconfig anew from your provider",
	}
}
