// Package wizard is the guided install on a terminal. It only asks and
// displays: an Engine, which package cmd implements, accesses clusters, files
// and the browser. Package wizard/prompt runs the same install line by line.
package wizard

import (
	"context"
	"errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// Engine does the work of the guided install. Its methods may be called
// concurrently and return soon after their context is done.
type Engine interface {
	// Contexts lists the contexts of the kubeconfig.
	Contexts(ctx context.Context) ([]kube.Context, error)
	// Releases lists the releases of the ZenML chart in the cluster of the answers, or only
	// those in the namespace and with the name that they give. It returns none if the
	// credential plugin of the cluster might ask the user.
	Releases(ctx context.Context, a answers.Answers) []Found
	// Describe queries the cluster, the namespace and the release that the
	// answers name.
	Describe(ctx context.Context, a answers.Answers) (Target, error)
	// Find lists what the cluster has to choose from, by answers key. It returns
	// what can be listed.
	Find(ctx context.Context, a answers.Answers) (map[string][]answers.Option, error)
	// FindDatabase lists what the database server of the answers offers, by answers
	// key. It logs in, once, only if logIn is true. What it cannot find out is missing.
	FindDatabase(ctx context.Context, a answers.Answers, logIn bool) map[string][]answers.Option
	// Import returns the answers that give the settings of the release that the
	// answers name, and what it could not carry over.
	Import(ctx context.Context, a answers.Answers) (answers.Answers, []string, error)
	// Open reads an answers file, whose folder is the base of relative paths from
	// then on. The error names each fault.
	Open(ctx context.Context, name string) (answers.Answers, error)
	// Suggest returns sets of answers to choose from; it may return none.
	Suggest(ctx context.Context) []question.Suggestion
	// CheckSource reports why a local source cannot be read. It does not access
	// the cluster.
	CheckSource(ctx context.Context, s answers.Source) error
	// Notices lists what Preflight may write temporarily into accounts outside
	// the cluster. It makes no requests. The answers are without defaults, here
	// and below.
	Notices(a answers.Answers) []string
	// Preflight runs the checks. They write what the notices list only if the
	// user agreed.
	Preflight(ctx context.Context, a answers.Answers, agreed bool, observe check.Observer) (check.Report, error)
	// CheckStep runs the checks that the answers of a step decide, and reports to observe.
	// They only read. What the review needs later may be fetched meanwhile.
	CheckStep(ctx context.Context, a answers.Answers, step answers.Step, observe check.Observer)
	// PreviewValues returns the values file that the answers give so far, with its
	// secrets masked. It pulls the chart, but reads nothing in the cluster.
	PreviewValues(ctx context.Context, a answers.Answers) (string, error)
	// Prepare plans an install. If the error contains answers.Faults, the user
	// is taken to the first of them.
	Prepare(ctx context.Context, a answers.Answers) (Plan, error)
	// Connect opens a tunnel to the installed server and returns when the
	// server responds. The tunnel stays open until it is closed or ctx is done.
	// Notices ("lost the pod, connected again") go to observe.
	Connect(ctx context.Context, a answers.Answers, observe event.Observer) (Tunnel, error)
	// Activate returns when the server at url is activated. With admin.activate
	// auto it activates the server itself, otherwise it waits for the user to
	// do so. It then exposes a closed server and returns its address, else nil.
	Activate(ctx context.Context, a answers.Answers, url string) (*connect.Address, error)
	// AwaitAddress returns where other machines reach the server, once its certificate
	// is issued and nothing else is known that prevents it, or once ctx is done.
	AwaitAddress(ctx context.Context, a answers.Answers) connect.Address
	// SaveAnswers writes an answers file of mode 0600 that reads typed secrets from
	// environment variables. Without overwrite it returns fs.ErrExist if the file
	// exists with other content.
	SaveAnswers(path string, a answers.Answers, overwrite bool) (SavedAnswers, error)
	// EncryptionKeys reads the generated keys that encrypt the server's secrets.
	EncryptionKeys(ctx context.Context, a answers.Answers) ([]Key, error)
	// SaveKeys writes keys into a new file of mode 0600. It returns fs.ErrExist if
	// there is a file.
	SaveKeys(path string, keys []Key) error
	// Recover carries out a choice after a failed install, and says in a sentence
	// what it did.
	Recover(ctx context.Context, a answers.Answers, r Recovery, f Failure, observe event.Observer) (string, error)
	// OpenBrowser opens url in a browser.
	OpenBrowser(ctx context.Context, url string) error
}

// ErrOtherAdmin is wrapped by the error of Engine.Activate if the server was already
// activated with another account.
var ErrOtherAdmin = errors.New("the server was already activated with another account")

// Plan is a prepared install.
type Plan interface {
	// Review returns what the user sees of the plan.
	Review() Review
	// FileChanges lists how the values differ from those in an existing file, one
	// per line, with secrets masked. It is empty if there is no such file, or if
	// it has the same content.
	FileChanges(path string) []string
	// WriteValues writes the values file with mode 0600. Without overwrite it
	// returns fs.ErrExist if the file exists with other content.
	WriteValues(path string, overwrite bool) error
	// Install carries out the plan. Cancelling ctx interrupts the current step; it
	// returns when nothing is running any more.
	Install(ctx context.Context, observe event.Observer) (install.Outcome, error)
}

// Review describes a plan before it is carried out.
type Review struct {
	Sentences []string  // what will be done, in order
	Changes   []string  // of an upgrade: the values that change, one per line
	Values    string    // the values file with its secrets masked
	Sensitive bool      // the values file contains a secret
	Chart     string    // name and version: "zenml 0.98.1"
	Commands  []string  // the equivalent commands
	Upgrade   bool      // of a release that is in use
	Objects   plan.Plan // what changes in the cluster
	Unknown   string    // why that is not known; empty if it is
}

// Server describes a server that is connected.
type Server struct {
	Version      string          // "0.98.0"
	Address      connect.Address // where other machines reach it
	Closed       bool            // it is not exposed until it is activated
	WasActive    bool            // it was activated before this run connected to it
	ClientAdvice string          // if the zenml client on this machine does not fit
	SSH          string          // over SSH: the command that forwards the tunnel to the user's machine
}

// Tunnel is an open connection to the server.
type Tunnel interface {
	URL() string // "http://127.0.0.1:8080"
	// Server returns what is known about the server.
	Server() Server
	// Done is closed when the tunnel has ended; Err returns the cause.
	Done() <-chan struct{}
	Err() error
	Close()
}
