package wizard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// canary is a secret that must not appear in any view or file.
const canary = "C4nary!Pass"

// stage is a fake engine. Each test controls what it returns, and when.
type stage struct {
	mu        sync.Mutex
	prepared  []answers.Answers
	opened    []string
	searches  []bool                      // at the database server, with a login or without
	offered   map[string][]answers.Option // there
	activated []string                    // how
	written   map[string]bool
	stopped   bool
	ended     chan struct{} // an install has returned

	unreadable  map[string]error // by the source's description
	slow        chan struct{}    // if not nil, reading waits for it
	contexts    []kube.Context   // of the kubeconfig
	describeErr error
	existing    *Existing
	releases    []Found           // in the cluster
	search      chan struct{}     // if not nil, listing them waits for it
	keys        map[string]string // of a previous install
	imported    answers.Answers   // of the existing release
	importErr   error
	prepareErr  error
	failing     bool                        // a check fails
	fix         check.Fix                   // of that check
	stepChecks  bool                        // the checks of finished steps run
	stepFailing bool                        // one of them fails
	found       map[string][]answers.Option // in the cluster
	notices     []string                    // what the checks would write into an account
	changes     []string                    // what the plan changes in a release in use
	finish      chan error                  // ends the install
	activate    chan error                  // ends the activation
	hold        chan struct{}               // if not nil, the checks wait for it
	gone        chan struct{}               // ends the tunnel
	server      Server                      // that the tunnel leads to
	exposed     *connect.Address            // where its activation exposes it
	settled     chan connect.Address        // its address once its certificate is issued
	savedKeys   []Key

	answersSaved int           // how often
	upgraded     bool          // the install upgrades a release in use
	typical      time.Duration // how long the step "release" usually takes
}

func newStage() *stage {
	return &stage{
		contexts: contexts,
		written:  map[string]bool{}, ended: make(chan struct{}, 10),
		finish: make(chan error, 1), activate: make(chan error, 1), gone: make(chan struct{}),
	}
}

var contexts = []kube.Context{
	{Name: "kind-dev", Cluster: "kind-dev", Server: "https://127.0.0.1:41234", User: "kind-dev"},
	{
		Name:      "prod-eu",
		Cluster:   "prod",
		Server:    "https://ABCDEF.gr7.eu-central-1.eks.amazonaws.com",
		User:      "ops",
		Namespace: "zenml",
	},
	{Name: "sandbox", Cluster: "sandbox", Server: "https://127.0.0.1:16443", User: "sandbox-admin", Current: true},
}

func (s *stage) Contexts(context.Context) ([]kube.Context, error) { return s.contexts, nil }

func (s *stage) Releases(ctx context.Context, _ answers.Answers) []Found {
	if s.search != nil {
		select {
		case <-s.search:
		case <-ctx.Done():
		}
	}
	return s.releases
}

func (s *stage) Describe(_ context.Context, a answers.Answers) (Target, error) {
	a = a.Complete()
	t := Target{Version: "v1.36.2", Nodes: 1, Provider: "k3s", Namespace: a.Cluster.Namespace,
		Release: a.Cluster.Release, Existing: s.existing, Keys: s.keys}
	for _, c := range contexts {
		if c.Name == a.Cluster.Context {
			t.Context = c
		}
	}
	return t, s.describeErr
}

func (s *stage) Find(context.Context, answers.Answers) (map[string][]answers.Option, error) {
	return s.found, nil
}

func (s *stage) FindDatabase(_ context.Context, _ answers.Answers, logIn bool) map[string][]answers.Option {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.searches = append(s.searches, logIn)
	if !logIn {
		return nil
	}
	return s.offered
}

func (s *stage) Import(context.Context, answers.Answers) (answers.Answers, []string, error) {
	return s.imported, []string{"zenml.podDisruptionBudget: set by the chart"}, s.importErr
}

func (s *stage) Open(_ context.Context, name string) (answers.Answers, error) {
	if name != "/home/me/answers.yaml" {
		return answers.Answers{}, fmt.Errorf("open %s: no such file", name)
	}
	return s.imported, nil
}

func (s *stage) Suggest(context.Context) []question.Suggestion {
	var a answers.Answers
	a.Database.Type = answers.MySQLDatabase
	a.Database.MySQL = answers.MySQL{Host: "10.0.0.2", Port: 33306, Name: "zenml", User: "zenml",
		Password: answers.Source{File: "/run/sandbox/mysql-password"}}
	return []question.Suggestion{{Key: "database.type", Title: "the sandbox's MySQL",
		Help: "The temporary MySQL 8 of the sandbox, ready to use.", Answers: a}}
}

// stageChecks are rows of the real table; stage invents their results.
var stageChecks = rowsOf(
	"cluster.reachable", "cluster.permissions", "database.login", "database.version", "secrets.permissions",
	"supply.chart",
)

func rowsOf(ids ...string) []check.Check {
	var rows []check.Check
	for _, id := range ids {
		row, ok := checks.ByID(id)
		if !ok {
			panic("unknown check " + id)
		}
		rows = append(rows, row)
	}
	return rows
}

func (s *stage) CheckSource(_ context.Context, source answers.Source) error {
	if s.slow != nil {
		<-s.slow
	}
	return s.unreadable[source.Describe()]
}

func (s *stage) Notices(answers.Answers) []string { return s.notices }

func (s *stage) Preflight(
	ctx context.Context,
	_ answers.Answers,
	agreed bool,
	observe check.Observer,
) (check.Report, error) {
	report := check.Report{Duration: 1200 * time.Millisecond}
	for _, c := range stageChecks {
		observe(check.Event{Check: c})
		if s.hold != nil {
			select {
			case <-s.hold:
			case <-ctx.Done():
				return report, ctx.Err()
			}
		}
		r := check.Result{Check: c, Status: check.Pass, Message: "as expected", Duration: time.Millisecond}
		switch {
		case c.ID == "database.login" && s.failing:
			r = check.Result{Check: c, Status: check.Failed, Message: "MySQL refuses user zenml (error 1045)",
				Remedy: "check the password, or: ALTER USER 'zenml'@'%' IDENTIFIED BY '…';", Fix: s.fix}
		case c.ID == "database.version" && s.failing:
			r = check.Result{Check: c, Status: check.Skipped, Message: "needs database.login"}
		case c.Notices != nil && len(s.notices) > 0 && !agreed:
			r = check.Result{Check: c, Status: check.Skipped,
				Message: "not tested because nothing was written: delete"}
		case c.ID == "cluster.permissions":
			r = check.Result{Check: c, Status: check.Warned, Message: "you cannot read events, so the install " +
				"cannot explain why a pod is waiting", Remedy: "kubectl create rolebinding …"}
		}
		report.Results = append(report.Results, r)
		observe(check.Event{Check: c, Result: &r})
	}
	return report, nil
}

func (s *stage) CheckStep(ctx context.Context, a answers.Answers, step answers.Step, observe check.Observer) {
	if !s.stepChecks {
		return
	}
	inner := &stage{failing: s.stepFailing && step == answers.StepDatabase}
	_, _ = inner.Preflight(ctx, a, false, func(e check.Event) {
		if slices.Contains(question.Groups(step), e.Check.Group()) {
			observe(e)
		}
	})
}

func (s *stage) PreviewValues(_ context.Context, a answers.Answers) (string, error) {
	kind := a.Database.Type
	if kind == "" {
		kind = "none"
	}
	return "database:\ntype: " + kind + "\nhost: " + a.Database.MySQL.Host + "\n", nil
}

func (s *stage) Prepare(_ context.Context, a answers.Answers) (Plan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prepared = append(s.prepared, a)
	if s.prepareErr != nil {
		return nil, s.prepareErr
	}
	return &stagePlan{stage: s, answers: a.Complete()}, nil
}

type stagePlan struct {
	stage   *stage
	answers answers.Answers
}

func (p *stagePlan) Review() Review {
	return Review{
		Chart: "zenml 0.98.1",
		Sentences: []string{
			"Create namespace " + p.answers.Cluster.Namespace + " on " + p.answers.Cluster.Context + ".",
			"Write the database's password to Secret zenml-server-installer, which the values reference.",
			"Install release " + p.answers.Cluster.Release + " from chart zenml 0.98.1 and wait until the server " +
				"answers.",
			"Forward a local port to it and open the activation page.",
		},
		Changes: p.stage.changes,
		Upgrade: len(p.stage.changes) > 0,
		Objects: plan.Plan{Objects: p.objects()},
		Values:  "# Written by zenml-installer\nserver:\n  database:\n    url: mysql://" + p.answers.Database.MySQL.Host + "\n    password: " + secret.Mask + "\n",
		Commands: []string{"kubectl create namespace " + p.answers.Cluster.Namespace, "helm install zenml-server " +
			"oci://public.ecr.aws/zenml/zenml --version 0.98.1 -n " + p.answers.Cluster.Namespace + " -f custom-values.yaml"},
	}
}

// objects are those of a new release, or of one whose values change.
func (p *stagePlan) objects() []plan.Object {
	namespace := p.answers.Cluster.Namespace
	if len(p.stage.changes) == 0 {
		return []plan.Object{
			{Kind: "Namespace", Name: namespace, Action: plan.Create},
			{Kind: "Deployment", Namespace: namespace, Name: "zenml-server", Action: plan.Create,
				Diff: "--- cluster\n+++ plan\n@@ -0,0 +1 @@\n+kind: Deployment\n"},
		}
	}
	return []plan.Object{
		{Kind: "Service", Namespace: namespace, Name: "zenml-server", Action: plan.Unchanged},
		{Kind: "Deployment", Namespace: namespace, Name: "zenml-server", Action: plan.Change, RestartsPods: true,
			Diff: "--- cluster\n+++ plan\n@@ -1 +1 @@\n-poolSize: 5\n+poolSize: 7\n"},
	}
}

func (p *stagePlan) FileChanges(path string) []string {
	p.stage.mu.Lock()
	defer p.stage.mu.Unlock()
	if !p.stage.written[path] {
		return nil
	}
	return []string{"~ server.replicaCount: 1 -> 2"}
}

func (p *stagePlan) WriteValues(path string, overwrite bool) error {
	p.stage.mu.Lock()
	defer p.stage.mu.Unlock()
	if p.stage.written[path] && !overwrite {
		return &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	}
	p.stage.written[path] = true
	return nil
}

func (p *stagePlan) Install(ctx context.Context, observe event.Observer) (install.Outcome, error) {
	defer func() { p.stage.ended <- struct{}{} }()
	if p.stage.typical > 0 {
		observe(event.RunStarted{Typical: 2 * p.stage.typical})
	}
	observe(event.StepStarted{Step: "namespace", Title: "create the namespace"})
	observe(event.StepFinished{Step: "namespace", Duration: 300 * time.Millisecond})
	observe(event.StepStarted{Step: "release", Title: "install release zenml-server", Typical: p.stage.typical})
	job := event.Object{Kind: "Job", Namespace: "zenml-server", Name: "zenml-server-db-migration"}
	observe(event.ObjectChanged{Object: event.Object{Kind: "Service", Namespace: "zenml-server", Name: "zenml-server"},
		State: event.Ready})
	observe(event.ObjectChanged{Object: job, State: event.Progressing, Message: "the migration is running", Hook: true})
	observe(event.ObjectChanged{Object: event.Object{Kind: "Pod", Namespace: "zenml-server", Name: "zenml-server-0"},
		State: event.Waiting, Reason: "ContainerCreating", Message: "pulling image zenmldocker/zenml-server:0.98.1"})
	observe(event.LogLine{Pod: "zenml-server-db-migration-x7k2p", Container: "migration",
		Line: "Running upgrade 0.97.0 -> 0.98.1"})
	var err error
	select {
	case err = <-p.stage.finish:
	case <-ctx.Done():
		p.stage.mu.Lock()
		p.stage.stopped = true
		p.stage.mu.Unlock()
		err = &install.Interrupted{Step: "release", Next: "the next run upgrades it", Err: ctx.Err()}
	}
	observe(event.StepFinished{Step: "release", Err: err, Duration: 41 * time.Second})
	if p.stage.upgraded {
		return install.Outcome{Before: &install.Release{Revision: 3, Status: "deployed", Chart: "zenml",
			ChartVersion: "0.98.0"},
			Release: &install.Release{Revision: 4, Status: "failed"}}, err
	}
	return install.Outcome{}, err
}

type stageTunnel struct {
	done chan struct{}
	once sync.Once

	server Server
}

func (*stageTunnel) URL() string             { return "http://127.0.0.1:8080" }
func (t *stageTunnel) Server() Server        { return t.server }
func (t *stageTunnel) Done() <-chan struct{} { return t.done }
func (t *stageTunnel) Err() error            { return errors.New("the namespace is gone") }
func (t *stageTunnel) Close()                { t.once.Do(func() { close(t.done) }) }

func (s *stage) Connect(_ context.Context, _ answers.Answers, observe event.Observer) (Tunnel, error) {
	observe(event.Notice{Text: "the port-forward is attached to pod zenml-server-0"})
	t := &stageTunnel{done: make(chan struct{}), server: s.server}
	go func() {
		select {
		case <-s.gone:
			t.Close()
		case <-t.done:
		}
	}()
	return t, nil
}

func (s *stage) Activate(ctx context.Context, a answers.Answers, _ string) (*connect.Address, error) {
	s.mu.Lock()
	s.activated = append(s.activated, a.Admin.Activate)
	s.mu.Unlock()
	select {
	case err := <-s.activate:
		return s.exposed, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *stage) AwaitAddress(ctx context.Context, _ answers.Answers) connect.Address {
	select {
	case at := <-s.settled:
		return at
	case <-ctx.Done():
		return connect.Address{}
	}
}

func (s *stage) SaveAnswers(path string, _ answers.Answers, overwrite bool) (SavedAnswers, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answersSaved > 0 && !overwrite {
		return SavedAnswers{}, fs.ErrExist
	}
	s.answersSaved++
	return SavedAnswers{path, []string{"$DATABASE_PASSWORD"}, "zenml-installer install -f " + path + " --yes"}, nil
}

func (s *stage) EncryptionKeys(context.Context, answers.Answers) ([]Key, error) {
	return []Key{{Secret: "Secret zenml-server-secrets-store in namespace zenml-server", Text: secret.New("k3y")}}, nil
}

func (s *stage) SaveKeys(_ string, keys []Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.savedKeys != nil {
		return fs.ErrExist
	}
	s.savedKeys = keys
	return nil
}

func (s *stage) Recover(_ context.Context, _ answers.Answers, r Recovery, _ Failure, _ event.Observer) (string, error) {
	return string(r) + " done", nil
}

func (s *stage) OpenBrowser(_ context.Context, url string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = append(s.opened, url)
	return nil
}
