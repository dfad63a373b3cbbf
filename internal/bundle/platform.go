package bundle

import (
	"fmt"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Platforms are the platforms that a bundle must serve.
type Platforms struct {
	list     []ocispec.Platform
	required bool // the user chose them: an image without one is an error
}

// defaultPlatforms are taken if available.
var defaultPlatforms = []string{"linux/amd64", "linux/arm64"}

// ParsePlatforms parses platforms such as linux/arm64. None selects linux/amd64 and
// linux/arm64, if available.
func ParsePlatforms(chosen []string) (Platforms, error) {
	p := Platforms{required: len(chosen) > 0}
	if !p.required {
		chosen = defaultPlatforms
	}
	for _, text := range chosen {
		parts := strings.Split(text, "/")
		if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
			return p, fmt.Errorf("platform %q: write it as OS/ARCHITECTURE, such as linux/arm64", text)
		}
		parts = append(parts, "")
		p.list = append(p.list, ocispec.Platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]})
	}
	return p, nil
}

// choose returns the manifests of an index for the platforms.
func (p Platforms) choose(all []ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	var chosen []ocispec.Descriptor
	var missing []string
	for _, want := range p.list {
		found := false
		for _, m := range all {
			if m.Platform == nil || !satisfies(*m.Platform, want) {
				continue
			}
			found = true
			if !slices.ContainsFunc(chosen, func(c ocispec.Descriptor) bool { return c.Digest == m.Digest }) {
				chosen = append(chosen, m)
			}
		}
		if !found {
			missing = append(missing, platformName(want))
		}
	}
	if len(chosen) == 0 || p.required && len(missing) > 0 {
		return nil, fmt.Errorf("it has no image for %s, only for %s", strings.Join(missing, ", "),
			strings.Join(platformNames(all), ", "))
	}
	return chosen, nil
}

// check verifies that an image has every chosen platform.
func (p Platforms) check(has []ocispec.Descriptor) error {
	if !p.required {
		return nil
	}
	_, err := p.choose(has)
	return err
}

func satisfies(has, want ocispec.Platform) bool {
	return has.OS == want.OS && has.Architecture == want.Architecture &&
		(want.Variant == "" || has.Variant == want.Variant)
}

// platformNames lists the platforms of an index. Attestations have an unknown one.
func platformNames(manifests []ocispec.Descriptor) []string {
	var names []string
	for _, m := range manifests {
		if m.Platform != nil && m.Platform.OS != "unknown" && m.Platform.OS != "" {
			names = append(names, platformName(*m.Platform))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func platformName(p ocispec.Platform) string {
	return strings.TrimSuffix(strings.Join([]string{p.OS, p.Architecture, p.Variant}, "/"), "/")
}
