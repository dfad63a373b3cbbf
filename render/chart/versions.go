package chart

import (
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

const nearestCount = 5 // versions named when the wanted one is not there

// choose returns the newest of the available versions that satisfies want: an
// exact version (a leading v is allowed), a constraint, or nothing for the
// newest stable one.
func choose(ref, want string, available []string) (string, error) {
	versions := parseVersions(available)
	for _, v := range slices.Backward(versions) {
		if matches(v, want) {
			return v.Original(), nil
		}
	}
	return "", &VersionError{Ref: ref, Version: want, Nearest: nearest(want, versions)}
}

// satisfies reports whether version is what want asks for; nothing is satisfied
// by any version.
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

// parseVersions returns the versions among tags, oldest first.
func parseVersions(tags []string) []*semver.Version {
	var versions []*semver.Version
	for _, tag := range tags {
		if v, err := semver.StrictNewVersion(tag); err == nil {
			versions = append(versions, v)
		}
	}
	slices.SortFunc(versions, (*semver.Version).Compare)
	return versions
}

// nearest returns the versions around want, or the newest ones when want is no
// exact version; oldest first.
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
