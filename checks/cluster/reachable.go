package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// APIServer is what an API server reports about itself.
type APIServer struct {
	Version version.Info
	clock   time.Time     // its Date header; zero without one
	skew    time.Duration // its clock minus this machine's
	user    string        // this user's name; empty if unknown
}

// errNotKubernetes is a response that is not from an API server.
type errNotKubernetes struct{ answer string }

func (e *errNotKubernetes) Error() string { return e.answer }

// errStatus is an error response of the API server.
type errStatus struct{ code int }

func (e *errStatus) Error() string { return fmt.Sprintf("the API server answered %d", e.code) }

// versionLimit is the time limit of the first request. A busy API server or a
// new connection through a VPN may take ten seconds.
const versionLimit = 20 * time.Second

var apiServerMemo = check.NewMemo[APIServer]("api server")

// FindAPIServer gets the API server's version once per run.
func FindAPIServer(ctx context.Context, e *check.Env) (APIServer, error) {
	return apiServerMemo.Get(ctx, e, func(ctx context.Context) (APIServer, error) {
		config, err := e.Cluster.Config()
		if err != nil {
			return APIServer{}, err
		}
		ctx, cancel := context.WithTimeout(ctx, versionLimit)
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
		return found, &errNotKubernetes{answer: fmt.Sprintf("%s, %q", response.Status, check.FirstWords(body))}
	}
	return found, nil
}

// whoAmI gets the user's name from the server (Kubernetes 1.28 and newer).
func whoAmI(ctx context.Context, e *check.Env) string {
	client, err := e.Cluster.Client()
	if err != nil {
		return ""
	}
	reviews := client.AuthenticationV1().SelfSubjectReviews()
	review, err := reviews.Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	switch {
	case err == nil:
		return review.Status.UserInfo.Username
	case apierrors.IsForbidden(err) && strings.Contains(err.Error(), `"`+anonymous+`"`):
		return anonymous // anonymous users cannot send this request
	}
	return ""
}

// anonymous is the user of a request without credentials.
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
		return "", &check.Fault{
			Summary: "the API server treats you as anonymous (" + anonymous + "): the context has no credentials",
			Remedy: "download the kubeconfig again from your provider; " +
				"kubectl config view --minify shows the user of the context",
		}
	case "":
		return "", nil
	}
	return "as " + found.user, nil
}
