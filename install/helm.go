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

// storage is Helm's own default: releases are Secrets, where `helm list`
// finds them.
const storage = "secret"

// readConfig is a Helm configuration whose requests end with ctx.
func (e *Engine) readConfig(ctx context.Context, namespace string) (*action.Configuration, error) {
	config := &action.Configuration{}
	return config, config.Init(boundGetter{e.Access.Getter(), ctx}, namespace, storage, discard)
}

// requestTime is the most that one request of Helm's may take. Admission
// webhooks may take 30 s.
const requestTime = time.Minute

// writeConfig is a Helm configuration whose waits obey the waiter; its
// requests go on when the waiter has had enough, so that Helm can write down
// where it stopped.
func (e *Engine) writeConfig(namespace string, w waiter) (*action.Configuration, error) {
	getter := timedGetter{e.Access.Getter()}
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

// discard drops Helm's own progress feed: the watch says more.
func discard(string, ...any) {}

// boundGetter makes the requests of a getter's clients end with a context:
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

// timedGetter gives every request of a getter's clients requestTime.
type timedGetter struct {
	genericclioptions.RESTClientGetter
}

func (g timedGetter) ToRESTConfig() (*rest.Config, error) {
	config, err := g.RESTClientGetter.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	config = rest.CopyConfig(config)
	config.Timeout = requestTime
	return config, nil
}
