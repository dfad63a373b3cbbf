package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/checks"
	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/report"
	"github.com/zenml-installer/zenml-installer/install/evidence"
	"github.com/zenml-installer/zenml-installer/install/journal"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/version"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/wizard/saved"
)

type diagnoseOptions struct {
	streams    Streams
	common     common
	file       answersFlags
	output     string
	skipChecks bool
}

func newDiagnose(s Streams, c *common, run func(context.Context, *diagnoseOptions) error) *cobra.Command {
	o := &diagnoseOptions{streams: s}
	cmd := &cobra.Command{
		Use:   "diagnose",
		Short: "Collect what explains the state of a release, without secrets",
		Long: `Write an archive with what explains the state of a release: its values and
manifests, events, pods, logs, the preflight report, versions and the journal of
the installer on this machine. Secrets are masked, and the Secrets of the release
are reduced to the names and hashes of their keys.

Nothing in the cluster changes. What you have no permission to read is listed in
the summary.`,
		Example: `  zenml-installer diagnose -n zenml
  zenml-installer diagnose -f answers.yaml --output evidence.tar.gz
  zenml-installer diagnose -o json | jq .summary`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.common = *c
			return run(cmd.Context(), o)
		},
	}
	o.file.register(cmd)
	cmd.Flags().StringVarP(&o.output, "output", "o", "",
		"archive to write, or json to print everything (default zenml-diagnose-RELEASE-TIME.tar.gz)")
	cmd.Flags().BoolVar(&o.skipChecks, "skip-checks", false, "leave out the preflight report")
	return cmd
}

func runDiagnose(ctx context.Context, o *diagnoseOptions) error {
	if slices.Contains([]string{"text", "yaml", "junit"}, o.output) {
		return usagef("--output %s: must be json, or the archive to write, such as evidence.tar.gz", o.output)
	}
	file, err := o.file.loadPartial(ctx, o.streams, o.common)
	if err != nil {
		return err
	}
	u := newSetup(o.streams, o.common, file, chart.Load).orDeployed()
	if _, err := u.cluster.Context(); err != nil {
		return usage(err)
	}
	if err := u.login(ctx, o.streams); err != nil && ctx.Err() != nil {
		return err // what cannot be read is listed
	}
	if !o.file.given() {
		if err := u.mustHaveTraces(ctx); err != nil {
			return err
		}
	}
	found, err := u.evidence(ctx, evidenceOptions{answers: o.file.given(), skipChecks: o.skipChecks})
	if err != nil {
		return err
	}
	if o.output == "json" {
		return found.JSON(o.streams.Out)
	}
	path, err := writeEvidence(ctx, o.output, found, false)
	if err != nil {
		return err
	}
	printEvidence(o.streams, path, found)
	return nil
}

// mustHaveTraces fails if neither the cluster nor the journal knows the release: its name
// is wrong. A cluster that cannot be read is part of the evidence.
func (u *setup) mustHaveTraces(ctx context.Context) error {
	at := u.answers.Cluster
	there, err := u.engine.Remains(ctx, at.Namespace, at.Release)
	if err != nil || !there.None() || len(there.Claims) > 0 {
		return context.Cause(ctx)
	}
	if kept, err := journals().Read(u.journalTarget()); err == nil && len(kept) > 0 {
		return nil
	}
	return u.notFoundError(ctx, there.Others, "there is nothing to collect")
}

// given reports whether the user gave answers.
func (f answersFlags) given() bool { return f.name != "" || len(f.extras) > 0 }

// printEvidence prints what was written and what could not be collected.
func printEvidence(s Streams, path string, found evidence.Evidence) {
	fmt.Fprintf(s.Err, "Wrote %s with %d files. Secrets are masked; read it before you send it to anybody.\n",
		path, len(found.Files)+1)
	for _, m := range found.NotCollected {
		fmt.Fprintf(s.Err, "Not collected: %s: %s\n", m.What, m.Why)
	}
}

// writeEvidence writes the archive with mode 0600, and returns its path. Without a path
// the archive has the name of the evidence, with a number if there is such a file.
func writeEvidence(ctx context.Context, path string, found evidence.Evidence, overwrite bool) (string, error) {
	content, err := found.Archive()
	if err != nil {
		return "", err
	}
	if path == "" {
		return writeNumbered(ctx, found.Name(), ".tar.gz", content)
	}
	err = writeValues(ctx, path, content, overwrite)
	if errors.Is(err, fs.ErrExist) {
		err = usagef("%s already exists: specify another file with --output", path)
	}
	return path, err
}

// writeNumbered writes a file that does not exist yet: NAME, NAME-2, NAME-3, …
func writeNumbered(ctx context.Context, name, suffix string, content []byte) (string, error) {
	path := name + suffix
	for i := 2; ; i++ {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, writeValues(ctx, path, content, false)
		} else if err != nil {
			return "", err
		}
		path = fmt.Sprintf("%s-%d%s", name, i, suffix)
	}
}

// evidenceOptions select what is collected besides what is in the cluster.
type evidenceOptions struct {
	answers    bool // include the answers
	skipChecks bool
	failure    error // why the install failed
}

// checksTime limits the checks in the evidence.
const checksTime = 2 * time.Minute

// evidence collects what explains the state of the release.
func (u *setup) evidence(ctx context.Context, o evidenceOptions) (evidence.Evidence, error) {
	at := u.answers.Cluster
	request := evidence.Request{
		Engine: u.engine, Namespace: at.Namespace, Release: at.Release, Installer: version.String(),
		Secrets: u.localSecrets(),
	}
	add := func(name string, content []byte, err error) {
		switch {
		case err != nil:
			request.Missing = append(request.Missing, evidence.Missing{What: name, Why: err.Error()})
		case len(content) > 0:
			request.Files = append(request.Files, evidence.File{Name: name, Content: string(content)})
		}
	}
	if o.failure != nil {
		add("error.txt", []byte(o.failure.Error()+"\n"), nil)
	}
	if o.answers {
		content, err := yaml.Marshal(saved.WithoutSecrets(u.file.Answers))
		add("answers.yaml", content, err)
	}
	content, err := journals().Read(u.journalTarget())
	add("journal.jsonl", content, err)
	if !o.skipChecks {
		content, err := u.checksReport(ctx, o.answers)
		add("preflight.json", content, err)
	}
	return evidence.Collect(ctx, request)
}

// checksReport returns the preflight report. Without answers it checks what the
// release's values ask for.
func (u *setup) checksReport(ctx context.Context, given bool) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, checksTime)
	defer cancel()
	checked := u
	if !given {
		imported, _, err := u.importRelease(ctx)
		if err != nil {
			return nil, err
		}
		imported.Cluster, imported.Chart = u.file.Cluster, u.file.Chart
		checked = u.with(imported)
		checked.useDeployed(ctx)
	}
	found, err := checks.Run(ctx, checked.checksEnv(0), check.Options{ReadOnly: true}, nil)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = report.JSON(&b, found)
	return b.Bytes(), err
}

// useDeployed checks the chart that Helm keeps with the release, unless flags choose
// another one.
func (u *setup) useDeployed(ctx context.Context) {
	if u.file.Chart.Ref != "" || u.file.Chart.Version != "" {
		return
	}
	if kept, err := u.deployedChart(ctx); err == nil && kept != nil {
		u.chart = func(context.Context) (*chart.Chart, error) { return kept, nil }
	}
}

// localSecrets returns the secrets of the answers that are on this machine, so
// that they can be masked.
func (u *setup) localSecrets() []secret.Text {
	var found []secret.Text
	read := func(s answers.Source) {
		if s.SecretRef != nil || s.IsZero() || s.Generate {
			return
		}
		if text, err := s.Read(u.local); err == nil {
			found = append(found, text)
		}
	}
	for _, f := range answers.Fields {
		if f.Kind == answers.Secret || f.Kind == answers.Content {
			read(u.answers.GetSource(f.Key))
		}
	}
	for _, s := range u.answers.Server.SecretEnvironment {
		read(s)
	}
	return found
}

// journals is the folder of the journals.
func journals() journal.Folder {
	return journal.Folder(filepath.Join(xdg.StateHome, "zenml-installer", "journal"))
}

// journalTarget identifies the release by the name of its context, as the saved
// answers do.
func (u *setup) journalTarget() journal.Target {
	at := journal.Target{Namespace: u.answers.Cluster.Namespace, Release: u.answers.Cluster.Release}
	if context, err := u.cluster.Context(); err == nil {
		at.Context = context.Name
	}
	return at
}

// failureTime limits the collection after a failed install.
const failureTime = 2 * time.Minute

// saveEvidence writes the evidence of a failed install, also if ctx has ended, and returns
// where.
func (u *setup) saveEvidence(ctx context.Context, path string, failure error) (evidence.Evidence, string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), failureTime)
	defer cancel()
	found, err := u.evidence(ctx, evidenceOptions{answers: true, failure: failure})
	if err != nil {
		return found, "", err
	}
	path, err = writeEvidence(ctx, path, found, path != "")
	return found, path, err
}

// diagnoseFailure writes the evidence that --diagnose-on-failure asks for, unless
// the command line or the answers were wrong.
func (o *installOptions) diagnoseFailure(ctx context.Context, u *setup, err error) {
	if err == nil || o.diagnose == "" || exitCode(err) == exitUsage {
		return
	}
	found, path, failed := u.saveEvidence(ctx, o.diagnose, err)
	if failed != nil {
		fmt.Fprintf(o.streams.Err, "The evidence was not written: %v\n", failed)
		return
	}
	printEvidence(o.streams, path, found)
}
