package cluster

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// APIServer is what an API server says of itself.
type APIServer struct {
	Version version.Info
	clock   time.Time     // its Date header; zero without one
	skew    time.Duration // its clock less ours
	user    string        // who it takes us for; empty where it does not tell
}

// errNotKubernetes says that something else answered.
type errNotKubernetes struct{ says string }

func (e *errNotKubernetes) Error() string { return e.says }

// errStatus is an answer of the API server other than success.
type errStatus struct{ code int }

func (e *errStatus) Error() string { return fmt.Sprintf("the API server answers %d", e.code) }

var apiServerMemo = check.NewMemo[APIServer]("api server")

// FindAPIServer asks for the version, once.
func FindAPIServer(ctx context.Context, e *check.Env) (APIServer, error) {
	return apiServerMemo.Get(ctx, e, func(ctx context.Context) (APIServer, error) {
		config, err := e.Cluster.Config()
		if err != nil {
			return APIServer{}, err
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		found, err := askVersion(ctx, config, e.Now)
		if err != nil {
			return found, check.KubeError(err)
		}
		found.user = whoAmI(ctx, e)
		return found, nil
	})
}

func askVersion(ctx context.Context, config *rest.Config, now func() time.Time) (APIServer, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return APIServer{}, err
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return APIServer{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath("version").String(), nil)
	if err != nil {
		return APIServer{}, err
	}
	asked := now()
	response, err := client.Do(request)
	if err != nil {
		return APIServer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	if err != nil {
		return APIServer{}, err
	}
	return readVersion(response, body, asked, now())
}

func readVersion(response *http.Response, body []byte, asked, answered time.Time) (APIServer, error) {
	var found APIServer
	if clock, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		found.clock = clock
		found.skew = clock.Sub(asked.Add(answered.Sub(asked) / 2))
	}
	isJSON := strings.HasPrefix(response.Header.Get("Content-Type"), "application/json")
	if response.StatusCode != http.StatusOK && isJSON {
		return found, &errStatus{code: response.StatusCode}
	}
	if json.Unmarshal(body, &found.Version) != nil || found.Version.GitVersion == "" {
		return found, &errNotKubernetes{says: fmt.Sprintf("%s, %q", response.Status, check.FirstWords(body))}
	}
	return found, nil
}

// whoAmI asks the server for whom it takes us (Kubernetes 1.28 and newer).
func whoAmI(ctx context.Context, e *check.Env) string {
	client, err := e.Cluster.Client()
	if err != nil {
		return ""
	}
	review, err := client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	switch {
	case err == nil:
		return review.Status.UserInfo.Username
	case apierrors.IsForbidden(err) && strings.Contains(err.Error(), `"`+anonymous+`"`): // who may ask nothing, not even this
		return anonymous
	}
	return ""
}

// anonymous is for whom an API server takes a request without credentials.
const anonymous = "system:anonymous"

func checkReachable(ctx context.Context, e *check.Env) (string, error) {
	found, err := FindAPIServer(ctx, e)
	if err != nil {
		fault := unreachable(e, err)
		if check.IsTransient(err) {
			return "", check.Transient(fault)
		}
		return "", fault
	}
	switch found.user {
	case anonymous:
		return "", &check.Fault{Found: "the API server takes you for nobody (" + anonymous + "): the kubeconfig has no credentials for it", Remedy: "fetch the kubeconfig anew from your provider; kubectl config view shows its users, and which of them the context names"}
	case "":
		return "", nil
	}
	return "as " + found.user, nil
}

func unreachable(e *check.Env, err error) error {
	host := "the API server"
	if config, configErr := e.Cluster.Config(); configErr == nil {
		host = config.Host
	}
	fault := &check.Fault{Found: fmt.Sprintf("%s: %v", host, plainURLError(err)), Remedy: "kubectl version; look at the network, the VPN and the proxy between here and there", Cause: err}
	var (
		dns     *net.DNSError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
		status  *errStatus
		foreign *errNotKubernetes
	)
	switch {
	case errors.As(err, &foreign):
		fault.Found = fmt.Sprintf("%s does not answer like Kubernetes: %s", host, foreign.says)
		fault.Remedy = "a proxy or another web server stands in between: leave the host out of the proxy (export NO_PROXY=" + hostOf(host) + "), or correct the server in the kubeconfig"
	case errors.As(err, &status) && status.code == http.StatusUnauthorized:
		fault.Found = host + " refuses your credentials (401): they are expired or wrong"
		fault.Remedy = "log in again at your provider, or fetch the kubeconfig anew"
	case strings.Contains(err.Error(), "getting credentials"):
		fault.Found = "the credential plugin of the kubeconfig fails: " + plainURLError(err).Error()
		fault.Remedy = "log in again at your provider (aws sso login, gcloud auth login, az login)"
	case strings.Contains(err.Error(), "proxyconnect"):
		fault.Remedy = "correct HTTPS_PROXY, or leave the host out of the proxy: export NO_PROXY=" + hostOf(host)
	case errors.As(err, &dns) && dns.IsNotFound:
		fault.Found = "there is no host " + dns.Name
		fault.Remedy = "the cluster may be gone, or its name known only inside a VPN: connect to it, or fetch the kubeconfig anew"
	case errors.Is(err, syscall.ECONNREFUSED):
		fault.Found = host + " refuses the connection: nothing listens there"
		fault.Remedy = "start the cluster, or choose another context: kubectl config get-contexts"
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid):
		fault.Found = fmt.Sprintf("the certificate of %s is not trusted: %v", host, plainURLError(err))
		fault.Remedy = "fetch the kubeconfig anew; the cluster was made again, or something in between opens the connection"
	case check.IsTimeout(err):
		fault.Found = host + " does not answer within 10 s"
		fault.Remedy = "connect to the VPN, or have your address allowed at the API server"
	}
	return fault
}

func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return address
}

// plainURLError leaves out the request that an HTTP client puts in front.
func plainURLError(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
