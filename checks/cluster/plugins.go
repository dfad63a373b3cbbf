package cluster

import (
	"cmp"
	"fmt"
	"os/exec"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// removedVersion is the API of credential plugins that Kubernetes 1.24 removed.
const removedVersion = "client.authentication.k8s.io/v1alpha1"

// The remedies for removed formats of credentials.
const (
	forGoogle = "gcloud components install gke-gcloud-auth-plugin" +
		"\nthen download the kubeconfig again: gcloud container clusters get-credentials CLUSTER"
	forAzure  = "install kubelogin (az aks install-cli), then run: kubelogin convert-kubeconfig"
	forAWS    = "upgrade the AWS CLI and download the kubeconfig again: aws eks update-kubeconfig --name CLUSTER"
	forOthers = "upgrade your provider's CLI and download the kubeconfig again"
)

// removedFormat returns the fault of credentials in a format Kubernetes removed;
// kubectl only says "no Auth Provider found" or "invalid apiVersion".
func removedFormat(config *rest.Config) *check.Fault {
	if provider := config.AuthProvider; provider != nil {
		return &check.Fault{
			Summary: fmt.Sprintf("the kubeconfig uses the auth-provider %s, a format Kubernetes removed",
				provider.Name),
			Remedy: providerRemedy(provider.Name),
		}
	}
	if plugin := config.ExecProvider; plugin != nil && plugin.APIVersion == removedVersion {
		return &check.Fault{
			Summary: fmt.Sprintf("the kubeconfig runs the credential plugin %s with %s, which Kubernetes removed",
				plugin.Command, removedVersion),
			Remedy: pluginRemedy(plugin.Command),
		}
	}
	return nil
}

func providerRemedy(name string) string {
	switch name {
	case "gcp":
		return forGoogle
	case "azure":
		return forAzure
	case "oidc":
		return "use a credential plugin instead, such as kubelogin: kubectl oidc-login setup"
	}
	return forOthers
}

func pluginRemedy(command string) string {
	switch {
	case strings.Contains(command, "aws"):
		return forAWS
	case strings.Contains(command, "gke"), strings.Contains(command, "gcloud"):
		return forGoogle
	case strings.Contains(command, "kubelogin"):
		return forAzure
	}
	return forOthers
}

// missingPlugin returns the fault of a credential plugin that is not installed. It
// does not run the plugin.
func missingPlugin(config *rest.Config) *check.Fault {
	plugin := config.ExecProvider
	if plugin == nil {
		return nil
	}
	if _, err := exec.LookPath(plugin.Command); err != nil {
		return &check.Fault{
			Summary: fmt.Sprintf(
				"the kubeconfig needs the credential plugin %s, which is not installed",
				plugin.Command,
			),
			Remedy: cmp.Or(strings.TrimSpace(plugin.InstallHint), "install "+plugin.Command+", or add it to the PATH"),
			Err:    err,
		}
	}
	return nil
}
