package cmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/browser"
	"github.com/zenml-installer/zenml-installer/internal/inventory"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/wizard"
	"github.com/zenml-installer/zenml-installer/wizard/question"
)

// engine does the work of the guided install with the same libraries as an
// unattended install.
type engine struct {
	streams     Streams
	common      common
	file        answers.File // the original answers file, for relative paths
	options     check.Options
	port        int
	suggestions []question.Suggestion
	output      string // the values file
	force       bool   // overwrite an existing values file
	tentative   bool   // only plan, also without the permission to read everything
	loggedIn    string // the context whose credential plugin has run before the screens

	mu        sync.Mutex
	tunnel    *connect.Tunnel // of the last install, until it is used
	opened    string          // the address that was opened early
	charts    map[chart.Source]*chart.Chart
	pulls     singleflight.Group // one pull serves all who wait for the chart
	found     check.Report       // of the last preflight
	leftovers []check.Leftover   // of interrupted checks, reported at the end
	claimed   *claimedError      // set if the last activation found another admin
	version   string             // the server's version, once known
	account   string             // what became of the service account
	observe   event.Observer     // of the last connection; may be nil
}

var _ wizard.Engine = (*engine)(nil)

// answersFile returns the file that the answers come from.
func (e *engine) answersFile() answers.File {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.file
}

// setup prepares what the answers need, reusing the charts pulled so far.
func (e *engine) setup(a answers.Answers) *setup {
	file := e.answersFile()
	file.Answers = a
	u := newSetup(e.streams, e.common, file, e.chart).orDeployed()
	u.guided = true
	return u
}

func (e *engine) Contexts(context.Context) ([]kube.Context, error) {
	return kube.New(e.common.kube).Contexts()
}

func (e *engine) Describe(ctx context.Context, a answers.Answers) (wizard.Target, error) {
	ctx, cancel := e.common.within(ctx)
	defer cancel()
	return e.setup(a).describe(ctx)
}

// findTimeout limits the search for choices: without them the answers are typed.
const findTimeout = 10 * time.Second

func (e *engine) Find(ctx context.Context, a answers.Answers) (map[string][]answers.Option, error) {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	u := e.setup(a)
	config, err := u.cluster.Config()
	if err != nil {
		return nil, err
	}
	return inventory.Read(ctx, config, u.answers)
}

func (e *engine) FindDatabase(ctx context.Context, a answers.Answers, logIn bool) map[string][]answers.Option {
	ctx, cancel := context.WithTimeout(ctx, findTimeout)
	defer cancel()
	found := database.Explore(ctx, e.setup(a).checksEnv(e.port), logIn)
	return question.DatabaseOptions(a, found.Reached, found.TLS, found.Databases)
}

func (e *engine) Import(ctx context.Context, a answers.Answers) (answers.Answers, []string, error) {
	ctx, cancel := e.common.within(ctx)
	defer cancel()
	imported, notes, err := e.setup(a).importRelease(ctx)
	if err != nil {
		return a, nil, err
	}
	imported.Cluster, imported.Chart = a.Cluster, a.Chart
	return imported, notes, nil
}

func (e *engine) Open(ctx context.Context, name string) (answers.Answers, error) {
	data, err := readInput(ctx, name)
	if err != nil {
		return answers.Answers{}, err
	}
	file, err := answers.Read(name, data)
	if err == nil {
		err = e.common.bundle.apply(&file.Answers)
	}
	if err != nil {
		return answers.Answers{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.file = file
	return file.Answers, nil
}

func (e *engine) Suggest(context.Context) []question.Suggestion { return e.suggestions }

func (e *engine) CheckSource(_ context.Context, s answers.Source) error {
	if s.Env == "" && s.File == "" {
		return nil
	}
	text, err := s.Read(e.common.local(e.streams, e.answersFile()))
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return fmt.Errorf("cannot read %s: %w", s.Describe(), path.Err)
	case err == nil && text.Empty():
		return fmt.Errorf("%s is empty", s.Describe())
	}
	return err
}

func (e *engine) Notices(a answers.Answers) []string {
	return checks.Notices(a.Complete(), e.options)
}

func (e *engine) Preflight(
	ctx context.Context,
	a answers.Answers,
	agreed bool,
	observe check.Observer,
) (check.Report, error) {
	options := e.options
	options.Unannounced = !agreed
	report, err := checks.Run(ctx, e.setup(a).checksEnv(e.port), options, observe)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.found = report
	if err != nil {
		e.leftovers = append(e.leftovers, report.Left()...)
	}
	return report, err
}

func (e *engine) Prepare(ctx context.Context, a answers.Answers) (wizard.Plan, error) {
	if faults := answers.Validate(a); len(faults) > 0 {
		return nil, faults
	}
	ctx, cancel := e.common.within(ctx)
	defer cancel()
	p, err := e.plan(ctx, e.setup(a))
	if err != nil {
		return nil, err
	}
	return p, nil
}

// plan prepares an install and compares it with the cluster.
func (e *engine) plan(ctx context.Context, u *setup) (*plan, error) {
	p, err := e.prepareTolerantly(ctx, u)
	if err != nil {
		return nil, err
	}
	faults, _ := p.judge(e.options)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if _, err := p.secrets(u); err != nil {
		return nil, err
	}
	shown, err := p.document.Redacted()
	if err != nil {
		return nil, err
	}
	up, err := u.upgrade(ctx, p)
	if err != nil {
		return nil, err
	}
	reviewed, err := u.reviewed(ctx, up, e.preflightReport())
	if err != nil {
		return nil, err
	}
	made := &plan{setup: u, prepared: p, engine: e, shown: shown, upgrade: up, reviewed: reviewed,
		active: up != nil && u.isActivated(ctx)}
	if err := made.compare(ctx); err != nil {
		if e.tentative || ctx.Err() != nil {
			return nil, err
		}
		made.unknown = err.Error() // the install reports it, if it is still there
	}
	return made, nil
}

// preflightReport returns the report of the last preflight.
func (e *engine) preflightReport() check.Report {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.found
}

func (e *engine) Connect(ctx context.Context, a answers.Answers, observe event.Observer) (wizard.Tunnel, error) {
	u := e.setup(a)
	tunnel, err := e.keptTunnel(ctx, observe), error(nil)
	if tunnel == nil {
		tunnel, err = forward(ctx, u.engine, u.answers.Cluster.Namespace, u.answers.Cluster.Release, e.port, observe)
	}
	if err != nil {
		return nil, err
	}
	info, err := connect.WaitForServer(ctx, zenml.Client{Base: tunnel.URL()})
	if err != nil {
		tunnel.Close()
		return nil, err
	}
	e.rememberVersion(info.Version)
	e.rememberObserver(observe)
	return openTunnel{tunnel, wizard.Server{
		Version: info.Version, Address: u.address(ctx), Closed: u.isClosed(ctx), WasActive: info.Active,
		SSH:          browser.SSHForward(e.streams.Getenv, tunnel.Port()),
		ClientAdvice: connect.CompareClient(connect.ClientVersion(ctx, e.streams.getenv("PATH")), info.Version),
	}}, nil
}

func (e *engine) Activate(ctx context.Context, a answers.Answers, url string) (*connect.Address, error) {
	u, client := e.setup(a), zenml.Client{Base: url}
	if u.answers.Admin.Activate != answers.ActivateAuto {
		if _, err := connect.WaitForActivation(ctx, client); err != nil {
			return nil, err
		}
		_ = e.rememberClaim(nil) // the user keeps the existing account
		return e.open(ctx, u, client)
	}
	info, err := client.Info(ctx)
	if err == nil {
		err = u.activateAuto(ctx, client, info)
	}
	if err := e.rememberClaim(err); err != nil {
		return nil, err
	}
	exposed, err := e.open(ctx, u, client)
	if err == nil {
		e.createServiceAccount(ctx, u, client)
	}
	return exposed, err
}

// rememberClaim records that the server has another admin, for the final
// message.
func (e *engine) rememberClaim(err error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.claimed = nil
	_ = errors.As(err, &e.claimed)
	return err
}

// rememberVersion records the server's version, for the final message.
func (e *engine) rememberVersion(version string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.version = version
}

// serverVersion returns the recorded version, or "".
func (e *engine) serverVersion() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.version
}

// otherAdmin returns the recorded error, if any.
func (e *engine) otherAdmin() *claimedError {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.claimed
}

func (e *engine) OpenBrowser(ctx context.Context, url string) error {
	if e.isOpened(url) {
		return nil
	}
	if e.common.noOpen {
		return errors.New("--no-open was given")
	}
	if !browser.Visible(e.streams.Getenv) {
		return errors.New("no display available")
	}
	return browser.Open(ctx, e.streams.Getenv, url)
}
