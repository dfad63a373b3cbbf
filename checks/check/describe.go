package check

import (
	"errors"
	"fmt"
	"net/url"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// describe turns an error that a check did not recognize into a fault. The error
// texts of HTTP clients are written for programmers, so it names the host and the
// cause instead of the request.
func describe(err error) *Fault {
	fault := &Fault{Summary: err.Error(), Err: err}
	var remedial interface{ Remedy() string } // errors of other packages offer it
	var request *url.Error
	switch {
	case errors.As(err, &remedial):
		fault.Remedy = remedial.Remedy()
	case errors.As(err, &request):
		host := request.URL
		if u, parseErr := url.Parse(request.URL); parseErr == nil {
			host = u.Host
		}
		fault.Summary = fmt.Sprintf("cannot connect to %s: %s", host, Reason(err))
		if IsTimeout(request.Err) {
			fault.Summary = host + " does not answer in time"
		}
		fault.Remedy = "check the network, VPN and proxy between this machine and " + host + ", then try again"
	case isWebhookDown(err):
		name, reason, _ := WebhookDown(err)
		fault.Summary = fmt.Sprintf("the admission webhook %s does not answer: %s", name, reason)
		fault.Remedy = "restore or delete its configuration: " +
			"kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations"
	case apierrors.ReasonForError(err) != "":
		fault.Summary = "the API server refused the request: " + err.Error()
		fault.Remedy = apiRemedy(err)
	}
	return fault
}

func isWebhookDown(err error) bool {
	_, _, down := WebhookDown(err)
	return down
}

// apiRemedy returns the remedy for an error answer of the API server.
func apiRemedy(err error) string {
	switch {
	case apierrors.IsForbidden(err):
		return "request the permission from an administrator; " +
			"this prints the Role: zenml-installer preflight --only cluster.permissions"
	case apierrors.IsUnauthorized(err):
		return "log in to your provider again, or download the kubeconfig again"
	case IsTransient(KubeError(err)):
		return "wait until the API server is healthy (kubectl get --raw '/readyz?verbose'), then try again"
	}
	return "fix what the message names, then try again"
}
