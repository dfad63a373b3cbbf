package cmd

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/render/importer"
	"github.com/zenml-installer/zenml-installer/render/values"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// chooseActivation returns the answers with the way of activation, unless they
// name it. A new server activates itself where the chart can, because then
// nobody can claim it first. An existing release keeps its way, because another
// one would restart it.
func (u *setup) chooseActivation(c chartinfo.Info, release *install.Release) answers.Answers {
	a, admin := u.file.Answers, u.answers.Admin
	if admin.Activate != answers.ActivateAuto || admin.Through != "" || admin.ServerName != "" ||
		!u.logsInByPassword() || !values.CanActivateItself(c) {
		return a
	}
	if release == nil || release.Gone() || activatesItself(release) {
		a.Admin.Through = answers.ThroughEnvironment
	}
	return a
}

// activatesItself reports whether the server of a release activates itself.
func activatesItself(r *install.Release) bool {
	imported := importer.Import(r.Values, chartinfo.Info{Name: r.Chart, Version: r.ChartVersion})
	return imported.Answers.Admin.Through == answers.ThroughEnvironment
}

// activatesItself reports whether the server activates itself from its
// environment.
func (p *prepared) activatesItself() bool {
	return p.answers.Admin.Activate == answers.ActivateAuto && p.answers.Admin.Through == answers.ThroughEnvironment
}

// isActivatedByInstaller reports whether the installer activates the server
// through its API.
func (p *prepared) isActivatedByInstaller() bool {
	return p.answers.Admin.Activate == answers.ActivateAuto && p.answers.Admin.Through != answers.ThroughEnvironment
}

// logsInByPassword reports whether users log in with a password.
func (u *setup) logsInByPassword() bool {
	scheme := u.answers.Server.Auth.Scheme
	return scheme != "EXTERNAL" && scheme != "NO_AUTH"
}

// activateEarly activates the server through its API as soon as it listens, while
// the install waits until it is ready. The returned function ends the attempt and
// reports whether the server is activated. Errors are not reported: the
// activation after the install repeats it.
func (u *setup) activateEarly(ctx context.Context) (end func() bool) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan bool, 1)
	go func() {
		password, err := u.adminPassword(ctx)
		if err != nil || answers.AdminPassword(password.Reveal()) != "" || !u.logsInByPassword() {
			done <- false
			return
		}
		done <- u.activateStarting(ctx, zenml.Activation{
			ServerName: u.answers.Admin.ServerName, Username: u.answers.Admin.Username, Password: password,
		})
	}()
	return func() bool { cancel(); return <-done }
}

// activateStarting forwards a port to the first pod that runs, and repeats the
// activation until the server answers. It reports whether the server is active.
func (u *setup) activateStarting(ctx context.Context, activation zenml.Activation) bool {
	var tunnel *connect.Tunnel
	err := poll.Until(ctx, pauseWithoutPod, func() (bool, error) {
		var err error
		tunnel, err = u.engine.Forward(ctx, connect.ForwardRequest{
			Namespace: u.answers.Cluster.Namespace, Release: u.answers.Cluster.Release, Starting: true,
		}, nil)
		var refused *connect.RefusedError
		if errors.As(err, &refused) {
			return false, err
		}
		return err == nil, nil
	})
	if err != nil {
		return false
	}
	defer tunnel.Close()
	err = poll.Until(ctx, pauseWhileStarting, func() (bool, error) {
		err := zenml.Client{Base: tunnel.URL()}.Activate(ctx, activation)
		return err == nil || errors.Is(err, zenml.ErrAlreadyActive), nil
	})
	return err == nil
}

// connectEarly connects to the first pod of the install that answers, while the
// install waits until it is ready.
func (u *setup) connectEarly(
	ctx context.Context, port int, observe event.Observer, answered func(context.Context, *connect.Tunnel, zenml.Info),
) *connect.Early {
	at := u.answers.Cluster
	return connect.StartEarly(ctx, u.cluster, connect.EarlyRequest{
		ForwardRequest: connect.ForwardRequest{Namespace: at.Namespace, Release: at.Release},
		Open: func(ctx context.Context, r connect.ForwardRequest) (*connect.Tunnel, error) {
			return forwardOn(ctx, u.engine, r, port, observe)
		},
		Answered: answered,
	})
}

// answered reports that the server answers before it is ready, and opens the page
// where the user activates it.
func (e *engine) answered(u *setup, emitter *event.Emitter) func(context.Context, *connect.Tunnel, zenml.Info) {
	return func(ctx context.Context, t *connect.Tunnel, info zenml.Info) {
		emitter.Emit(event.Notice{Text: fmt.Sprintf("ZenML %s answers at %s; waiting until its pod is ready", info.Version,
			t.URL())})
		if u.answers.Admin.Activate != answers.ActivateBrowser || e.OpenBrowser(ctx, t.URL()) != nil {
			return // the screen of the connection opens it, or says why not
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.opened = t.URL()
	}
}

// answered reports that the server answers before it is ready, and opens its page.
func (o *installOptions) answered(u *setup, n *narrate.Narrator) func(context.Context, *connect.Tunnel, zenml.Info) {
	return func(ctx context.Context, t *connect.Tunnel, info zenml.Info) {
		n.Printf("  %s ZenML %s answers at %s; waiting until its pod is ready", display.GlyphBullet, info.Version, t.URL())
		c := o.connection()
		switch {
		case info.Active:
			u.openPage(ctx, c, t.URL())
		case u.answers.Admin.Activate == answers.ActivateBrowser:
			u.openPage(ctx, c, t.URL()+activationPath)
		}
		o.opened = c.open && (info.Active || u.answers.Admin.Activate == answers.ActivateBrowser)
	}
}

const (
	pauseWithoutPod    = 200 * time.Millisecond // between two looks for a pod
	pauseWhileStarting = 50 * time.Millisecond  // between two attempts to activate
)

// openServerError means that the run ended before the server was activated.
type openServerError struct {
	remedy string
	err    error
}

func (e *openServerError) Error() string {
	if errors.Is(e.err, context.Canceled) {
		return "interrupted before the server was activated.\n" + e.remedy
	}
	return fmt.Sprintf("%v.\n%s", e.err, e.remedy)
}

func (e *openServerError) Unwrap() error { return e.err }

// ifOpen adds to an error of a first install that the server may be open, and how
// to close it.
func (u *setup) ifOpen(ctx context.Context, err error) error {
	if err == nil || !u.hasDeployment(ctx) {
		return err
	}
	return &openServerError{err: err, remedy: fmt.Sprintf("The server may be running without an admin: the first "+
		"person to reach it becomes the admin. Close it with:\n  %s\nOr activate it with:\n  %s",
		u.kubectl("scale", "deployment", "-l", manifest.LabelInstance+"="+u.answers.Cluster.Release, "--replicas=0"),
		u.connectCommand(""))}
}

// hasDeployment reports whether the release has a Deployment, also if that
// cannot be found out. It works after ctx was cancelled.
func (u *setup) hasDeployment(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	client, err := u.cluster.Client()
	if err != nil {
		return true
	}
	found, err := client.AppsV1().Deployments(u.answers.Cluster.Namespace).List(ctx,
		metav1.ListOptions{LabelSelector: manifest.LabelInstance + "=" + u.answers.Cluster.Release})
	return err != nil || len(found.Items) > 0
}
