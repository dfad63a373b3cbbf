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

// ProveRaw looks for the effect of each raw value of the answers: the chart is
// rendered once more without it, and the objects must differ. Prove cannot tell,
// because the purpose of a raw value is unknown. render is asked twice for the
// same values to learn what is random, and then once for every raw value. The
// error is render's.
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
			continue // without it the chart does not even render
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

// steadyRender renders twice and reports which places are random.
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

// mapWithout gives the values as if one raw value had not been given, nor the
// mappings that it alone is in.
func (d *draft) mapWithout(raw map[string]any, path []string) (map[string]any, error) {
	less := tree.Clone(raw)
	tree.Cut(less, path)
	root, err := d.root(less)
	if err != nil {
		return nil, err
	}
	return asHelmReads(root)
}
