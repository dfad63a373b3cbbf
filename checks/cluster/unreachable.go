package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// unreachable describes why the API server does not respond, with a remedy for
// the cause.
func unreachable(e *check.Env, err error) *check.Fault {
	host := "the API server"
	if config, configErr := e.Cluster.Config(); configErr == nil {
		host = config.Host
	}
	fault := refusal(host, err)
	var plugin *kube.PluginError
	if errors.As(err, &plugin) { // cluster.credentials was skipped, or the credentials expired since
		fault = pluginFault(e, plugin)
	}
	if fault == nil {
		fault = noConnection(host, err)
	}
	fault.Err = err
	return fault
}

// refusal describes an answer that is not the API server's version.
func refusal(host string, err error) *check.Fault {
	var status *errStatus
	var foreign *errNotKubernetes
	switch {
	case errors.As(err, &foreign):
		return &check.Fault{
			Summary: fmt.Sprintf("%s does not answer like Kubernetes: %s", host, foreign.answer),
			Remedy: "bypass the proxy for this host: export NO_PROXY=" + hostOf(host) +
				"\nor fix the server address in the kubeconfig",
		}
	case errors.As(err, &status) && status.code == http.StatusUnauthorized:
		return &check.Fault{
			Summary: host + " rejects your credentials (401): they are expired or wrong",
			Remedy:  "log in to your provider again, or download the kubeconfig again",
		}
	case errors.As(err, &status) && status.code == http.StatusForbidden:
		return &check.Fault{
			Summary: host + " does not let you read its version (403)",
			Remedy: "have an administrator grant it: " +
				"kubectl create clusterrolebinding NAME --clusterrole=system:public-info-viewer --user=USER",
		}
	case errors.As(err, &status):
		return &check.Fault{
			Summary: fmt.Sprintf("%s answers %d %s", host, status.code, http.StatusText(status.code)),
			Remedy:  "wait until the API server is healthy: kubectl get --raw '/readyz?verbose'",
		}
	}
	return nil
}

// noConnection describes why there is no response.
func noConnection(host string, err error) *check.Fault {
	var dns *net.DNSError
	reason := check.Reason(err)
	switch {
	case strings.Contains(err.Error(), "proxyconnect"):
		return &check.Fault{
			Summary: fmt.Sprintf("cannot connect to %s through the proxy: %s", host, reason),
			Remedy:  "fix HTTPS_PROXY, or bypass the proxy for this host: export NO_PROXY=" + hostOf(host),
		}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &check.Fault{
			Summary: "unknown host " + dns.Name,
			Remedy: "connect to the VPN if only it resolves the name; " +
				"if the cluster was deleted, choose another context: --context NAME",
		}
	case errors.As(err, &dns):
		return &check.Fault{
			Summary: fmt.Sprintf("cannot resolve %s: %s", dns.Name, dns.Err),
			Remedy:  "check this machine's DNS server: nslookup " + dns.Name,
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &check.Fault{
			Summary: host + " refuses the connection: nothing listens there",
			Remedy:  "start the cluster, or choose another context: --context NAME (kubectl config get-contexts)",
		}
	case isUntrusted(err):
		return &check.Fault{
			Summary: fmt.Sprintf("the certificate of %s is not trusted: %s", host, reason),
			Remedy: "download the kubeconfig again if the cluster was recreated; " +
				"if a proxy intercepts TLS, bypass it: export NO_PROXY=" + hostOf(host),
		}
	case check.IsTimeout(err):
		return &check.Fault{
			Summary: fmt.Sprintf("%s does not answer within %s", host, versionLimit),
			Remedy:  "connect to the VPN, or allow your IP address in the API server's authorized networks",
		}
	}
	return &check.Fault{
		Summary: fmt.Sprintf("cannot connect to %s: %s", host, reason),
		Remedy:  "check the network, VPN and proxy between this machine and the cluster with: kubectl version",
	}
}

// isUntrusted reports whether the TLS client rejects the certificate.
func isUntrusted(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &verification) || errors.As(err, &unknown)
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return address
}
