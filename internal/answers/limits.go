package answers

import (
	"fmt"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// The limits of answers. All of them are far above what a server needs, and below what
// Helm can store: a release is a Secret, which holds 1 MiB at most.
const (
	// MaxFile is the largest answers file, in bytes.
	MaxFile = 1 << 20
	// MaxSecret is the largest content of a Source, in bytes.
	MaxSecret = 1 << 20
	// MaxLevels is how deep mappings and lists may be nested.
	MaxLevels = 100

	// maxNodes limits the keys and values of a file, because the YAML library compares
	// each key of a mapping with all others.
	maxNodes = 20_000

	// maxRawValues limits the raw values: for each of them, the chart is rendered once
	// more to prove its effect.
	maxRawValues = 300
)

// A limitError is YAML above a limit.
type limitError struct{ text string }

func (e *limitError) Error() string { return e.text }

var (
	errTooDeep = &limitError{"it is nested more than " + strconv.Itoa(MaxLevels) + " levels deep"}
	errTooMany = &limitError{"it has more than " + strconv.Itoa(maxNodes) + " keys and values"}
)

// budget is what a file may still contain.
type budget struct{ nodes int }

// spend counts the nodes below n.
func (b *budget) spend(n *yaml.Node, levels int) error {
	if b.nodes--; b.nodes < 0 {
		return errTooMany
	}
	if levels < 0 && len(n.Content) > 0 {
		return errTooDeep
	}
	for _, below := range n.Content {
		if err := b.spend(below, levels-1); err != nil {
			return err
		}
	}
	return nil
}

func rawValuesAreFew(a Answers) Faults {
	if n := len(tree.Leaves(a.Values, nil)); n > maxRawValues {
		return faultAt("values", fmt.Sprintf("it sets %d values, and %d is the limit", n, maxRawValues),
			"use the answers keys instead, or lists, which count as one value")
	}
	return nil
}
