package render

import (
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chart"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// draft collects what the sections decide.
type draft struct {
	a        answers.Answers // complete
	chart    chart.Info
	layout   chart.Layout
	settings Settings

	values []*setting
	blocks []block
	needs  []Need
	faults answers.Faults
}

func newDraft(a answers.Answers, c chart.Info, s Settings) (*draft, error) {
	layout, err := c.Layout()
	if err != nil {
		return nil, err
	}
	d := &draft{a: a.Complete(), chart: c, layout: layout, settings: s}
	for _, section := range sections {
		section(d)
	}
	return d, nil
}

// server returns the path of a setting of the server, which is below another
// key in each generation of the chart. name is dotted: "database.url".
func (d *draft) server(name string) []string {
	return append([]string{d.layout.Root}, strings.Split(name, ".")...)
}

// set puts a setting of the server; from are the keys of its answers.
func (d *draft) set(name string, value any, from ...string) *setting {
	return d.setTop(dotted(d.server(name)), value, from...)
}

// setTop puts a setting that is not below the server's key.
func (d *draft) setTop(name string, value any, from ...string) *setting {
	s := &setting{path: strings.Split(name, "."), value: value, answers: from}
	d.values = append(d.values, s)
	return s
}

// comment puts text over the server's values at name.
func (d *draft) comment(name, text string) {
	d.blocks = append(d.blocks, block{d.server(name), text})
}

// fault records that an answer cannot be honoured.
func (d *draft) fault(check, key, problem, remedy string) {
	d.faults = append(d.faults, answers.Fault{Check: check, Key: key, Problem: problem, Remedy: remedy})
}

// has tells whether the chart has a setting of the server.
func (d *draft) has(name string) bool { return d.knows(d.server(name)) }

// refersToSecrets tells whether the chart can take a variable of the server
// from a Secret that is not its own.
func (d *draft) refersToSecrets() bool { return d.has("environmentSecretKeyRefs") }

// refer returns the Secret and key that hold the answer at key: the one that
// the answer names, or ours.
func (d *draft) refer(key string) answers.SecretRef {
	source := d.a.GetSource(key)
	need := Need{Answer: key, source: source}
	if ref := source.SecretRef; ref != nil {
		need.SecretRef = *ref
	} else {
		need.SecretRef, need.Ours = home(d.a, key), true
	}
	if !slices.ContainsFunc(d.needs, func(n Need) bool { return n.SecretRef == need.SecretRef && n.Answer == key }) {
		d.needs = append(d.needs, need)
	}
	return need.SecretRef
}

// keep has the installer keep the answer at key in a Secret of ours although
// the values do not reference it: a generated key that must survive.
func (d *draft) keep(key string) {
	if source := d.a.GetSource(key); source.Generate {
		d.needs = append(d.needs, Need{Answer: key, SecretRef: home(d.a, key), Ours: true, Kept: true, source: source})
	}
}

// read returns the content of the answer at key, which the chart takes inline.
func (d *draft) read(key string) secret.Text {
	source := d.a.GetSource(key)
	if source.SecretRef != nil {
		d.fault(CheckValues, key, d.chartName()+" can take it only as a value, not from a Secret",
			"give it as {env: NAME} or {file: PATH}, or use a chart that is "+chartsWith("environmentSecretKeyRefs")+" (chart.version)")
		return secret.Text{}
	}
	text, err := content(key, source, d.settings)
	if err != nil {
		d.fault(CheckReferences, key, err.Error(), "")
	}
	return text
}

// variable gives the server a variable from the answer at key: by reference
// where the chart can, else inline at name.
func (d *draft) variable(variable, name, key string) {
	if !d.refersToSecrets() {
		text := d.read(key)
		d.keep(key)
		d.set(name, text.Reveal(), key).hide().prove(podsSeeSecret(variable, text))
		return
	}
	ref := d.refer(key)
	d.appendRef(variable, ref, key)
}

// appendRef adds an entry to the server's environmentSecretKeyRefs.
func (d *draft) appendRef(variable string, ref answers.SecretRef, key string) {
	path := d.server("environmentSecretKeyRefs")
	entry := ordered{{"name", variable}, {"secretName", ref.Name}, {"secretKey", ref.Key}}
	for _, s := range d.values {
		if slices.Equal(s.path, path) {
			s.value = append(s.value.([]any), entry)
			s.answers = append(s.answers, key)
			s.prove(podsRefer(variable, ref))
			return
		}
	}
	d.comment("environmentSecretKeyRefs", "Variables that the server takes out of Secrets, so that no secret stands in this file.")
	d.set("environmentSecretKeyRefs", []any{entry}, key).prove(podsRefer(variable, ref))
}

func (d *draft) chartName() string { return "chart " + d.chart.Name + " " + d.chart.Version }

// proveOnly adds proofs for an answer that needs no value of the chart.
func (d *draft) proveOnly(key string, proofs ...proof) {
	d.values = append(d.values, (&setting{answers: []string{key}}).prove(proofs...))
}
