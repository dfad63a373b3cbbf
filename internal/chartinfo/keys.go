package chartinfo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// undocumented are settings that charts read but do not list in their defaults,
// from version since on. Other unlisted settings are commented out in the
// defaults.
var undocumented = []struct {
	path  string // below the server's root key
	since string // "" for all charts
}{
	{path: "database.poolSize"},
	{path: "database.maxOverflow"},
	{path: "database.backupStrategy"},
	{path: "database.backupPVStorageClass"},
	{path: "database.backupPVStorageSize"},
	{path: "database.backupDatabase"},
	{path: "threadPoolSize"},
	{path: "authThreadPoolSize"},
	{path: "requestTimeout"},
	{path: "requestCacheTimeout"},
	{path: "database.mydumperThreads", since: "0.93.1"},
	{path: "database.mydumperCompress", since: "0.93.1"},
	{path: "database.mydumperExtraArgs", since: "0.93.1"},
	{path: "database.myloaderThreads", since: "0.93.1"},
	{path: "database.myloaderExtraArgs", since: "0.93.1"},
	{path: "database.customBackupEngine", since: "0.93.1"},
	{path: "database.customBackupEngineConfig", since: "0.93.1"},
}

// openMappings are mappings that charts pass through unchanged, so that any key
// below them is valid.
var openMappings = regexp.MustCompile(
	`^((server|zenml)\.(backupSecretsStore|secretsStore)\.(aws|gcp|azure)\.authConfig|podSecurityContext|securityContext)$`,
)

// Knows reports whether the chart reads the value at path.
func Knows(c Info, layout Layout, path []string) bool {
	if path[0] == "global" { // reserved by Helm for subcharts
		return true
	}
	for i := range path {
		if openMappings.MatchString(tree.Dotted(path[:i+1])) && layout.Default(path[:i+1]...) != nil {
			return true
		}
		n := layout.Default(path[:i+1]...)
		if n == nil {
			return knowsUndocumented(c, layout, path[:i+1])
		}
		if isOpen(n) {
			return true
		}
	}
	return true
}

// isOpen reports whether a default accepts any value: an empty mapping, a list
// or null.
func isOpen(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.MappingNode:
		return len(n.Content) == 0
	case yaml.SequenceNode:
		return true
	default:
		return n.Tag == "!!null"
	}
}

func knowsUndocumented(c Info, layout Layout, path []string) bool {
	if mentions(c, path[len(path)-1], len(path)-1) {
		return true
	}
	if len(path) < 2 || path[0] != layout.Root {
		return false
	}
	name := strings.Join(path[1:], ".")
	for _, s := range undocumented {
		if s.path == name {
			return s.since == "" || !isOlder(c.Version, s.since)
		}
	}
	return false
}

// mentions reports whether the chart's defaults contain key commented out, at
// the given depth of indentation. Without comments its templates must read the key.
func mentions(c Info, key string, depth int) bool {
	if c.Templates != nil {
		return regexp.MustCompile(`\.` + regexp.QuoteMeta(key) + `\b`).Match(c.Templates)
	}
	pattern := fmt.Sprintf(`(?m)^ {%d}# ?%s:`, 2*depth, regexp.QuoteMeta(key))
	return regexp.MustCompile(pattern).Match(c.Defaults)
}

// Children returns the keys that the chart has at path, for suggestions.
func Children(layout Layout, path []string) []string {
	var names []string
	if n := layout.Default(path...); n != nil && n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			names = append(names, n.Content[i].Value)
		}
	}
	if len(path) > 0 && path[0] == layout.Root {
		below := strings.Join(append(slices.Clone(path[1:]), ""), ".")
		for _, s := range undocumented {
			if rest, ok := strings.CutPrefix(s.path, below); ok && !strings.Contains(rest, ".") {
				names = append(names, rest)
			}
		}
	}
	return names
}
