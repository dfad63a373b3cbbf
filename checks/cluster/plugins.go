package cluster

import (
	"fmt"
	"os/exec"
	"strings"

	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// removedVersion is the form of credential plugins that Kubernetes 1.24 took
// away.
const removedVersion = "client.authentication.k8s.io/v1alpha1"

// The remedies for forms of credentials that are no more.
const (
	forGoogle = "gcloud components install gke-gcloud-auth-plugin; then fetch the kubeconfig anew: gcloud container clusters get-credentials CLUSTER"
	forAzure  = "install kubelogin (az aks install-cli), then: kubelogin convert-kubeconfig"
	forAWS    = "fetch the kubeconfig anew with a present AWS CLI: aws eks update-kubeconfig --name CLUSTER"
	forOthers = "fetch the kubeconfig anew from your provider, with its present program"
)

// removedForm names credentials in a form that Kubernetes has taken away;
// kubectl says no more than "no Auth Provider found" or "invalid apiVersion".
func removedForm(config *rest.Config) *check.Fault {
	if provider := config.AuthProvider; provider != nil {
		return &check.Fault{
			Found:  fmt.Sprintf("the kubeconfig gets its credentials from the auth-provider %s, a form that Kubernetes has given up", provider.Name),
			Remedy: providerRemedy(provider.Name),
		}
	}
	if plugin := config.ExecProvider; plugin != nil && plugin.APIVersion == removedVersion {
		return &check.Fault{
			Found:  fmt.Sprintf("the kubeconfig calls its credential plugin %s by %s, which Kubernetes has given up", plugin.Command, removedVersion),
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
		return "use a credential plugin in its stead, such as kubelogin: kubectl oidc-login setup"
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

// missingPlugin looks for the program by which the kubeconfig gets its
// credentials. It is looked up, not run.
func missingPlugin(config *rest.Config) *check.Fault {
	plugin := config.ExecProvider
	if plugin == nil {
		return nil
	}
	if _, err := exec.LookPath(plugin.Command); err != nil {
		remedy := "install " + plugin.Command + ", or put it into the PATH"
		if plugin.InstallHint != "" {
			remedy = strings.TrimSpace(plugin.InstallHint)
		}
		return &check.Fault{Found: fmt.Sprintf("the kubeconfig gets its credentials from %s, which is not installed", plugin.Command), Remedy: remedy, Cause: err}
	}
	return nil
}
