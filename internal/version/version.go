// Package version reports the build of this program.
package version

import "runtime/debug"

// Set by the linker: -X github.com/zenml-installer/zenml-installer/internal/version.tag=v1.2.3
var tag string

// String returns the tag of the release, the module version or commit that the
// Go toolchain recorded, or "dev".
func String() string {
	if tag != "" {
		return tag
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}
