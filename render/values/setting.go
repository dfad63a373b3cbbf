package values

import (
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/render/proof"
)

// setting is one value of the chart.
type setting struct {
	path    []string // from the root of the values: server, database, url
	value   any
	answers []string // keys of its answers
	proofs  []proof.Proof

	always    bool // written even if it equals the chart's default
	sensitive bool // the value is a secret
	enforced  bool // raw values must not remove its effect
	raw       bool // a raw value

	// lost is what is lost without its effect, if the installer adds it by itself.
	lost string
}

// added marks a setting that the installer adds by itself, and says what is
// lost without its effect.
func (s *setting) added(lost string) { s.lost = lost }

// explicit makes the setting appear in the file even if it equals the chart's
// default.
func (s *setting) explicit() *setting { s.always = true; return s }

func (s *setting) markSensitive() *setting { s.sensitive = true; return s }

// prove adds proofs that the rendered objects must satisfy.
func (s *setting) prove(proofs ...proof.Proof) *setting {
	s.proofs = append(s.proofs, proofs...)
	return s
}

// concerns reports whether the setting is based on the answer at key or on one
// below it.
func (s *setting) concerns(key string) bool {
	return slices.ContainsFunc(
		s.answers,
		func(from string) bool { return from == key || strings.HasPrefix(from, key+".") },
	)
}

// block is the comment above the values at a path.
type block struct {
	path []string
	text string
}
