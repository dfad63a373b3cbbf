package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/install"
	installplan "github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/render/values"
	"github.com/zenml-installer/zenml-installer/wizard/narrate"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

// checkDryRun refuses flags that do not go with --dry-run, or only with it.
func (o *installOptions) checkDryRun() error {
	switch {
	case o.format != "text" && o.format != "json":
		return usagef("-o %s: must be text or json, the format of the plan; name the values file with --output", o.format)
	case o.format == "json" && !o.dryRun:
		return usagef("-o json: works with --dry-run only; name the values file with --output")
	case o.detailed && !o.dryRun:
		return usagef("--detailed-exitcode: works with --dry-run only")
	case o.dryRun && o.stay:
		return usagef("--stay: does not work with --dry-run, which installs no server")
	}
	return nil
}

// showPlan prints what an install would change, and changes nothing: the checks
// only read, and no file is written.
func (o *installOptions) showPlan(ctx context.Context) error {
	file, err := o.file.load(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	o.checks.ReadOnly = true
	e := &engine{streams: o.streams, common: o.common, file: file, options: o.checks, port: o.port, output: o.output,
		tentative: true}
	u := e.setup(file.Answers)
	u.guided = !o.yes && (o.streams.Interactive() || o.common.accessible) // as the install would be
	if err := u.login(ctx, o.streams); err != nil && ctx.Err() != nil {
		return notReady(ctx, err) // preflight reports all other errors
	}
	if err := o.preflight(ctx, u); err != nil {
		return o.withoutPlan(u, err)
	}
	e.found = o.found
	p, err := e.plan(ctx, u)
	if err != nil {
		return notReady(ctx, err)
	}
	r := p.report(o.found)
	if err := o.writePlan(r); err != nil || r.UpToDate || !o.detailed {
		return err
	}
	return &failure{code: exitChanges, err: errChanges, reported: true}
}

var errChanges = errors.New("an install would change something")

// withoutPlan prints as JSON which checks prevent the plan. As text, the report of the
// checks has shown them.
func (o *installOptions) withoutPlan(u *setup, err error) error {
	stopping := []check.Status{check.Failed}
	if o.failOn == "warn" {
		stopping = append(stopping, check.Warned)
	}
	failed := prerequisitesOf(o.found, func(r check.Result) bool { return slices.Contains(stopping, r.Status) })
	if o.format != "json" || len(failed) == 0 {
		return err
	}
	at := u.answers.Cluster
	r := installplan.Report{Namespace: at.Namespace, Release: at.Release, FailedChecks: failed,
		Prerequisites: missingPrerequisites(o.found)}
	if chosen, err := u.cluster.Context(); err == nil {
		r.Context = chosen.Name
	}
	return errors.Join(err, o.writePlan(r.With(installplan.Plan{}, false)))
}

func (o *installOptions) writePlan(r installplan.Report) error {
	if o.format == "json" {
		encoder := json.NewEncoder(o.streams.Out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(r)
	}
	terminal := theme.Detect(destination(o.streams.Out), o.streams.getenv)
	terminal.NoColor = terminal.NoColor || o.common.noColor
	_, err := io.WriteString(styled(o.streams.Out), narrate.Plan(theme.New(terminal), r))
	return err
}

// compare computes what the install would change in the cluster.
func (p *plan) compare(ctx context.Context) error {
	wanted, err := p.application().plan(p.setup)
	if err != nil {
		return err
	}
	dry, err := p.setup.engine.DryRun(ctx, wanted)
	if err != nil {
		return err
	}
	if p.objects, err = installplan.Compute(ctx, p.setup.cluster, dry); err != nil || !p.prepared.staged {
		return err
	}
	exposing := map[string]bool{}
	for _, o := range dry.Objects {
		exposing[o.GetKind()+" "+o.GetName()] = values.IsExposing(o)
	}
	for i, o := range p.objects.Objects {
		p.objects.Objects[i].AfterActivation = o.IsWritten() && exposing[o.String()]
	}
	return nil
}

// report returns the plan for --dry-run.
func (p *plan) report(found check.Report) installplan.Report {
	at := p.setup.answers.Cluster
	r := installplan.Report{
		Namespace: at.Namespace, Release: at.Release, Chart: p.prepared.chart.Info.Name + " " + p.prepared.chart.Info.Version,
		Steps: p.sentences(), Activation: p.activationSentence(), Values: p.upgrade.lines(), Data: p.dataSentences(),
		Prerequisites: missingPrerequisites(found), Installs: p.prepared.before.installs(),
	}
	if chosen, err := p.setup.cluster.Context(); err == nil {
		r.Context = chosen.Name
	}
	chartChanges := false
	if p.upgrade != nil {
		r.Revision = p.upgrade.from.Revision
		chartChanges = p.upgrade.from.ChartVersion != p.prepared.chart.Info.Version || p.upgrade.from.Status != "deployed"
	}
	return r.With(p.objects, chartChanges)
}

// prerequisiteChecks are the groups and ids whose faults are about what must exist
// in the cluster before the install.
var prerequisiteChecks = []string{"cluster", "expose", "supply.references"}

// missingPrerequisites lists what the checks miss in the cluster.
func missingPrerequisites(found check.Report) []installplan.Prerequisite {
	return prerequisitesOf(found, func(r check.Result) bool {
		return (r.Status == check.Failed || r.Status == check.Warned) && check.Matches(r.Check, prerequisiteChecks)
	})
}

// prerequisitesOf lists the results that are wanted.
func prerequisitesOf(found check.Report, wanted func(check.Result) bool) []installplan.Prerequisite {
	var list []installplan.Prerequisite
	for _, r := range found.Results {
		if wanted(r) {
			list = append(list, installplan.Prerequisite{
				Check: r.Check.ID, Status: string(r.Status), Message: r.Message, Remedy: r.Remedy,
			})
		}
	}
	return list
}

// dataSentences describes what happens to the server's data.
func (p *plan) dataSentences() []string {
	var said []string
	jobs := manifest.Find(p.prepared.objects, "Job", "")
	for _, o := range p.objects.Objects {
		switch {
		case o.Kind == "Job" && o.Action == installplan.Run && len(jobs) > 0:
			mysql := p.setup.answers.Database.MySQL
			said = append(said, fmt.Sprintf("Job %s migrates database %s on %s before the server starts.", o.Name,
				mysql.Name, mysql.Host))
		case o.Kind == "PersistentVolumeClaim" && o.Action == installplan.Create:
			said = append(said, fmt.Sprintf("PersistentVolumeClaim %s is created and outlives the release.", o.Name))
		case o.Image != nil:
			said = append(said, fmt.Sprintf("The server changes from %s to %s. An older server cannot use migrated data: "+
				"back up the database before an upgrade.", o.Image.From, o.Image.To))
		}
	}
	return said
}

// plan is what the engine installs.
func (a application) plan(u *setup) (install.Plan, error) {
	secrets, err := a.prepared.secrets(u)
	if err != nil {
		return install.Plan{}, err
	}
	before := a.prepared.before
	return install.Plan{
		Release: u.answers.Cluster.Release, Namespace: u.answers.Cluster.Namespace,
		Chart: a.prepared.chart, Values: a.prepared.document.WithJWTKey(a.prepared.jwt),
		Secrets: secrets, GeneratedKeys: values.GeneratedKeys(u.answers), Reviewed: &a.reviewed, Database: u.databaseState,
		CreateNamespace: true, Timeout: a.timeout, WaitForOther: a.waitForOther, Probe: u.probe(a.checks), Probed: u.probed(a.checks),
		Prerequisites: before.components, Gateway: before.gateway, ClusterIssuer: before.issuer,
	}, nil
}

// prepareTolerantly prepares an install. For a plan only, it goes on without the
// permission to read what the cluster has.
func (e *engine) prepareTolerantly(ctx context.Context, u *setup) (*prepared, error) {
	p, err := u.prepare(ctx)
	if e.tentative && apierrors.IsForbidden(err) {
		return u.prepareTentative(ctx)
	}
	return p, err
}

// application is the install of this plan.
func (p *plan) application() application {
	return application{
		prepared: p.prepared, reviewed: p.reviewed, from: p.upgrade.release(),
		timeout: p.engine.common.timeout, waitForOther: p.engine.options.WaitForOther,
		checks: p.engine.options,
	}
}
