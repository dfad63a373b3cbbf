package render

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// ProveRaw looks for the effect of each raw value of the answers: the chart is
// rendered once more without it, and the objects must differ. Prove cannot tell,
// because nobody knows what a raw value is for. render is asked twice for the
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
	for _, path := range rawLeaves(raw, nil) {
		less, err := doc.draft.mapWithout(raw, path)
		if err != nil {
			return nil, err
		}
		objects, err := render(less)
		if err != nil {
			continue // without it the chart does not even render
		}
		if without := flatten(objects); !differs(with, without, random) {
			faults = append(faults, answers.Fault{Check: CheckEffect, Key: "values",
				Problem: fmt.Sprintf("%s has no effect: %s renders the same without it", dotted(path), doc.draft.chartName()), Remedy: "leave it out"})
		}
	}
	return faults, nil
}

// steadyRender renders twice and tells which places are random.
func steadyRender(values map[string]any, render func(map[string]any) ([]manifest.Object, error)) (with map[string]any, random map[string]bool, err error) {
	first, err := render(values)
	if err != nil {
		return nil, nil, err
	}
	second, err := render(values)
	if err != nil {
		return nil, nil, err
	}
	with, again := flatten(first), flatten(second)
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
	less := clone(raw)
	cut(less, path)
	root, err := d.root(less)
	if err != nil {
		return nil, err
	}
	return asHelmReads(root)
}

// rawLeaves lists the paths to everything in raw values that is no mapping.
func rawLeaves(m map[string]any, path []string) [][]string {
	var all [][]string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		at := append(slices.Clone(path), name)
		if below, ok := m[name].(map[string]any); ok && len(below) > 0 {
			all = append(all, rawLeaves(below, at)...)
			continue
		}
		all = append(all, at)
	}
	return all
}

// flatten gives every value of the objects by its place.
func flatten(objects []manifest.Object) map[string]any {
	flat := map[string]any{}
	var walk func(at string, v any)
	walk = func(at string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, below := range v {
				walk(at+"/"+name, below)
			}
		case []any:
			for i, below := range v {
				walk(at+"/"+strconv.Itoa(i), below)
			}
		default:
			flat[at] = v
		}
	}
	for i, o := range objects {
		walk(fmt.Sprintf("%s/%s", o.GetKind(), o.GetName())+"#"+strconv.Itoa(i), o.Object)
	}
	return flat
}
