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

// Typo returns the known name that a name probably misspells, or "" if none differs that
// little. Names that differ only in their digits are meant to be different.
func Typo(name string, known []string) string {
	most := 1
	if len(name) >= 8 {
		most = 2
	}
	for _, k := range known {
		if n := distance(short(name), short(k)); n > 0 && n <= most && withoutDigits(name) != withoutDigits(k) {
			return k
		}
	}
	return ""
}

func withoutDigits(name string) string { return strings.Trim(strings.ToLower(name), "0123456789") }

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
