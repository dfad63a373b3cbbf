package install

import (
	"context"
	"time"

	"k8s.io/client-go/kubernetes"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chartutil"
)

// run is one Apply under way.
type run struct {
	*emitter
	engine  *Engine
	plan    Plan
	parent  context.Context // the caller's
	ctx     context.Context // the caller's, with the plan's time, and ended by a fault
	end     context.CancelCauseFunc
	free    func() // frees the timer of ctx
	client  kubernetes.Interface
	started time.Time
	outcome Outcome

	capabilities *chartutil.Capabilities // of the cluster, read once
	rendered     Rendered                // what the plan will make, to know what to watch
	mask         *mask
	watch        *watcher // nil until the release step
}

func newRun(ctx context.Context, e *Engine, plan Plan, observe Observer) (*run, error) {
	client, err := e.Access.Client()
	if err != nil {
		return nil, err
	}
	r := &run{emitter: newEmitter(observe), engine: e, plan: plan, parent: ctx, client: client, started: time.Now()}
	timed, free := context.WithTimeout(ctx, plan.Timeout)
	r.free = free
	r.ctx, r.end = context.WithCancelCause(timed)
	r.mask = newMask(plan.Secrets)
	return r, nil
}

// context is what steps work under.
func (r *run) context() context.Context { return r.ctx }

// fail ends the run because of a fault; the first fault counts.
func (r *run) fail(f *Fault) { r.end(f) }

func (r *run) close() {
	if r.watch != nil {
		r.watch.stop()
	}
	r.end(nil)
	r.free()
}

// readRelease reads the release even after the run's context has ended.
func (r *run) readRelease() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.parent), 15*time.Second)
	defer cancel()
	if release, err := r.engine.Release(ctx, r.plan.Namespace, r.plan.Release); err == nil {
		r.outcome.Release = release
	}
}

// readCapabilities asks the cluster once for its version and API versions.
func (r *run) readCapabilities() error {
	discovery, err := r.engine.Access.Getter().ToDiscoveryClient()
	if err != nil {
		return err
	}
	discovery.Invalidate()
	version, err := discovery.ServerVersion()
	if err != nil {
		return bare(err)
	}
	versions, err := action.GetVersionSet(discovery)
	if err != nil {
		return bare(err)
	}
	r.capabilities = &chartutil.Capabilities{
		KubeVersion: chartutil.KubeVersion{Version: version.GitVersion, Major: version.Major, Minor: version.Minor},
		APIVersions: versions,
		HelmVersion: chartutil.DefaultCapabilities.HelmVersion,
	}
	return nil
}
