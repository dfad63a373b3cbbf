package install

import (
	"context"

	"helm.sh/helm/v3/pkg/action"
	helmchart "helm.sh/helm/v3/pkg/chart"
	helmrelease "helm.sh/helm/v3/pkg/release"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/watch"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

const maxHistory = 10 // Helm's default

// releaseStep installs or upgrades with Helm and watches the objects.
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
	r.watch = watch.New(watch.Config{
		Client: r.client, Namespace: r.plan.Namespace, Objects: r.rendered.Objects, Redactor: r.redactor, Emit: r.Emit,
		Fail: r.fail,
	})
	r.watch.Start(ctx)
	config, err := r.engine.writeConfig(ctx, r.plan.Namespace, &helmWaiter{run: r, ctx: ctx})
	if err != nil {
		return err
	}
	config.Capabilities = r.capabilities

	stop := context.AfterFunc(ctx, func() {
		if interruption(ctx) != nil {
			r.Emit(event.Notice{Text: "stopping: what was created stays and pods keep running; the next run continues"})
		}
	})
	defer stop()
	r.unfinished = true // until the release is read again
	done := make(chan error, 1)
	gate := &renderGate{}
	go func() { done <- r.helm(ctx, config, gate) }()
	err = gate.wait(ctx, done, renderTime) // Helm returns soon after ctx is done: see helmClient
	r.readRelease(ctx)
	if err != nil {
		return r.helmError(err)
	}
	return nil
}

// helm installs or upgrades. The action does not get the run's context, because
// a cancelled action continues in the background; its waits do.
func (r *run) helm(ctx context.Context, config *action.Configuration, gate *renderGate) error {
	ctx = context.WithoutCancel(ctx)
	return r.plan.Chart.WithHelm(func(loaded *helmchart.Chart) error {
		do := r.helmInstall
		if r.outcome.Upgraded() {
			do = r.helmUpgrade
		}
		stored, err := do(ctx, config, gate, loaded)
		if stored != nil {
			r.outcome.Release = newRelease(stored)
		}
		return err
	})
}

func (r *run) helmUpgrade(
	ctx context.Context,
	config *action.Configuration,
	gate *renderGate,
	loaded *helmchart.Chart,
) (*helmrelease.Release, error) {
	return r.newUpgrade(config, gate).RunWithContext(ctx, r.plan.Release, loaded, r.helmValues())
}

func (r *run) newUpgrade(config *action.Configuration, gate *renderGate) *action.Upgrade {
	upgrade := action.NewUpgrade(config)
	upgrade.Namespace = r.plan.Namespace
	upgrade.Wait, upgrade.Timeout = true, r.plan.Timeout
	upgrade.ResetValues = true // exactly the plan's values: reused ones break when zenml: becomes server:
	upgrade.MaxHistory = maxHistory
	upgrade.PostRenderer = gate
	return upgrade
}

func (r *run) helmInstall(
	ctx context.Context,
	config *action.Configuration,
	gate *renderGate,
	loaded *helmchart.Chart,
) (*helmrelease.Release, error) {
	return r.newInstall(config, gate).RunWithContext(ctx, loaded, r.helmValues())
}

func (r *run) newInstall(config *action.Configuration, gate *renderGate) *action.Install {
	install := action.NewInstall(config)
	install.Namespace, install.ReleaseName = r.plan.Namespace, r.plan.Release
	install.Wait, install.Timeout = true, r.plan.Timeout
	install.PostRenderer = gate
	install.Replace = r.outcome.Before != nil // only the history of an uninstalled release
	return install
}

// helmValues returns the plan's values for Helm, which may change them.
func (r *run) helmValues() map[string]any { return tree.Clone(r.plan.Values) }
