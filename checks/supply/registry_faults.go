package supply

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// status returns the HTTP status of a registry's error response, or 0.
func status(err error) int {
	var answer *transport.Error
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}

func isLoginRefused(err error) bool {
	return status(err) == http.StatusUnauthorized || status(err) == http.StatusForbidden
}

// nodeLogin lists the registries that nodes of the same cloud authenticate to
// with their own identity.
var nodeLogin = []string{".amazonaws.com", ".pkg.dev", "gcr.io", ".azurecr.io"}

func (q *registryQuestion) registry() string { return q.ref.Context().RegistryStr() }

// fault describes a registry's response.
func (q *registryQuestion) fault(ctx context.Context, err error) error {
	switch code := status(err); {
	case code == http.StatusNotFound:
		return q.missing(ctx, err)
	case isLoginRefused(err):
		return q.unauthorized(err)
	case code == http.StatusTooManyRequests:
		return &check.Fault{
			Warn: true, Err: err,
			Summary: fmt.Sprintf("not checked: this IP address reached the pull limit of %s (429)", q.registry()),
			Reason:  "nodes behind the same IP address share the limit, and their pulls fail, too",
			Remedy: "log in with server: {image: {pullSecrets: [registry-login]}}, or set server.image.repository " +
				"to a mirror; otherwise wait some hours",
		}
	case errors.Is(err, errPlainHTTP):
		return &check.Fault{
			Warn: true, Err: err, Summary: fmt.Sprintf("not checked: %s does not support TLS", q.registry()),
			Reason: "the nodes reject it, too, unless their container runtime is configured for it",
			Remedy: "to check it over plain HTTP: --plain-http",
		}
	}
	return check.Transient(q.unreachable(err))
}

// unreachable describes why the registry does not respond to this machine. It
// is a warning, because the nodes use another network.
func (q *registryQuestion) unreachable(err error) *check.Fault {
	reason, remedy := connectionProblem(q.registry(), err)
	if isNetwork(err) && !q.isChosen() {
		remedy = "connect this machine to the internet, or set the proxy: export HTTPS_PROXY=URL" +
			"\nif the nodes have no internet either, set server.image.repository to a mirror"
	}
	return &check.Fault{
		Warn: true, Err: err,
		Summary: fmt.Sprintf("not checked: this machine cannot reach %s (the nodes may): %s", q.registry(), reason),
		Reason:  "a missing image only shows when a node pulls it",
		Remedy:  remedy + "\nto check from a node: crictl pull " + q.image,
	}
}

// isChosen reports whether the answers name the repository. Otherwise the chart does.
func (q *registryQuestion) isChosen() bool {
	server, _ := q.env.Answers.Values["server"].(map[string]any)
	return q.env.Answers.Server.Image.Repository != "" || server["image"] != nil
}

// isNetwork reports whether this machine lacks a connection: the host is not known or
// does not answer, and no proxy is involved.
func isNetwork(err error) bool {
	var dns *net.DNSError
	return !strings.Contains(err.Error(), "proxyconnect") &&
		(errors.As(err, &dns) || errors.Is(err, syscall.ECONNREFUSED) || check.IsTimeout(err))
}

// connectionProblem returns the reason of a failed connection, and its remedy.
func connectionProblem(registry string, err error) (reason, remedy string) {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	reason = check.Reason(err)
	switch {
	case strings.Contains(err.Error(), "proxyconnect"):
		return reason, "fix HTTPS_PROXY, or bypass the proxy: export NO_PROXY=" + registry
	case errors.As(err, &certificate):
		return "its certificate is not trusted, " + issuedBy(certificate),
			"if a proxy intercepts TLS, add its CA to this machine (update-ca-certificates) and to the nodes, " +
				"or bypass it: export NO_PROXY=" + registry
	case errors.As(err, &dns) && dns.IsNotFound:
		return "unknown host " + dns.Name, "fix the host in server.image.repository, or connect to the VPN that " +
			"resolves it"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused", "start the registry, or fix the port in server.image.repository"
	case check.IsTimeout(err):
		return "no answer", "open the firewall for this machine, or set the proxy: export HTTPS_PROXY=URL"
	}
	return reason, "check the network and proxy of this machine: curl -v https://" + registry + "/v2/"
}

// issuedBy names the issuer of the rejected certificate, which identifies the proxy
// that intercepts TLS.
func issuedBy(err *tls.CertificateVerificationError) string {
	if len(err.UnverifiedCertificates) == 0 {
		return err.Err.Error()
	}
	issuer := err.UnverifiedCertificates[0].Issuer
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return fmt.Sprintf("it was issued by %q", cmp.Or(issuer.CommonName, issuer.String()))
	}
	return err.Err.Error()
}

func (q *registryQuestion) createSecret() string {
	return fmt.Sprintf("kubectl -n %s create secret docker-registry registry-login "+
		"--docker-server=%s --docker-username=USER --docker-password=PASSWORD"+
		"\nserver: {image: {pullSecrets: [registry-login]}}", q.env.Namespace(), q.registry())
}

// private returns the fault of an image that this machine can pull and the
// nodes cannot.
func (q *registryQuestion) private(has []string) error {
	fault := &check.Fault{
		Summary: fmt.Sprintf("%s (%s) requires a login: this machine has one, and the nodes have no pull secret for %s",
			q.image, check.JoinAnd(has), q.registry()),
		Remedy: "create a pull secret: " + q.createSecret(),
	}
	q.soften(fault)
	return fault
}

func (q *registryQuestion) unauthorized(err error) error {
	fault := &check.Fault{
		Err: err,
		Summary: fmt.Sprintf("%s requires a login for %s, and there is no pull secret; or the repository does not "+
			"exist",
			q.registry(), q.image),
		Remedy: "create a pull secret: " + q.createSecret(),
	}
	if len(q.secrets) > 0 {
		fault.Summary = fmt.Sprintf("%s rejects the login in Secret %s for %s: it is expired, wrong, or cannot pull",
			q.registry(), check.JoinAnd(q.secrets), q.image)
		fault.Remedy = q.updateSecret()
	}
	q.soften(fault)
	return fault
}

// updateSecret returns the commands that replace expired credentials.
func (q *registryQuestion) updateSecret() string {
	return fmt.Sprintf("replace the login: kubectl -n %s create secret docker-registry %s --docker-server=%s "+
		"--docker-username=USER --docker-password=PASSWORD --dry-run=client -o yaml | kubectl apply -f -",
		q.env.Namespace(), q.secrets[0], q.registry())
}

// soften turns the fault into a warning for registries from which nodes of the
// same cloud can pull without a pull secret.
func (q *registryQuestion) soften(fault *check.Fault) {
	if slices.ContainsFunc(nodeLogin, func(suffix string) bool { return strings.HasSuffix(q.registry(), suffix) }) {
		fault.Warn = true
		fault.Reason = "nodes of the same cloud can log in with their own identity; from here this cannot be verified"
	}
}

// missing returns the fault of an unknown tag or repository.
func (q *registryQuestion) missing(ctx context.Context, err error) error {
	fault := &check.Fault{
		Err: err, Summary: fmt.Sprintf("the image %s does not exist", q.image),
		Remedy: "fix server.image.repository and server.image.tag",
	}
	if !q.isChosen() && q.env.Answers.Server.Image.Tag == "" {
		fault.Remedy = "set chart.version to a version whose image is published, or server.image.tag to an existing tag"
	}
	tags := q.tags(ctx)
	if len(tags) == 0 {
		fault.Summary += fmt.Sprintf(": %s has no such repository, or it has no tags", q.registry())
		return fault
	}
	near := nearTags(q.ref.Identifier(), tags)
	fault.Summary += fmt.Sprintf("; the repository has the tags %s", check.JoinAnd(near))
	fault.Remedy = fmt.Sprintf("set server.image.tag to an existing tag: server: {image: {tag: %q}}", near[0])
	fault.Fix = check.Fix{Title: "Use tag " + near[0], Answers: map[string]string{"server.image.tag": near[0]}}
	return fault
}

// tags returns the first pages of the repository's tags.
func (q *registryQuestion) tags(ctx context.Context) []string {
	if _, digest := q.ref.(name.Digest); digest {
		return nil
	}
	puller, err := remote.NewPuller(q.options(ctx, q.nodes)...)
	if err != nil {
		return nil
	}
	lister, err := puller.Lister(ctx, q.ref.Context())
	if err != nil {
		return nil
	}
	var all []string
	for page := 0; page < 5 && lister.HasNext(); page++ {
		next, err := lister.Next(ctx)
		if err != nil {
			return all
		}
		all = append(all, next.Tags...)
	}
	return all
}
