package values

import (
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/render/proof"
)

// setting is one value of the chart.
type setting struct {
	path    []string // from the top of the values: server, database, url
	value   any
	answers []string // keys of the answers that it comes from
	proofs  []proof.Proof

	always    bool // written even where the chart's own default says the same
	sensitive bool // the value is a secret
	enforced  bool // raw values may not take its effect away
	raw       bool // it is a raw value of the answers
}

// explicit writes the setting even where the chart's own default says the same.
func (s *setting) explicit() *setting { s.always = true; return s }

// markSensitive marks the value as a secret.
func (s *setting) markSensitive() *setting { s.sensitive = true; return s }

// prove adds what must be seen in the rendered objects.
func (s *setting) prove(proofs ...proof.Proof) *setting {
	s.proofs = append(s.proofs, proofs...)
	return s
}

// concerns reports whether the setting comes from the answer at key, or from one
// below it.
func (s *setting) concerns(key string) bool {
	return slices.ContainsFunc(
		s.answers,
		func(from string) bool { return from == key || strings.HasPrefix(from, key+".") },
	)
}

// block is the comment over the values at a path.
type block struct {
	path []string
	text string
}
