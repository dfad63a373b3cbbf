package chartinfo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/zenml-installer/zenml-installer/internal/tree"
)

// undocumented are the settings that charts read without naming them in their
// defaults, from the version since on. Others are known when the defaults
// mention them in a comment, at the place where they would stand.
var undocumented = []struct {
	path  string // below the server's key
	since string // "" means every chart
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

// openMappings are the mappings that charts hand on as they are, so that any key below
// them has a meaning.
var openMappings = regexp.MustCompile(
	`^((server|zenml)\.(backupSecretsStore|secretsStore)\.(aws|gcp|azure)\.authConfig|podSecurityContext|securityContext)$`,
)

// Knows reports whether the chart reads the value at path.
func Knows(c Info, layout Layout, path []string) bool {
	if path[0] == "global" { // Helm's own, for subcharts
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

// isOpen reports whether a default leaves open what stands below it: an empty
// mapping, a list, nothing at all.
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

// mentions reports whether a key stands in a comment of the chart's defaults, as
// deep as it would stand without the mark.
func mentions(c Info, key string, depth int) bool {
	pattern := fmt.Sprintf(`(?m)^ {%d}# ?%s:`, 2*depth, regexp.QuoteMeta(key))
	return regexp.MustCompile(pattern).Match(c.Defaults)
}

// Children lists the keys that the chart knows at path, for a hint.
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
