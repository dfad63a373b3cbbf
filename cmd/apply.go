package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/typical"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/redact"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/version"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// application is the input of apply.
type application struct {
	prepared     *prepared
	reviewed     install.Reviewed // the state when it was prepared
	from         *install.Release // that it upgrades, or nil
	timeout      time.Duration
	waitForOther bool
	checks       check.Options
}

// apply installs a prepared plan.
func (u *setup) apply(ctx context.Context, a application, observe event.Observer) (install.Outcome, error) {
	plan, err := a.plan(u)
	if err != nil {
		return install.Outcome{}, err
	}
	end := func() bool { return a.prepared.activatesItself() }
	if a.prepared.isActivatedByInstaller() {
		end = u.activateEarly(ctx)
	}
	observe, done := u.record("install", plan.Secrets, observe)
	defer done()
	if err := a.prepared.close(&plan); err != nil {
		return install.Outcome{}, err
	}
	recorder := durations().Start(a.kind(), observe)
	outcome, err := u.engine.Apply(ctx, plan, recorder.Observe)
	if err == nil {
		recorder.Succeeded(outcome.Duration)
	}
	u.closed = end() || !isFirstInstall(outcome) || a.prepared.staged
	if outcome.Release != nil && !u.closed {
		err = u.ifOpen(ctx, err)
	}
	if err == nil && a.prepared.isOpened {
		err = u.engine.ForgetOpening(ctx, plan.Namespace, plan.Release)
	}
	return outcome, err
}

// kind returns what the run does, as far as its duration depends on it.
func (a application) kind() typical.Kind {
	run := typical.Run{Upgrade: a.from != nil && !isFirstRun(a.from),
		Database: a.prepared.answers.Complete().Database.Type}
	run.NewVersion = run.Upgrade && a.from.ChartVersion != a.prepared.chart.Info.Version
	return run.Kind()
}

// durations is the file that keeps how long the steps of earlier runs took.
func durations() typical.File {
	return typical.File(filepath.Join(xdg.StateHome, "zenml-installer", "durations.json"))
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

// opening is how a server becomes reachable from outside the cluster.
type opening struct {
	staged   bool        // it is installed closed, and opened after its activation
	isOpened bool        // the install opens a server that is closed
	jwt      secret.Text // the chart's own key, which must stay the same; may be empty
}

// planOpening decides whether the server is installed closed, and verifies that it
// can be.
func (p *prepared) planOpening(ctx context.Context, u *setup, known surroundings) error {
	p.jwt = known.jwt
	p.staged = known.online && u.opensAfterActivation(p, known)
	p.isOpened = known.closed && !p.staged
	if !p.staged {
		return nil
	}
	if p.jwt.Empty() {
		p.jwt = answers.GenerateKey()
	}
	objects, err := u.render(ctx, p.chart, values.Closed(p.document.WithJWTKey(p.jwt)))
	if err != nil {
		return err
	}
	if exposing := values.Exposing(objects); len(exposing) > 0 {
		return usage(u.file.Locate(answers.Faults{{Key: "expose.after",
			Summary: "the server cannot be installed closed: the chart renders " + strings.Join(exposing, ", "),
			Remedy:  "set expose.after to immediately, or remove what exposes it from values"}}))
	}
	return nil
}

// opensAfterActivation reports whether a new server is exposed only after its
// activation: if the answers ask for it, where the installer activates it, and in the
// guided install. A server that activates itself is never unclaimed.
func (u *setup) opensAfterActivation(p *prepared, known surroundings) bool {
	expose, r := u.answers.Expose, known.release
	isNew := r == nil || r.Gone() || isFirstRun(r)
	switch {
	case expose.Type == answers.PortForward, expose.After == answers.Immediately, !isNew && !known.closed:
		return false
	case expose.After == answers.AfterActivation, known.closed:
		return true
	}
	return p.isActivatedByInstaller() || u.guided && u.answers.Admin.Activate == answers.ActivateBrowser
}

// close makes the plan of a staged install the one of a closed server.
func (p *prepared) close(plan *install.Plan) error {
	if jwt := p.jwtSecret(plan.Release); jwt != nil {
		plan.GeneratedKeys = append(plan.GeneratedKeys, answers.SecretRef{Name: jwt.Name, Key: jwtKey})
	}
	if !p.staged {
		return nil
	}
	kept, err := install.OpeningSecret(plan.Release, plan.Values)
	if err != nil {
		return err
	}
	plan.Secrets = append(slices.Clip(plan.Secrets), kept)
	plan.Values = values.Closed(plan.Values)
	return nil
}

// The Secret with the key that the installer gives to the chart.
const (
	jwtSuffix = "-jwt"
	jwtKey    = "jwt-secret-key"
)

// jwtSecret returns the Secret that keeps the chart's own key, or nil.
func (p *prepared) jwtSecret(release string) *corev1.Secret {
	if p.jwt.Empty() {
		return nil
	}
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: release + jwtSuffix, Labels: manifest.Labels(release)},
		Data:       map[string][]byte{jwtKey: []byte(p.jwt.Reveal())},
	}
}

// keptJWTKey returns the key that a previous install gave to the chart, if any.
func (u *setup) keptJWTKey(kept []corev1.Secret) secret.Text {
	for _, s := range kept {
		if s.Name == u.answers.Cluster.Release+jwtSuffix {
			return secret.New(string(s.Data[jwtKey]))
		}
	}
	return secret.Text{}
}

// open exposes a closed server that is activated, and reports whether it did. It
// stays closed while anybody could become its admin.
func (u *setup) open(
	ctx context.Context, timeout time.Duration, client zenml.Client, observe event.Observer,
) (bool, error) {
	at := u.answers.Cluster
	closed, err := u.engine.Closed(ctx, at.Namespace, at.Release)
	if err != nil || !closed {
		return false, err
	}
	info, err := client.Info(ctx)
	if err != nil || !info.Active {
		return false, err
	}
	observe, done := u.record("open", nil, observe)
	defer done()
	_, err = u.engine.Open(ctx, at.Namespace, at.Release, timeout, observe)
	if err != nil {
		return false, fmt.Errorf("the server is activated, but still closed: %w. Open it with `%s`", err,
			u.connectCommand(""))
	}
	return true, nil
}

// isClosed reports whether the release is not exposed yet.
func (u *setup) isClosed(ctx context.Context) bool {
	closed, err := u.engine.Closed(ctx, u.answers.Cluster.Namespace, u.answers.Cluster.Release)
	return err == nil && closed
}

// closedSentence says what a closed server waits for.
func (u *setup) closedSentence() string {
	return "The server is not exposed until it is activated. Activate and expose it with `" + u.connectCommand("") + "`."
}
