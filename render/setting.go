package render

import (
	"slices"
	"strings"
)

// setting is one value of the chart.
type setting struct {
	path    []string // from the top of the values: server, database, url
	value   any
	answers []string // keys of the answers that it comes from
	proofs  []proof

	always    bool // written even where the chart's own default says the same
	sensitive bool // the value is a secret
	insists   bool // raw values may not take its effect away
	raw       bool // it is a raw value of the answers
}

// say writes the setting even where the chart's own default says the same.
func (s *setting) say() *setting { s.always = true; return s }

// hide marks the value as a secret.
func (s *setting) hide() *setting { s.sensitive = true; return s }

// prove adds what must be seen in the rendered objects.
func (s *setting) prove(proofs ...proof) *setting {
	s.proofs = append(s.proofs, proofs...)
	return s
}

// concerns tells whether the setting comes from the answer at key, or from one
// below it.
func (s *setting) concerns(key string) bool {
	return slices.ContainsFunc(s.answers, func(from string) bool { return from == key || strings.HasPrefix(from, key+".") })
}

// proof is one fact that the rendered objects must show.
type proof struct {
	claim string // what it is, without any secret: "ZENML_STORE_SSL is true"
	holds func(*view) bool
}

// block is the comment over the values at a path.
type block struct {
	path []string
	text string
}

func dotted(path []string) string { return strings.Join(path, ".") }
