// Package wizard is the guided install: the screens on a terminal. It asks,
// shows and decides nothing else; everything that touches a cluster, a file
// or a browser is done by the Engine, which the command line implements. The
// line prompter (wizard/prompt) leads through the same install in plain lines.
package wizard

import (
	"context"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// Engine is what the guided install needs done. Its methods are called from
// other goroutines than the screens' own, several at a time, and end soon
// after their context does.
type Engine interface {
	// Contexts lists the contexts of the kubeconfig.
	Contexts(ctx context.Context) ([]kube.Context, error)
	// Describe asks the cluster, the namespace and the release that the
	// answers name about themselves.
	Describe(ctx context.Context, a answers.Answers) (Target, error)
	// Suggest returns ready answers that can be chosen; none is fine.
	Suggest(ctx context.Context) []question.Suggestion
	// Readable says why what a source on this machine names cannot be read; it
	// does not look into the cluster.
	CheckSource(ctx context.Context, s answers.Source) error
	// Notices says what Preflight may write into accounts outside the cluster
	// for a moment. It asks nobody. The answers have no defaults filled in,
	// here and below.
	Notices(a answers.Answers) []string
	// Preflight makes the checks. They write what the notices say only when
	// the person has agreed to it.
	Preflight(ctx context.Context, a answers.Answers, agreed bool, observe check.Observer) (check.Report, error)
	// Prepare makes the plan of an install. The error may hold answers.Faults:
	// then the person is led to the first of them.
	Prepare(ctx context.Context, a answers.Answers) (Plan, error)
	// Connect opens the way to the installed server and returns when the
	// server answers through it. The tunnel lasts until it is closed or ctx
	// ends; notices ("lost the pod, connected again") go to observe.
	Connect(ctx context.Context, a answers.Answers, observe event.Observer) (Tunnel, error)
	// Activate returns when the server at url is activated. With
	// admin.activate auto it does that itself; else it waits until the person
	// has done it.
	Activate(ctx context.Context, a answers.Answers, url string) error
	// OpenBrowser opens url, or says why it cannot.
	OpenBrowser(ctx context.Context, url string) error
}

// Plan is a prepared install.
type Plan interface {
	// Review is what the person sees of it.
	Review() Review
	// WriteValues writes the values file, with mode 0600. Without overwrite it
	// returns an error that is fs.ErrExist when the file is there with other
	// content.
	WriteValues(path string, overwrite bool) error
	// Install does it. Closing ctx asks it to stop after the current step; it
	// returns only when nothing is at work any more.
	Install(ctx context.Context, observe event.Observer) (install.Outcome, error)
}

// Review is what is shown of a plan before it is carried out.
type Review struct {
	Sentences []string // what will be done, in order
	Changes   []string // of an upgrade: one line a value of the release in use that becomes another one
	Values    string   // the values file with its secrets masked
	Sensitive bool     // the values file itself holds a secret
	Chart     string   // name and version: "zenml 0.98.1"
	Commands  []string // the commands that would do the same
}

// Tunnel is an open way to the server.
type Tunnel interface {
	URL() string // "http://127.0.0.1:8080"
	// Done is closed when the tunnel has ended for good; Err says why.
	Done() <-chan struct{}
	Err() error
	Close()
}
