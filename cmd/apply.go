package cmd

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/version"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// application is the input of apply.
type application struct {
	prepared     *prepared
	reviewed     install.Reviewed // the state when it was prepared
	timeout      time.Duration
	waitForOther bool
	checks       check.Options
}

// apply installs a prepared plan.
func (u *setup) apply(ctx context.Context, a application, observe event.Observer) (install.Outcome, error) {
	secrets, err := a.prepared.secrets(u)
	if err != nil {
		return install.Outcome{}, err
	}
	end := func() bool { return a.prepared.activatesItself() }
	if a.prepared.isActivatedByInstaller() {
		end = u.activateEarly(ctx)
	}
	observe, done := u.record("install", secrets, observe)
	defer done()
	outcome, err := u.engine.Apply(ctx, install.Plan{
		Release: u.answers.Cluster.Release, Namespace: u.answers.Cluster.Namespace,
		Chart: a.prepared.chart, Values: a.prepared.document.Map,
		Secrets: secrets, GeneratedKeys: values.GeneratedKeys(u.answers), Reviewed: &a.reviewed, Database: u.databaseState,
		CreateNamespace: true, Timeout: a.timeout, WaitForOther: a.waitForOther, Probe: u.probe(a.checks),
	}, observe)
	u.closed = end() || !isFirstInstall(outcome)
	if outcome.Release != nil && !u.closed {
		err = u.ifOpen(ctx, err)
	}
	return outcome, err
}

// record keeps the steps of a command in the journal of the release. Without a
// journal the command runs all the same.
func (u *setup) record(command string, secrets []corev1.Secret, observe event.Observer) (event.Observer, func()) {
	kept, err := journals().Open(u.journalTarget(), command, version.String(), redact.New(secrets))
	if err != nil {
		return observe, func() {}
	}
	return kept.Observe(observe), kept.Close
}

// isOutdated reports whether the release, a key or something else has changed after this
// run was prepared, so that it must be prepared again.
func isOutdated(err error) bool {
	var changed *install.ChangedError
	var conflict *install.KeyConflictError
	return errors.As(err, &changed) || errors.As(err, &conflict)
}
