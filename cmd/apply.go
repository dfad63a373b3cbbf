package cmd

import (
	"context"
	"errors"
	"time"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// application is how a prepared install is carried out.
type application struct {
	prepared     *prepared
	reviewed     install.Reviewed // the release that it was prepared for
	timeout      time.Duration
	waitForOther bool
}

// apply installs what was prepared.
func (u *setup) apply(ctx context.Context, a application, observe event.Observer) (install.Outcome, error) {
	secrets, err := a.prepared.secrets(u)
	if err != nil {
		return install.Outcome{}, err
	}
	return u.engine.Apply(ctx, install.Plan{
		Release: u.answers.Cluster.Release, Namespace: u.answers.Cluster.Namespace,
		Chart: a.prepared.chart, Values: a.prepared.document.Map,
		Secrets: secrets, GeneratedKeys: values.GeneratedKeys(u.answers), Reviewed: &a.reviewed,
		CreateNamespace: true, Timeout: a.timeout, WaitForOther: a.waitForOther,
	}, observe)
}

// isOutdated reports whether another run changed the release or a key after this
// one was prepared, so that it has to be prepared again.
func isOutdated(err error) bool {
	var changed *install.ChangedError
	var conflict *install.KeyConflictError
	return errors.As(err, &changed) || errors.As(err, &conflict)
}
