package values

import "slices"

// ProvedAnswers returns the keys of the answers whose settings have a proof, for
// the tests outside the package.
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

// OutsideTheChart reports whether an answer is for the installer only.
var OutsideTheChart = outsideTheChart
