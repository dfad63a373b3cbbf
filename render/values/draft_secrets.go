package values

import (
	"encoding/json"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/internal/yamlnode"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

func (d *draft) source(key string) answers.Source { return sourceOf(d.a, key) }

// refer returns the Secret key for the answer at key: the one that the answer
// references, or one that the installer creates.
func (d *draft) refer(key string) answers.SecretRef {
	need := Need{Answer: key, Source: d.source(key)}
	if ref := need.Source.SecretRef; ref != nil {
		need.SecretRef = *ref
	} else {
		need.SecretRef, need.Ours = secretRefFor(d.a, key), true
	}
	d.need(need)
	return need.SecretRef
}

// compose returns the Secret key that the installer creates with parts as one
// JSON object.
func (d *draft) compose(key string, parts []binding.StorePart) answers.SecretRef {
	need := Need{Answer: key, SecretRef: secretRefFor(d.a, key), Ours: true, Parts: parts}
	d.need(need)
	return need.SecretRef
}

// need records a need unless it is already recorded.
func (d *draft) need(n Need) {
	if !slices.ContainsFunc(
		d.needs,
		func(have Need) bool { return have.SecretRef == n.SecretRef && have.Answer == n.Answer },
	) {
		d.needs = append(d.needs, n)
	}
}

// keep makes the installer store the generated key of an answer in a Secret
// that the values do not reference, so that upgrades find it again.
func (d *draft) keep(key string) {
	if source := d.source(key); source.Generate {
		d.need(Need{Answer: key, SecretRef: secretRefFor(d.a, key), Ours: true, Kept: true, Source: source})
	}
}

// read returns the content of the answer at key, for charts that accept it only
// inline.
func (d *draft) read(key string) secret.Text {
	source := d.source(key)
	if source.SecretRef != nil {
		d.fault(
			key,
			d.chartName()+" accepts it only as a value, not from a Secret",
			"give it as {env: NAME} or {file: PATH}, or use a chart that is "+chartinfo.VersionsWith(
				"environmentSecretKeyRefs",
			)+" (chart.version)",
		)
		return secret.Text{}
	}
	text, faults := content(key, source, d.settings)
	d.faults = append(d.faults, faults...)
	return text
}

// readObject is like read, and decodes a JSON object.
func (d *draft) readObject(key string) (map[string]any, bool) {
	before := len(d.faults)
	text := d.read(key)
	if len(d.faults) > before {
		return nil, false
	}
	var object map[string]any
	if json.Unmarshal([]byte(text.Reveal()), &object) != nil {
		d.fault(key, "it is not a JSON object", `write it as {"region": "…", …}`)
		return nil, false
	}
	return object, true
}

// variable sets a server variable from the answer at key: from a Secret if the
// chart supports it, otherwise inline at name.
func (d *draft) variable(variable, name, key string) {
	if !d.refersToSecrets() {
		text := d.read(key)
		d.keep(key)
		d.set(name, text.Reveal(), key).markSensitive().prove(proof.PodsHaveSecret(variable, text))
		return
	}
	d.appendRef(variable, d.refer(key), key)
}

// appendRef adds an entry to the server's environmentSecretKeyRefs.
func (d *draft) appendRef(variable string, ref answers.SecretRef, from ...string) {
	path := d.server("environmentSecretKeyRefs")
	entry := yamlnode.Map{{"name", variable}, {"secretName", ref.Name}, {"secretKey", ref.Key}}
	for _, s := range d.values {
		if slices.Equal(s.path, path) {
			s.value = append(s.value.([]any), entry)
			d.proveOnlyAll(from, proof.PodsReference(variable, ref))
			return
		}
	}
	d.comment(
		"environmentSecretKeyRefs",
		"Variables that the server reads from Secrets, so that this file has no secret.",
	)
	d.set("environmentSecretKeyRefs", []any{entry}, from...).prove(proof.PodsReference(variable, ref)).enforced = true
}

// proveOnlyAll adds proofs for answers whose value is part of another setting.
func (d *draft) proveOnlyAll(from []string, proofs ...proof.Proof) {
	d.values = append(d.values, (&setting{answers: from}).prove(proofs...))
}

// RawAnswer is the key of the answer with raw chart values.
const RawAnswer = "values"

// secrets returns copies of all sensitive settings: those of answers that no
// raw value replaces, and raw values that are or may be secret.
func (d *draft) secrets() []*setting {
	var all []*setting
	for _, s := range d.values {
		if s.sensitive && !replaced(d.a.Values, s.path) {
			copied := *s
			all = append(all, &copied)
		}
	}
	for _, path := range tree.Leaves(d.a.Values, nil) {
		value := tree.At(d.a.Values, path)
		if secret.IsSensitive(path, value) &&
			!slices.ContainsFunc(all, func(s *setting) bool { return tree.IsBelow(path, s.path) }) {
			all = append(
				all,
				&setting{
					path:      path,
					value:     value,
					answers:   []string{RawAnswer},
					always:    true,
					sensitive: true,
					raw:       true,
				},
			)
		}
	}
	return all
}
