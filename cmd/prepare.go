package cmd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/render/chart"
	"github.com/zenml-installer/zenml-installer/render/values"
)

// prepared is the result of applying the answers to a chart: the values, the
// objects they render, and the faults that the proof of effect found.
type prepared struct {
	answers  answers.Answers // as given, with the way of activation
	chart    *chart.Chart
	settings values.Settings
	document values.Document
	objects  []manifest.Object
	faults   answers.Faults  // unknown keys, answers without effect
	warnings answers.Faults  // the same of what no answer asks for
	before   prerequisites   // what is installed before the release
	kept     []corev1.Secret // what a previous install created
	opening
}

// prepareWith pulls the chart, writes the values in its layout, renders it in
// memory and verifies the effect of every answer.
func prepareWith(ctx context.Context, u *setup, gather settingsSource) (*prepared, error) {
	chart, err := u.chart(ctx)
	if err != nil {
		return nil, err
	}
	known, err := gather(ctx)
	if err != nil {
		return nil, err
	}
	p := &prepared{answers: u.chooseActivation(chart.Info, known.release), chart: chart, settings: known.settings,
		kept: known.kept}
	if p.document, err = values.Build(p.answers, chart.Info, p.settings); err != nil {
		return nil, u.locate(err)
	}
	if p.objects, err = u.render(ctx, chart, p.document.Map); err != nil {
		return nil, err
	}
	if err := p.planOpening(ctx, u, known); err != nil {
		return nil, err
	}
	if known.installs {
		if p.before, err = u.prerequisites(ctx); err != nil {
			return nil, err
		}
	}
	found, err := p.prove(ctx, u)
	p.faults, p.warnings = found.Split()
	return p, err
}

// render renders the chart in memory.
func (u *setup) render(ctx context.Context, loaded *chart.Chart, values map[string]any) ([]manifest.Object, error) {
	rendered, err := loaded.Render(ctx, chart.RenderRequest{
		Release: u.answers.Cluster.Release, Namespace: u.answers.Cluster.Namespace, Values: values,
	})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, usage(err)
	}
	return rendered.Objects, nil
}

// prove verifies the effect of every answer, including raw values.
func (p *prepared) prove(ctx context.Context, u *setup) (answers.Faults, error) {
	faults := values.Prove(p.answers.Complete(), p.chart.Info, p.document, p.objects)
	raw, err := values.ProveRaw(p.document, func(values map[string]any) ([]manifest.Object, error) {
		return u.render(ctx, p.chart, values)
	})
	return u.file.Locate(slices.Concat(faults, raw, u.common.bundle.findUnmirrored(p.objects))), err
}

// findUnmirrored warns about images of the bundle that the nodes would pull from another
// registry than the one that they are pushed to.
func (f *bundleFlags) findUnmirrored(objects []manifest.Object) answers.Faults {
	if !f.isPushed() {
		return nil
	}
	var found answers.Faults
	images := f.opened.Unmirrored(objects, f.registry)
	for _, name := range slices.Sorted(maps.Keys(images)) {
		found = append(found, answers.Fault{Key: "values", Check: "supply.values", Warning: true,
			Summary: "the nodes pull the image " + name + " from its own registry, not from " + f.registry,
			Remedy:  "use the name " + images[name] + " in the raw values"})
	}
	return found
}

// judge applies --skip and --warn-only to what the proof of effect found.
func (p *prepared) judge(o check.Options) (faults, warnings answers.Faults) {
	warnings = p.warnings
	for _, f := range p.faults {
		c := check.Check{ID: f.Check}
		switch {
		case check.Matches(c, o.Skip):
		case check.Matches(c, o.WarnOnly):
			f.Warning = true
			warnings = append(warnings, f)
		default:
			faults = append(faults, f)
		}
	}
	return faults, slices.DeleteFunc(slices.Clone(warnings), func(f answers.Fault) bool {
		return check.Matches(check.Check{ID: f.Check}, o.Skip)
	})
}

// locate adds the lines of the answers file to faults.
func (u *setup) locate(err error) error {
	var faults answers.Faults
	if errors.As(err, &faults) {
		return usage(u.file.Locate(faults))
	}
	return err
}

// wrongSource are the reasons that only another chart.ref can fix.
var wrongSource = []chart.Reason{chart.ReasonInvalid, chart.ReasonNotFound, chart.ReasonNotAChart,
	chart.ReasonTooLarge, chart.ReasonUnsigned, chart.ReasonSignature, chart.ReasonOtherKey, chart.ReasonKeys}

// locateChartError names the answer that points to a missing chart. Errors that
// may be temporary, such as an unreachable registry, are returned unchanged.
func (u *setup) locateChartError(err error) error {
	var version *chart.VersionError
	var source *chart.SourceError
	switch {
	case errors.As(err, &version):
		return u.locate(answers.Faults{{Key: "chart.version", Summary: version.Error(),
			Remedy: "use an existing version, or remove it for the latest"}})
	case errors.As(err, &source) && slices.Contains(wrongSource, source.Reason):
		bare := *source
		bare.Remedy = ""
		return u.locate(answers.Faults{{Key: "chart.ref", Summary: bare.Error(),
			Remedy: cmp.Or(source.Remedy, "correct it, or remove it for the published chart")}})
	}
	return err
}

// secrets creates the Secrets that the values reference.
func (p *prepared) secrets(u *setup) ([]corev1.Secret, error) {
	secrets, err := values.Secrets(p.answers.Complete(), p.chart.Info, p.settings)
	if err != nil {
		return nil, u.locate(err)
	}
	if jwt := p.jwtSecret(u.answers.Cluster.Release); jwt != nil {
		secrets = append(secrets, *jwt)
	}
	return secrets, nil
}

// secretSentence describes what the install does with a Secret.
func (p *prepared) secretSentence(s corev1.Secret) string {
	keys := slices.Sorted(maps.Keys(s.Data))
	named := fmt.Sprintf("Secret %s (%s)", s.Name, strings.Join(keys, ", "))
	at := slices.IndexFunc(p.kept, func(kept corev1.Secret) bool { return kept.Name == s.Name })
	switch {
	case at < 0:
		return "Create " + named + " for the chart to reference."
	case !maps.EqualFunc(p.kept[at].Data, s.Data, bytes.Equal):
		return "Update " + named + ", whose data changes."
	case slices.Equal(keys, []string{manifest.EncryptionKey}):
		return "Keep the encryption key in Secret " + s.Name + "."
	}
	return "Keep " + named + ", which has the same data."
}

// rendered returns the rendered chart for the preflight checks.
func (u *setup) rendered(ctx context.Context) (check.Rendered, error) {
	p, err := u.prepareTentative(ctx)
	var faults answers.Faults
	if errors.As(err, &faults) {
		return check.Rendered{Findings: faults}, nil
	}
	if err != nil {
		return check.Rendered{}, err
	}
	r := check.Rendered{Objects: p.objects, Warnings: p.warnings, Staged: p.staged}
	faults = p.faults
	secrets, err := p.secrets(u)
	var unreadable answers.Faults
	if errors.As(err, &unreadable) {
		faults = append(faults, unreadable...)
	} else if err != nil {
		return check.Rendered{}, err
	}
	r.Secrets = secrets
	for _, f := range faults {
		if f.Check == values.CheckValues {
			r.Unknown = append(r.Unknown, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	return r, nil
}
