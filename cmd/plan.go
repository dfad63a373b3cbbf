package cmd

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/database"
	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/install/event"
	installplan "github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/render/format"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// plan is a prepared install of the guided install.
type plan struct {
	setup    *setup
	prepared *prepared
	engine   *engine
	shown    string   // the values file with secrets masked
	upgrade  *upgrade // nil for a new release
	reviewed install.Reviewed
	objects  installplan.Plan // what changes in the cluster
	unknown  string           // why that is not known
	active   bool             // the release's server is activated
}

func (p *plan) Review() wizard.Review {
	return wizard.Review{
		Sentences: p.sentences(),
		Values:    p.shown,
		Changes:   p.upgrade.lines(),
		Upgrade:   p.upgrade != nil && !isFirstRun(p.upgrade.from),
		Sensitive: p.prepared.document.Sensitive,
		Chart:     p.prepared.chart.Info.Name + " " + p.prepared.chart.Info.Version,
		Objects:   p.objects,
		Unknown:   p.unknown,
		Commands: append(format.Commands(p.prepared.document, p.setup.kubectlFlags()...),
			helmCommand(p.setup, p.prepared, p.engine.output)),
	}
}

// sentences describes in order what the install does.
func (p *plan) sentences() []string {
	said := append(p.steps(), p.activationSentence())
	if account := p.setup.serviceAccountSentence(); account != "" {
		said = append(said, account)
	}
	return said
}

// steps describes the install until the server is ready.
func (p *plan) steps() []string {
	a := p.setup.answers
	var said []string
	if p.upgrade == nil {
		said = append(said, p.namespaceSentence())
	}
	if secrets, err := p.prepared.secrets(p.setup); err == nil {
		for _, s := range secrets {
			said = append(said, p.prepared.secretSentence(s))
		}
	}
	said = append(said, fmt.Sprintf("Write the values to %s.", p.engine.output))
	if p.reviewed.Database != "" {
		said = append(said, databaseSentence(a.Database.MySQL, p.reviewed.Database))
	}
	if p.reviewed.Namespace == install.NoNamespace && p.setup.probe(p.engine.options) != nil {
		said = append(said, fmt.Sprintf("Check %s from a pod, before the release is installed.",
			p.setup.probed(p.engine.options)))
	}
	said = append(said, p.prepared.before.sentences()...)
	if jobs := manifest.Find(p.prepared.objects, "Job", ""); len(jobs) > 0 {
		said = append(said, fmt.Sprintf("Migrate database %s on %s with the chart's Job.", a.Database.MySQL.Name,
			a.Database.MySQL.Host))
	}
	said = append(said,
		fmt.Sprintf("%s: %d objects. %s", p.releaseSentence(), p.countObjects(), p.originSentence()),
		"Forward a local port and wait until the server is ready.")
	if p.prepared.staged {
		said = append(said, "Leave out what exposes the server until it is activated, then expose it with an upgrade "+
			"that restarts no pod. Until then Secret "+a.Cluster.Release+"-opening keeps the values that expose it.")
	}
	return said
}

// databaseSentence describes what happens to the database, given its state.
func databaseSentence(m answers.MySQL, state string) string {
	if rest, missing := strings.CutPrefix(state, database.Missing); missing {
		return fmt.Sprintf("Let the server create database %s on %s, which does not exist yet (%s).", m.Name, m.Host,
			strings.TrimPrefix(rest, ", on "))
	}
	return fmt.Sprintf("Use database %s on %s: %s.", m.Name, m.Host, state)
}

// activationSentence describes who activates the server.
func (p *plan) activationSentence() string {
	admin := p.setup.answers.Admin
	switch {
	case p.active:
		return "The server is activated already."
	case admin.Activate == answers.ActivateLater, !p.setup.guided && admin.Activate != answers.ActivateAuto:
		return "Leave the server without an admin. The first person to open it becomes the admin."
	case admin.Activate != answers.ActivateAuto:
		return "Open the activation page, where you create the admin account."
	case p.prepared.activatesItself():
		return fmt.Sprintf("Let the server activate itself when it starts, with %s as its admin.", admin.Username)
	}
	return fmt.Sprintf("Activate the server with %s as its admin.", admin.Username)
}

// namespaceSentence describes what happens to the namespace of a new release.
func (p *plan) namespaceSentence() string {
	name := p.setup.answers.Cluster.Namespace
	switch p.reviewed.Namespace {
	case install.NoNamespace:
		return fmt.Sprintf("Create namespace %s.", name)
	case "":
		return fmt.Sprintf("Create namespace %s if it does not exist.", name)
	}
	return fmt.Sprintf("Use namespace %s, which exists.", name)
}

// releaseSentence describes the release.
func (p *plan) releaseSentence() string {
	if p.upgrade != nil {
		text := p.upgrade.sentence(p.prepared)
		if len(p.upgrade.changes) == 0 {
			text += ", with the same values"
		}
		return text
	}
	chart := p.prepared.chart.Info
	return fmt.Sprintf("Install chart %s %s as release %s", chart.Name, chart.Version, p.setup.answers.Cluster.Release)
}

// originSentence names exactly what was pulled, and who signed it.
func (p *plan) originSentence() string {
	info := p.prepared.chart.Info
	text := "The chart is a local one, without a digest."
	if info.Digest != "" {
		text = "The digest of the chart is " + info.Digest + "."
	}
	if info.Signer != "" {
		text += " It is signed with " + info.Signer + "."
	}
	return text
}

func (p *plan) countObjects() int {
	n := 0
	for _, o := range p.prepared.objects {
		if !o.Test() {
			n++
		}
	}
	return n
}

func (p *plan) FileChanges(path string) []string {
	if _, regular, err := resolveOutput(path); err != nil || !regular {
		return nil // WriteValues reports an error
	}
	old, err := bounded.ReadFile(context.Background(), path, maxOutput)
	if err != nil || bytes.Equal(old, p.prepared.document.Bytes) ||
		p.setup.ownValues(path).has(old) {
		return nil
	}
	return fileChanges(old, p.prepared.document)
}

// valuesTimeout limits a write into a named pipe.
const valuesTimeout = 10 * time.Second

func (p *plan) WriteValues(path string, overwrite bool) error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), valuesTimeout,
		fmt.Errorf("%s: nothing reads it", path))
	defer cancel()
	own := p.setup.ownValues(path)
	err := writeValues(ctx, path, p.prepared.document.Bytes, overwrite || p.engine.force || own.isUnedited(ctx))
	if err == nil && !p.prepared.document.Sensitive {
		own.remember(p.prepared.document.Bytes)
	}
	return err
}

func (p *plan) Install(ctx context.Context, observe event.Observer) (install.Outcome, error) {
	emitter := event.NewEmitter(observe) // the early connection reports beside the install
	early := p.setup.connectEarly(context.WithoutCancel(ctx), p.engine.port, emitter.Emit,
		p.engine.answered(p.setup, emitter))
	outcome, err := p.setup.apply(ctx, p.application(), emitter.Emit)
	p.engine.keepTunnel(early.Take(), err)
	emitter.Close()
	if !isOutdated(err) {
		p.continueFrom(outcome)
	}
	return outcome, err
}

// continueFrom makes the next attempt continue a failed one. Its migration may have
// changed the database.
func (p *plan) continueFrom(o install.Outcome) {
	if o.Namespace != "" && p.reviewed.Namespace != "" {
		p.reviewed.Namespace = o.Namespace
	}
	if o.Release != nil {
		p.reviewed.Revision, p.reviewed.Database = o.Release.Revision, ""
	}
}
