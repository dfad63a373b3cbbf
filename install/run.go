package install

import (
	"context"
	"time"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/watch"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
)

// run is the state of one Apply.
type run struct {
	*event.Emitter
	engine  *Engine
	plan    Plan
	end     context.CancelCauseFunc // cancels the run's context because of a fault
	client  kubernetes.Interface
	started time.Time
	outcome Outcome

	namespace *corev1.Namespace // nil if this run did not create it

	lock       *runlock.Lock // nil before the lock step, and if Leases are forbidden
	unfinished bool          // the release is pending, so the next run must take over

	capabilities *chartutil.Capabilities // of the cluster, read once
	rendered     chart.Rendered          // the objects to watch
	redactor     *redact.Redactor
	watch        *watch.Watcher // nil until something is installed
}

func newRun(e *Engine, plan Plan, emitter *event.Emitter, end context.CancelCauseFunc) (*run, error) {
	client, err := e.Access.Client()
	if err != nil {
		return nil, err
	}
	return &run{
		Emitter: emitter, engine: e, plan: plan, end: end, client: client,
		started: time.Now(), redactor: redact.New(plan.Secrets),
	}, nil
}

// fail ends the run because of a fault; the first fault is reported.
func (r *run) fail(f *diagnose.Fault) {
	if r.watch != nil && r.watch.Adapt != nil {
		r.watch.Adapt(f)
	}
	r.end(f)
}

func (r *run) close(ctx context.Context) {
	releaseLock(ctx, r.lock, r.unfinished)
	if r.watch != nil {
		r.watch.Stop()
	}
	r.Emitter.Close()
}

// readRelease reads the release even after the run's context was cancelled.
func (r *run) readRelease(ctx context.Context) {
	ctx, cancel := context.WithTimeout(afterwards(ctx), closingTime)
	defer cancel()
	if release, err := r.engine.Release(ctx, r.plan.Namespace, r.plan.Release); err == nil {
		r.outcome.Release = release
		r.unfinished = release != nil && release.Pending()
	}
}

// readCapabilities reads the cluster's version and API versions once.
func (r *run) readCapabilities(ctx context.Context) error {
	client, err := r.engine.Access.Getter().ToDiscoveryClient()
	if err != nil {
		return err
	}
	var found *chartutil.Capabilities
	err = await(ctx, func() error { // discovery takes no context
		var err error
		found, err = capabilitiesOf(client)
		return err
	})
	if err == nil {
		r.capabilities = found
	}
	return err
}

func capabilitiesOf(client discovery.CachedDiscoveryInterface) (*chartutil.Capabilities, error) {
	client.Invalidate()
	version, err := client.ServerVersion()
	if err != nil {
		return nil, transport.WithoutURL(err)
	}
	versions, err := action.GetVersionSet(client)
	if err != nil {
		return nil, transport.WithoutURL(err)
	}
	return &chartutil.Capabilities{
		KubeVersion: chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor},
		APIVersions: versions,
		HelmVersion: chartutil.DefaultCapabilities.HelmVersion,
	}, nil
}
