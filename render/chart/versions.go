package chart

import (
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

const nearestCount = 5 // number of versions to suggest

// choose returns the newest available version that satisfies want: an exact
// version (a leading v is allowed), a constraint, or "" for the newest stable
// version.
func choose(ref, want string, available []string) (string, error) {
	versions := parseVersions(available)
	for _, v := range slices.Backward(versions) {
		if matches(v, want) {
			return v.Original(), nil
		}
	}
	return "", &VersionError{Ref: ref, Version: want, Nearest: nearest(want, versions)}
}

// satisfies reports whether version satisfies want. Every version satisfies "".
func satisfies(version, want string) bool {
	v, err := semver.NewVersion(version)
	if want == "" {
		return true
	}
	return err == nil && matches(v, want)
}

func matches(v *semver.Version, want string) bool {
	if want == "" {
		return v.Prerelease() == ""
	}
	if exact, ok := exactVersion(want); ok {
		return v.Equal(exact) && v.Metadata() == exact.Metadata()
	}
	constraint, err := semver.NewConstraint(want)
	return err == nil && constraint.Check(v)
}

func exactVersion(want string) (*semver.Version, bool) {
	v, err := semver.StrictNewVersion(strings.TrimPrefix(want, "v"))
	return v, err == nil
}

// parseVersions returns the versions among tags, oldest first. Some charts have
// versions with a leading v.
func parseVersions(tags []string) []*semver.Version {
	var versions []*semver.Version
	for _, tag := range tags {
		if _, strict := exactVersion(tag); !strict {
			continue
		}
		if v, err := semver.NewVersion(tag); err == nil {
			versions = append(versions, v)
		}
	}
	slices.SortFunc(versions, (*semver.Version).Compare)
	return versions
}

// nearest returns the versions closest to want, or the newest ones if want is
// not an exact version, oldest first.
func nearest(want string, versions []*semver.Version) []string {
	at := len(versions)
	if exact, ok := exactVersion(want); ok {
		at, _ = slices.BinarySearchFunc(versions, exact, (*semver.Version).Compare)
	}
	from := max(0, min(at-nearestCount/2, len(versions)-nearestCount))
	var names []string
	for _, v := range versions[from:min(len(versions), from+nearestCount)] {
		names = append(names, v.Original())
	}
	return names
}
