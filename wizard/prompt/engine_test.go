package prompt

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

const (
	canary = "C4nary!Pass"
	url    = "http://127.0.0.1:8080"
)

// engine is a fake engine.
type engine struct {
	existing    *wizard.Existing
	releases    []wizard.Found  // in the cluster
	active      bool            // the server was activated before
	imported    answers.Answers // of the existing release
	unreadable  map[string]error
	failing     bool                        // a check fails, unless its fix was made
	fix         check.Fix                   // of that check
	opened      map[string]answers.Answers  // answers files
	notices     []string                    // what the checks would write into an account
	changes     []string                    // what the plan changes in a release in use
	agreed      bool                        // as the last checks were told
	exists      bool                        // the values file is there
	found       map[string][]answers.Option // in the cluster
	fault       *answers.Fault              // of the first plan
	prepared    answers.Answers
	installed   answers.Answers
	overwritten int
	installErr  error // of the first install
	recovered   []wizard.Recovery
	offered     map[string][]answers.Option // by the database server
	claimed     bool                        // another account has activated the server
	activated   []string                    // how
}

// last is the last check.
var last = check.Check{ID: "local.port", Claim: "the local port is free"}

func newEngine() *engine { return &engine{} }

func (*engine) Contexts(context.Context) ([]kube.Context, error) {
	return []kube.Context{
		{Name: "prod", Server: "https://prod.example.com"},
		{Name: "sandbox", Server: "https://127.0.0.1:16443", User: "ops", Current: true},
	}, nil
}

func (e *engine) Releases(context.Context, answers.Answers) []wizard.Found { return e.releases }

func (e *engine) Describe(_ context.Context, a answers.Answers) (wizard.Target, error) {
	a = a.Complete()
	return wizard.Target{Context: kube.Context{Name: a.Cluster.Context, User: "ops"}, Version: "v1.36.2", Nodes: 3,
		Namespace: a.Cluster.Namespace, Release: a.Cluster.Release, Existing: e.existing}, nil
}

func (e *engine) Find(context.Context, answers.Answers) (map[string][]answers.Option, error) {
	return e.found, nil
}

func (e *engine) FindDatabase(context.Context, answers.Answers, bool) map[string][]answers.Option {
	return e.offered
}

func (e *engine) Import(_ context.Context, a answers.Answers) (answers.Answers, []string, error) {
	e.imported.Cluster = a.Cluster
	return e.imported, []string{"zenml.podDisruptionBudget: set by the chart"}, nil
}

func (e *engine) Open(_ context.Context, name string) (answers.Answers, error) {
	if a, known := e.opened[name]; known {
		return a, nil
	}
	return answers.Answers{}, fmt.Errorf("open %s: no such file", name)
}

func (*engine) Suggest(context.Context) []question.Suggestion { return nil }

func (e *engine) CheckSource(_ context.Context, source answers.Source) error {
	return e.unreadable[source.Describe()]
}

func (e *engine) Notices(answers.Answers) []string { return e.notices }

func (e *engine) Preflight(
	_ context.Context,
	a answers.Answers,
	agreed bool,
	observe check.Observer,
) (check.Report, error) {
	e.agreed = agreed
	one := check.Check{ID: "cluster.reachable", Claim: "the API server answers",
		Failure: "the API server does not answer"}
	result := check.Result{Check: one, Status: check.Pass}
	if e.failing && a.Server.Replicas == 0 {
		result.Status, result.Message, result.Remedy, result.Fix = check.Failed, "refused", "start it", e.fix
	}
	observe(check.Event{Check: one})
	observe(check.Event{Check: one, Result: &result})
	observe(check.Event{Check: last})
	passed := check.Result{Check: last, Status: check.Pass}
	observe(check.Event{Check: last, Result: &passed})
	return check.Report{Results: []check.Result{result, passed}, Duration: time.Second}, nil
}

func (*engine) CheckStep(context.Context, answers.Answers, answers.Step, check.Observer) {}

func (*engine) PreviewValues(context.Context, answers.Answers) (string, error) { return "", nil }

func (e *engine) Prepare(_ context.Context, a answers.Answers) (wizard.Plan, error) {
	e.prepared = a
	if fault := e.fault; fault != nil {
		e.fault = nil
		return nil, answers.Faults{*fault}
	}
	return plan{e, a}, nil
}

type plan struct {
	engine  *engine
	answers answers.Answers
}

func (p plan) Review() wizard.Review {
	return wizard.Review{
		Chart:     "zenml 0.98.1",
		Sentences: []string{"Install release " + p.answers.Complete().Cluster.Release + "."},
		Values:    "server: {}\n",
		Changes:   p.engine.changes,
	}
}

func (p plan) FileChanges(string) []string {
	if !p.engine.exists {
		return nil
	}
	return []string{"~ server.replicaCount: 1 -> 2"}
}

func (p plan) WriteValues(_ string, overwrite bool) error {
	if p.engine.exists && !overwrite {
		return fs.ErrExist
	}
	p.engine.overwritten++
	return nil
}

func (p plan) Install(_ context.Context, observe event.Observer) (install.Outcome, error) {
	observe(event.StepStarted{Step: "namespace", Title: "create the namespace"})
	observe(event.StepFinished{Step: "namespace", Duration: time.Second})
	p.engine.installed = p.answers
	if err := p.engine.installErr; err != nil {
		p.engine.installErr = nil
		return install.Outcome{Release: &install.Release{Revision: 1, Status: "failed"}}, err
	}
	return install.Outcome{}, nil
}

type tunnel struct {
	done   chan struct{}
	active bool
}

func (tunnel) URL() string             { return url }
func (t tunnel) Server() wizard.Server { return wizard.Server{WasActive: t.active} }
func (t tunnel) Done() <-chan struct{} { return t.done }
func (tunnel) Err() error              { return nil }
func (tunnel) Close()                  {}

func (e *engine) Connect(context.Context, answers.Answers, event.Observer) (wizard.Tunnel, error) {
	return tunnel{make(chan struct{}), e.active}, nil
}

func (e *engine) Activate(_ context.Context, a answers.Answers, _ string) (*connect.Address, error) {
	e.activated = append(e.activated, a.Admin.Activate)
	if e.claimed && a.Admin.Activate == answers.ActivateAuto {
		return nil, fmt.Errorf("%w: 401", wizard.ErrOtherAdmin)
	}
	return nil, nil
}

func (*engine) AwaitAddress(context.Context, answers.Answers) connect.Address {
	return connect.Address{}
}

func (*engine) SaveAnswers(path string, _ answers.Answers, _ bool) (wizard.SavedAnswers, error) {
	return wizard.SavedAnswers{Path: path, Command: "zenml-installer install -f " + path}, nil
}

func (*engine) EncryptionKeys(context.Context, answers.Answers) ([]wizard.Key, error) {
	return nil, nil
}

func (*engine) SaveKeys(string, []wizard.Key) error { return nil }

func (e *engine) Recover(
	_ context.Context, _ answers.Answers, r wizard.Recovery, _ wizard.Failure, _ event.Observer,
) (string, error) {
	e.recovered = append(e.recovered, r)
	return string(r) + " done", nil
}

func (*engine) OpenBrowser(context.Context, string) error { return nil }
