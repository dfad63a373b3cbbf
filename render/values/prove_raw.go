package values

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// ProveRaw verifies that each raw value has an effect: it renders the chart
// without the value and expects different objects. Prove cannot verify raw
// values, because their purpose is unknown. render is called twice with the
// same values to detect random output, then once per raw value. The error is
// render's.
func ProveRaw(doc Document, render func(values map[string]any) ([]manifest.Object, error)) (answers.Faults, error) {
	raw := doc.draft.a.Values
	if len(raw) == 0 {
		return nil, nil
	}
	with, random, err := steadyRender(doc.Map, render)
	if err != nil {
		return nil, err
	}
	var faults answers.Faults
	for _, path := range tree.Leaves(raw, nil) {
		less, err := doc.draft.mapWithout(raw, path)
		if err != nil {
			return nil, err
		}
		objects, err := render(less)
		if err != nil {
			continue // the chart requires the value
		}
		if without := manifest.Flatten(objects); !differs(with, without, random) {
			faults = append(faults, answers.Fault{Check: CheckEffect, Key: "values",
				Summary: fmt.Sprintf(
					"%s has no effect: %s renders the same objects without it",
					tree.Dotted(path),
					doc.draft.chartName(),
				), Remedy: "remove it"})
		}
	}
	return faults, nil
}

// steadyRender renders twice and returns the random places.
func steadyRender(
	values map[string]any,
	render func(map[string]any) ([]manifest.Object, error),
) (with map[string]any, random map[string]bool, err error) {
	first, err := render(values)
	if err != nil {
		return nil, nil, err
	}
	second, err := render(values)
	if err != nil {
		return nil, nil, err
	}
	with, again := manifest.Flatten(first), manifest.Flatten(second)
	random = map[string]bool{}
	for place, value := range with {
		if !reflect.DeepEqual(value, again[place]) {
			random[place] = true
		}
	}
	return with, random, nil
}

func differs(with, without map[string]any, random map[string]bool) bool {
	for place, value := range with {
		if !random[place] && !reflect.DeepEqual(value, without[place]) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(without)), func(place string) bool {
		_, there := with[place]
		return !there
	})
}

// mapWithout returns the values without one raw value and without mappings that
// it leaves empty.
func (d *draft) mapWithout(raw map[string]any, path []string) (map[string]any, error) {
	less := tree.Clone(raw)
	tree.Cut(less, path)
	root, err := d.root(less)
	if err != nil {
		return nil, err
	}
	return asHelmReads(root)
}
