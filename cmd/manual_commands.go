package cmd

import (
	"net/url"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/shell"
)

// kubectlFlags returns the kubectl flags that select the same cluster.
func (u *setup) kubectlFlags() []string { return u.clusterFlags("--context") }

// clusterFlags returns the flags that select the same cluster. context is the
// program's name for the context flag.
func (u *setup) clusterFlags(context string) []string {
	var flags []string
	if u.kubeconfig != "" {
		flags = append(flags, "--kubeconfig", u.kubeconfig)
	}
	if u.answers.Cluster.Context != "" {
		flags = append(flags, context, u.answers.Cluster.Context)
	}
	return flags
}

// kubectl returns a kubectl command in the namespace of the release.
func (u *setup) kubectl(args ...string) string {
	words := append([]string{"kubectl"}, u.kubectlFlags()...)
	return shell.Line(append(append(words, "-n", u.answers.Cluster.Namespace), args...)...)
}

// ownCommand returns a command of this program for the same release, with the
// program's name as the user called it.
func (u *setup) ownCommand(command string, args ...string) string {
	words := append([]string{u.program, command}, u.kubectlFlags()...)
	at := u.answers.Cluster
	for _, flag := range []struct{ name, value string }{{"-n", at.Namespace}, {"--release", at.Release}} {
		if flag.value != answers.DefaultRelease {
			words = append(words, flag.name, flag.value)
		}
	}
	return shell.Line(append(words, args...)...)
}

// connectCommand returns the command that reconnects to the server, with the
// same local port if at is set.
func (u *setup) connectCommand(at string) string {
	if local, err := url.Parse(at); err == nil && local.Port() != "" && local.Port() != strconv.Itoa(defaultPort) {
		return u.ownCommand("connect", "--port", local.Port())
	}
	return u.ownCommand("connect")
}

// helmCommand returns the equivalent Helm command.
func helmCommand(u *setup, p *prepared, values string) string {
	words := []string{"helm", "upgrade", "--install", u.answers.Cluster.Release, u.answers.Chart.Ref}
	if !isLocalChart(u.answers.Chart.Ref) {
		words = append(words, "--version", p.chart.Info.Version)
	}
	words = append(words, "-n", u.answers.Cluster.Namespace, "--create-namespace", "-f", values)
	if u.plainHTTP {
		words = append(words, "--plain-http")
	}
	if u.keyring != "" {
		words = append(words, "--verify", "--keyring", u.keyring)
	}
	return shell.Line(append(words, u.clusterFlags("--kube-context")...)...)
}
