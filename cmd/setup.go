package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/go-containerregistry/pkg/authn"
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// setup is a set of answers with access to what they refer to. Expensive parts
// are lazy and cached.
type setup struct {
	streams Streams
	common  common
	file    answers.File
	answers answers.Answers // with defaults
	local   answers.Local
	cluster *kube.Access
	engine  *install.Engine

	plainHTTP  bool
	keyring    string // if the chart's provenance file is verified
	program    string // the name of this program, as called
	kubeconfig string // the file given by --kubeconfig; empty for kubectl's default

	closed bool // nobody outside the cluster can claim the server that was installed
	guided bool // the user is asked and can activate the server in the browser

	existingKeys []corev1.Secret // keys in the output that will be replaced

	load  loader
	chart func(context.Context) (*chart.Chart, error)

	// What is installed before the release.
	prerequisites func(context.Context) (prerequisites, error)

	// The prepared install: for a values file, without failing if the cluster
	// is unreachable, and for an install.
	prepareOffline, prepareTentative, prepare func(context.Context) (*prepared, error)
}

// loader pulls a chart, as chart.Load does.
type loader func(context.Context, chart.Source) (*chart.Chart, error)

// newSetup prepares what the answers need. It makes no requests yet.
func newSetup(s Streams, c common, file answers.File, load loader) *setup {
	u := &setup{streams: s, common: c, file: file, answers: file.Complete(), local: c.local(s, file),
		cluster:   kube.New(c.kube),
		plainHTTP: c.plainHTTP, keyring: c.signature.verification(s).Keyring, kubeconfig: *c.kube.KubeConfig, program: s.program()}
	if name := u.answers.Cluster.Context; name != "" && name != *c.kube.Context {
		u.cluster = u.cluster.WithContext(name)
	}
	u.engine, u.load = &install.Engine{Access: u.cluster}, load
	u.prerequisites = memoize(u.findPrerequisites)
	u.chart = memoize(func(ctx context.Context) (*chart.Chart, error) {
		return load(ctx, chart.Source{Ref: u.answers.Chart.Ref, Version: u.answers.Chart.Version,
			PlainHTTP: c.plainHTTP, Verify: c.signature.verification(s), Renderer: s.Renderer})
	})
	with := func(gather settingsSource) func(context.Context) (*prepared, error) {
		return memoize(func(ctx context.Context) (*prepared, error) { return prepareWith(ctx, u, gather) })
	}
	u.prepareOffline, u.prepareTentative, u.prepare = with(u.offline), with(u.tentative), with(u.online)
	return u
}

// orDeployed makes the setup use the chart that Helm keeps with the release if the default
// chart cannot be loaded, for example without internet access.
func (u *setup) orDeployed() *setup {
	pull := u.chart
	u.chart = memoize(func(ctx context.Context) (*chart.Chart, error) {
		found, err := pull(ctx)
		if err == nil || ctx.Err() != nil || !u.mayReplaceChart(err) {
			return found, err
		}
		kept, failed := u.deployedChart(ctx)
		if failed != nil || kept == nil || !(chart.Source{Version: u.answers.Chart.Version}).Allows(kept.Info.Version) {
			return nil, err //nolint:nilerr // why the chart cannot be loaded says more
		}
		kept.Info.Instead = fmt.Sprintf("%v; %s is used, which Helm keeps with release %s",
			chart.WithRemedy(err), kept.Info, u.answers.Cluster.Release)
		return kept, nil
	})
	return u
}

// mayReplaceChart reports whether a command may do without the chart after this error: it
// is about the default chart, no signature is verified, and the chart cannot be pulled from
// here.
func (u *setup) mayReplaceChart(err error) bool {
	var source *chart.SourceError
	if u.answers.Chart.Ref != answers.DefaultChart || u.common.signature.verify || !errors.As(err, &source) {
		return false
	}
	return slices.Contains([]chart.Reason{chart.ReasonUnreachable, chart.ReasonUnauthorized, chart.ReasonExpired,
		chart.ReasonUntrusted}, source.Reason)
}

// deployedChart returns the chart that Helm keeps with the release, or nil.
func (u *setup) deployedChart(ctx context.Context) (*chart.Chart, error) {
	release, err := u.engine.Release(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	if err != nil || release == nil || release.Gone() {
		return nil, err
	}
	return chartOf(release), nil
}

// chartOf returns the chart that Helm keeps with a release, or nil if that is not a
// complete ZenML chart.
func chartOf(release *install.Release) *chart.Chart {
	kept := release.KeptChart()
	if kept == nil {
		return nil
	}
	if _, err := kept.Info.Layout(); err != nil {
		return nil
	}
	return kept
}

// with returns the setup of other answers for the same target.
func (u *setup) with(a answers.Answers) *setup {
	return newSetup(u.streams, u.common, answers.File{Name: u.file.Name, Answers: a}, chart.Load).orDeployed()
}

// login gets the cluster's credentials before the screens start, because a
// credential plugin may prompt for a code or a passphrase. Without a terminal
// the plugin runs on the first request.
func (u *setup) login(ctx context.Context, s Streams) error {
	if !s.Interactive() {
		return nil
	}
	_, err := u.cluster.Login(ctx, kube.Terminal{In: s.In, Err: destination(s.Err)})
	return err
}

// checksEnv is the environment of the preflight checks.
func (u *setup) checksEnv(port int) *check.Env {
	return &check.Env{
		Answers: u.answers, Cluster: u.cluster, Local: u.local,
		Chart: func(ctx context.Context) (chartinfo.Info, error) {
			c, err := u.chart(ctx)
			if err != nil {
				return chartinfo.Info{}, chart.WithRemedy(err)
			}
			return c.Info, nil
		},
		Rendered:     u.rendered,
		Prerequisite: u.checkPrerequisite,
		Bundle:       u.common.bundle.supply(),
		Port:         preferredPort(port),
		PortChosen:   port != 0,
		PlainHTTP:    u.plainHTTP,
		Keychain:     authn.DefaultKeychain,
	}
}

// memoize caches the first result or error, unless its context was cancelled.
// Concurrent callers wait until their own context is done.
func memoize[T any](ask func(context.Context) (T, error)) func(context.Context) (T, error) {
	turn := make(chan struct{}, 1)
	var value T
	var failed error
	var known bool
	return func(ctx context.Context) (T, error) {
		select {
		case turn <- struct{}{}:
			defer func() { <-turn }()
		case <-ctx.Done():
			var none T
			return none, context.Cause(ctx)
		}
		if known {
			return value, failed
		}
		v, err := ask(ctx)
		if ctx.Err() == nil {
			value, failed, known = v, err, true
		}
		return v, err
	}
}
