package cmd

import (
	"context"
	"time"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// apply installs what was prepared.
func (u *setup) apply(
	ctx context.Context,
	p *prepared,
	timeout time.Duration,
	observe event.Observer,
) (install.Outcome, error) {
	secrets, err := p.secrets(u)
	if err != nil {
		return install.Outcome{}, err
	}
	return u.engine.Apply(ctx, install.Plan{
		Release: u.answers.Cluster.Release, Namespace: u.answers.Cluster.Namespace,
		Chart: p.chart, Values: p.document.Map,
		Secrets: secrets, GeneratedKeys: values.GeneratedKeys(u.answers),
		CreateNamespace: true, Timeout: timeout,
	}, observe)
}
