// Package nearest finds the known name that a misspelled one probably means.
package nearest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

const maxLength = 64 // bytes of a name that are compared

// Name returns the known name that was probably meant, or "" if none is
// similar. It ignores case.
func Name(name string, known []string) string {
	name = short(name)
	best, least := "", 1+len(name)/2
	for _, k := range known {
		if n := distance(name, k); n < least {
			best, least = k, n
		}
	}
	return best
}

// Sorted returns the known names, the most similar first.
func Sorted(name string, known []string) []string {
	name, known = short(name), slices.Clone(known)
	slices.SortStableFunc(known, func(a, b string) int { return cmp.Compare(distance(name, a), distance(name, b)) })
	return known
}

func distance(a, b string) int {
	return levenshtein.ComputeDistance(strings.ToLower(a), strings.ToLower(b))
}

func short(name string) string { return name[:min(len(name), maxLength)] }
