package supply

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// status is the HTTP status of a registry's refusal, 0 when it gave none.
func status(err error) int {
	var answer *transport.Error
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}

func loginRefused(err error) bool {
	return status(err) == http.StatusUnauthorized || status(err) == http.StatusForbidden
}

// nodeLogin lists registries at which the nodes of their own cloud log in by
// themselves.
var nodeLogin = []string{".amazonaws.com", ".pkg.dev", "gcr.io", ".azurecr.io"}

func (q *registryQuestion) registry() string { return q.ref.Context().RegistryStr() }

// fault puts a registry's answer into plain words.
func (q *registryQuestion) fault(ctx context.Context, err error) error {
	switch code := status(err); {
	case code == http.StatusNotFound:
		return q.missing(ctx, err)
	case loginRefused(err):
		return q.unauthorized(err)
	case code == http.StatusTooManyRequests:
		return &check.Fault{Warn: true, Cause: err, Found: fmt.Sprintf("not checked: %s has reached its limit of pulls for this address (429)", q.registry()),
			Why: "nodes behind the same address share the limit, and their pulls fail as well", Remedy: "log in: server: {image: {pullSecrets: [registry-login]}}, or use a mirror: server: {image: {repository: …}}; else wait some hours"}
	case errors.Is(err, errPlainHTTP):
		return &check.Fault{Warn: true, Cause: err, Found: fmt.Sprintf("not checked: %s offers no TLS", q.registry()), Why: "the nodes refuse it too, unless their container runtime is told otherwise", Remedy: "--plain-http asks it all the same"}
	}
	return q.unreached(err)
}

func (q *registryQuestion) unreached(err error) error {
	return check.Transient(&check.Fault{Warn: true, Cause: err, Found: fmt.Sprintf("not checked: this machine cannot reach %s; the nodes may: %v", q.registry(), err),
		Why: "whether the image is there shows only when a node pulls it", Remedy: "look at the network and proxy of this machine (HTTPS_PROXY); on a node: crictl pull " + q.image})
}

func (q *registryQuestion) makeSecret() string {
	return fmt.Sprintf("kubectl -n %s create secret docker-registry registry-login --docker-server=%s --docker-username=… --docker-password=…\nserver: {image: {pullSecrets: [registry-login]}}", q.env.Namespace(), q.registry())
}

// private says that this machine may pull, and the nodes may not.
func (q *registryQuestion) private(has []string) error {
	fault := &check.Fault{Found: fmt.Sprintf("%s is there for %s, but only for those who log in: this machine does, and the nodes have no pull secret for %s", q.image, check.JoinAnd(has), q.registry()), Remedy: q.makeSecret()}
	q.soften(fault)
	return fault
}

func (q *registryQuestion) unauthorized(err error) error {
	fault := &check.Fault{Cause: err, Found: fmt.Sprintf("%s shows %s only to those who log in, and there is no pull secret for it; or there is no such repository", q.registry(), q.image), Remedy: q.makeSecret()}
	if len(q.secrets) > 0 {
		fault.Found = fmt.Sprintf("%s refuses %s to the login in %s", q.registry(), q.image, check.JoinAnd(q.secrets))
		fault.Remedy = "correct the login in that Secret, or have it granted the right to pull:\n" + q.makeSecret()
	}
	q.soften(fault)
	return fault
}

// soften makes a warning of a refusal where the nodes of a cloud log in by
// themselves.
func (q *registryQuestion) soften(fault *check.Fault) {
	if slices.ContainsFunc(nodeLogin, func(suffix string) bool { return strings.HasSuffix(q.registry(), suffix) }) {
		fault.Warn, fault.Why = true, "nodes of the same cloud may log in by themselves; whether yours do cannot be told from here"
	}
}

// missing says that a tag or a repository is not there, and what is.
func (q *registryQuestion) missing(ctx context.Context, cause error) error {
	fault := &check.Fault{Cause: cause, Found: fmt.Sprintf("there is no image %s", q.image), Remedy: "server: {image: {repository: …, tag: …}}"}
	tags := q.tags(ctx)
	if len(tags) == 0 {
		fault.Found += fmt.Sprintf(": %s has no such repository, or no tag in it", q.registry())
		return fault
	}
	near := nearTags(q.ref.Identifier(), tags)
	fault.Found += fmt.Sprintf("; the repository has the tags %s", check.JoinAnd(near))
	fault.Remedy = fmt.Sprintf("server: {image: {tag: %q}}", near[0])
	return fault
}

// tags lists the repository's tags, a few pages of them at most.
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
