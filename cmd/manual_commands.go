package cmd

import (
	"net/url"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/shell"
)

// kubectlFlags are the flags by which kubectl means the same cluster.
func (u *setup) kubectlFlags() []string { return u.clusterFlags("--context") }

// clusterFlags are the flags by which a program means the same cluster; they
// call the context by different names.
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

// kubectl is a command line of kubectl's on the namespace of the release.
func (u *setup) kubectl(args ...string) string {
	words := append([]string{"kubectl"}, u.kubectlFlags()...)
	return shell.Line(append(append(words, "-n", u.answers.Cluster.Namespace), args...)...)
}

// own is a command line of this program's on the same release, under the name
// by which it was called.
func (u *setup) ownCommand(command string, args ...string) string {
	words := append([]string{u.program, command}, u.kubectlFlags()...)
	for _, flag := range []struct{ name, value string }{{"-n", u.answers.Cluster.Namespace}, {"--release", u.answers.Cluster.Release}} {
		if flag.value != answers.DefaultRelease {
			words = append(words, flag.name, flag.value)
		}
	}
	return shell.Line(append(words, args...)...)
}

// connectCommand is the command line that leads to the server again; with the
// address at which it was reached, to the same one.
func (u *setup) connectCommand(at string) string {
	if local, err := url.Parse(at); err == nil && local.Port() != "" && local.Port() != strconv.Itoa(defaultPort) {
		return u.ownCommand("connect", "--port", local.Port())
	}
	return u.ownCommand("connect")
}

// helmCommand is the Helm command line that installs what was prepared.
func helmCommand(u *setup, p *prepared, values string) string {
	words := []string{"helm", "upgrade", "--install", u.answers.Cluster.Release, u.answers.Chart.Ref}
	if !isLocalChart(u.answers.Chart.Ref) {
		words = append(words, "--version", p.chart.Info.Version)
	}
	words = append(words, "-n", u.answers.Cluster.Namespace, "--create-namespace", "-f", values)
	if u.plainHTTP {
		words = append(words, "--plain-http")
	}
	return shell.Line(append(words, u.clusterFlags("--kube-context")...)...)
}
