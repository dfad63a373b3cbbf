package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// checkCredentials runs the credential plugin of the kubeconfig without a terminal, as
// every later step does.
func checkCredentials(ctx context.Context, e *check.Env) (string, error) {
	command := e.Cluster.Plugin()
	if command == "" {
		return "the kubeconfig contains the credentials", nil
	}
	words, err := e.Cluster.Login(ctx, kube.Terminal{})
	var failed *kube.PluginError
	switch {
	case errors.As(err, &failed):
		return "", pluginFault(e, failed)
	case err != nil:
		return "", err
	case words != "":
		return "", &check.Fault{
			Warn: true, Summary: fmt.Sprintf("the credential plugin %s works, but prints: %s", command, words),
			Reason: "it prints this at every run, and may stop working later",
			Remedy: "do what the message says, then try again: " + loginCommand(e),
		}
	}
	return "credentials from " + command, nil
}

// pluginFault describes a credential plugin that returns no credentials,
// quoting its messages.
func pluginFault(e *check.Env, failed *kube.PluginError) *check.Fault {
	words := kube.Words(failed.Words)
	fault := &check.Fault{Err: failed, Remedy: pluginLogin(e, failed.Command, words)}
	said := ""
	if words != "" {
		said = ": " + words
	}
	switch asked := failed.Asked(); {
	case failed.Reason == kube.PluginMissing:
		fault.Summary = fmt.Sprintf("the credential plugin %s is not installed", failed.Command)
		fault.Remedy = cmp.Or(failed.InstallHint(), "install "+failed.Command+", or add it to the PATH")
	case failed.Reason == kube.PluginOutput:
		fault.Summary = fmt.Sprintf(
			"the credential plugin %s returns no credentials: %v%s",
			failed.Command,
			failed.Err,
			said,
		)
		fault.Remedy = "upgrade it, and download the kubeconfig again from your provider"
	case asked != "":
		fault.Summary = fmt.Sprintf("the credential plugin %s asks for input: %s", failed.Command, words)
	case failed.Reason == kube.PluginTimedOut:
		fault.Summary = fmt.Sprintf(
			"the credential plugin %s does not finish within %s%s",
			failed.Command,
			failed.Limit,
			said,
		)
	default:
		fault.Summary = fmt.Sprintf("the credential plugin %s fails (%v)%s", failed.Command, failed.Err, said)
	}
	return fault
}

// logins are the commands that renew the login of well-known plugins.
var logins = []struct{ plugin, words, command string }{
	{"aws-vault", "", "aws-vault login"},
	{"aws", "sso", "aws sso login"},
	{"aws", "", "aws sso login, or aws configure"},
	{"gke-gcloud-auth-plugin", "", "gcloud auth login"},
	{"gcloud", "", "gcloud auth login"},
	{"kubelogin", "", "az login"},
	{"kubectl-oidc_login", "", "kubectl oidc-login get-token"},
	{"oci", "", "oci session authenticate"},
	{"doctl", "", "doctl auth init"},
	{"tsh", "", "tsh login"},
}

// pluginLogin returns how to log in, so that the plugin finds a session and
// does not prompt.
func pluginLogin(e *check.Env, command, words string) string {
	name := strings.TrimSuffix(filepath.Base(command), ".exe")
	remedy := "log in where the plugin can ask, then try again: " + loginCommand(e)
	for _, l := range logins {
		if l.plugin == name && strings.Contains(strings.ToLower(words), l.words) {
			return "log in, then try again: " + l.command + "\nor " + remedy
		}
	}
	return remedy
}

// loginCommand returns the command that runs the plugin with a terminal.
func loginCommand(e *check.Env) string {
	if named, err := e.Cluster.Context(); err == nil && named.Name != "" {
		return "kubectl auth whoami --context " + named.Name
	}
	return "kubectl auth whoami"
}
