package install

import (
	"context"
	"io"
	"net/http"
	"time"

	"helm.sh/helm/v3/pkg/action"
	helmkube "helm.sh/helm/v3/pkg/kube"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// storage is Helm's default: releases are stored as Secrets, where `helm list`
// finds them.
const storage = "secret"

// readConfig returns a Helm configuration whose requests end with ctx.
func (e *Engine) readConfig(ctx context.Context, namespace string) (*action.Configuration, error) {
	config := &action.Configuration{}
	return config, config.Init(boundGetter{e.Access.Getter(), ctx}, namespace, storage, discard)
}

// requestTime limits each of Helm's requests. Admission webhooks may take 30 s.
const requestTime = time.Minute

// writeConfig returns a Helm configuration that waits with w. Its requests do
// not end with the run's context, so that Helm can record the state of the
// release.
func (e *Engine) writeConfig(ctx context.Context, namespace string, w waiter) (*action.Configuration, error) {
	getter := timedGetter{e.Access.Getter(), afterwards(ctx)}
	config := &action.Configuration{}
	if err := config.Init(getter, namespace, storage, discard); err != nil {
		return nil, err
	}
	client := helmkube.New(getter)
	client.Log = discard
	client.Namespace = namespace
	config.KubeClient = &helmClient{Client: client, waiter: w}
	config.HookOutputFunc = func(_, _, _ string) io.Writer { return io.Discard }
	return config, nil
}

// discard drops Helm's log: the watch reports more.
func discard(string, ...any) {}

// boundGetter binds the requests of a getter's clients to a context, because
// Helm's storage takes none.
type boundGetter struct {
	genericclioptions.RESTClientGetter
	ctx context.Context
}

func (g boundGetter) ToRESTConfig() (*rest.Config, error) {
	config, err := g.RESTClientGetter.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.Wrap(func(base http.RoundTripper) http.RoundTripper { return transport.WithContext(g.ctx, base) })
	return config, nil
}

// afterwards returns a context that ends closingTime after ctx, so that Helm can
// write down where it stopped, but cannot wait for an API server that is gone.
func afterwards(ctx context.Context) context.Context {
	later, end := context.WithCancelCause(context.WithoutCancel(ctx))
	limit := closingTime
	if at, ok := ctx.Deadline(); ok && ctx.Err() != nil { // the time runs from the end of ctx
		limit -= max(0, min(closingTime, time.Since(at)))
	}
	context.AfterFunc(ctx, func() { time.AfterFunc(limit, func() { end(context.Cause(ctx)) }) })
	return later
}

// timedGetter gives every request of a getter's clients requestTime, but not more
// than its context has.
type timedGetter struct {
	genericclioptions.RESTClientGetter
	ctx context.Context
}

func (g timedGetter) ToRESTConfig() (*rest.Config, error) {
	config, err := g.RESTClientGetter.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.Timeout = requestTime
	config.Wrap(func(base http.RoundTripper) http.RoundTripper { return transport.EndsWith(g.ctx, base) })
	return config, nil
}
