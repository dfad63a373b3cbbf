package values

import "slices"

// ProvedAnswers returns the keys of the answers whose settings have a proof.
func ProvedAnswers(d Document) []string {
	var keys []string
	for _, s := range d.draft.values {
		if len(s.proofs) > 0 {
			keys = append(keys, s.answers...)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// OutsideTheChart exports outsideTheChart.
var OutsideTheChart = outsideTheChart

// AddedPaths returns the chart values that no answer asks for.
func AddedPaths(d Document) [][]string {
	var paths [][]string
	for _, s := range d.draft.values {
		if len(s.path) > 0 && !d.draft.isAsked(s) {
			paths = append(paths, s.path)
		}
	}
	return paths
}
