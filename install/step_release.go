package install

import (
	"context"

	"helm.sh/helm/v3/pkg/action"
	helmrelease "helm.sh/helm/v3/pkg/release"
)

const maxHistory = 10 // revisions kept, Helm's own default

// releaseStep lets Helm install or upgrade, and watches what comes of it.
type releaseStep struct{}

func (releaseStep) name() string { return "release" }

func (releaseStep) title(r *run) string {
	what := r.plan.Chart.Info.Name + " " + r.plan.Chart.Info.Version
	if r.outcome.Upgraded() {
		return "upgrade release " + r.plan.Release + " to " + what
	}
	return "install release " + r.plan.Release + " from " + what
}

func (releaseStep) run(ctx context.Context, r *run) error {
	r.watch = newWatcher(r)
	r.watch.start(ctx)
	config, err := r.engine.writeConfig(r.plan.Namespace, &helmWaiter{run: r, ctx: ctx})
	if err != nil {
		return err
	}
	config.Capabilities = r.capabilities

	stop := context.AfterFunc(ctx, func() {
		if interruption(ctx) != nil {
			r.emit(Notice{Text: "stopping after the current step"})
		}
	})
	defer stop()
	done := make(chan error, 1)
	go func() { done <- r.helm(ctx, config) }()
	err = <-done // Helm ends soon after ctx does: see helmClient
	r.readRelease(ctx)
	if err != nil {
		return r.helmError(err)
	}
	return nil
}

// helm runs the action that fits what is there. It is not given the end of the
// run's context: a cancelled action would go on in the background. Its waits
// are.
func (r *run) helm(ctx context.Context, config *action.Configuration) error {
	ctx = context.WithoutCancel(ctx)
	r.plan.Chart.mu.Lock()
	defer r.plan.Chart.mu.Unlock()
	values := copyMap(r.plan.Values)
	var err error
	var stored *helmrelease.Release
	if r.outcome.Upgraded() {
		upgrade := action.NewUpgrade(config)
		upgrade.Namespace = r.plan.Namespace
		upgrade.Wait, upgrade.Timeout = true, r.plan.Timeout
		upgrade.ResetValues = true // exactly the plan's values; reused ones break across the rename of zenml: to server:
		upgrade.MaxHistory = maxHistory
		stored, err = upgrade.RunWithContext(ctx, r.plan.Release, r.plan.Chart.helm, values)
	} else {
		install := action.NewInstall(config)
		install.Namespace, install.ReleaseName = r.plan.Namespace, r.plan.Release
		install.Wait, install.Timeout = true, r.plan.Timeout
		install.Replace = r.outcome.Before != nil // only the history of an uninstalled release
		stored, err = install.RunWithContext(ctx, r.plan.Chart.helm, values)
	}
	if stored != nil {
		r.outcome.Release = newRelease(stored)
	}
	return err
}
