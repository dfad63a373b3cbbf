package supply

import (
	"slices"

	"github.com/Masterminds/semver/v3"

	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// nearTags returns up to three tags, the nearest first: neighbors in version
// order, or the most similar names.
func nearTags(wanted string, tags []string) []string {
	if v, err := semver.NewVersion(wanted); err == nil {
		if near := neighbors(v, tags); len(near) > 0 {
			return near
		}
	}
	return nearest.Sorted(wanted, tags)[:min(3, len(tags))]
}

// neighbors returns the tags that are versions, the nearest to wanted first, older
// before newer.
func neighbors(wanted *semver.Version, tags []string) []string {
	var versions []*semver.Version
	for _, tag := range tags {
		if v, err := semver.NewVersion(tag); err == nil {
			versions = append(versions, v)
		}
	}
	slices.SortFunc(versions, func(a, b *semver.Version) int { return a.Compare(b) })
	above, _ := slices.BinarySearchFunc(versions, wanted, func(a, b *semver.Version) int { return a.Compare(b) })
	var near []string
	for below := above - 1; len(near) < 3 && (below >= 0 || above < len(versions)); below, above = below-1, above+1 {
		if below >= 0 {
			near = append(near, versions[below].Original())
		}
		if above < len(versions) {
			near = append(near, versions[above].Original())
		}
	}
	return near[:min(3, len(near))]
}
