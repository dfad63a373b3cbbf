package answers

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Sample returns a commented answers file to start from: with the questions of
// the guided install, or with every field if all is set. It is valid as it is,
// with the simplest required answers.
func Sample(all bool) []byte {
	var b strings.Builder
	b.WriteString("# Answers for zenml-installer. Uncomment a line to set it.\n")
	b.WriteString("# Secrets are read from a source: {env: NAME}, {file: PATH} or {secretRef: {name: N, key: K}}.\n")
	fmt.Fprintf(&b, "version: %d\n", Version)
	var open []string
	for _, f := range sortedByModel() {
		if f.Advanced && !all {
			continue
		}
		path := strings.Split(f.Key, ".")
		open = writeGroups(&b, open, path[:len(path)-1])
		indent := strings.Repeat("  ", len(path)-1)
		if len(path) == 1 {
			b.WriteString("\n")
		}
		for line := range strings.SplitSeq(display.Wrap(f.sampleComment(), 100-len(indent)-2), "\n") {
			b.WriteString(indent + "# " + line + "\n")
		}
		b.WriteString(indent + f.sampleLine(path[len(path)-1]) + "\n")
	}
	return []byte(b.String())
}

// writeGroups opens the mappings of path that are not open yet.
func writeGroups(b *strings.Builder, open, path []string) []string {
	same := 0
	for same < len(open) && same < len(path) && open[same] == path[same] {
		same++
	}
	for i := same; i < len(path); i++ {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString(strings.Repeat("  ", i) + path[i] + ":\n")
	}
	return path
}

// sampleLine is the field's line in the sample. Only the type of the database
// is set.
func (f Field) sampleLine(name string) string {
	switch {
	case f.Key == "database.type":
		return name + ": " + SQLiteDatabase
	case f.Example != "":
		return "# " + name + ": " + f.Example
	case f.Default != "":
		return "# " + name + ": " + f.Default
	case len(f.Options) > 0:
		return "# " + name + ": " + f.Options[0].Value
	case f.Kind == Boolean:
		return "# " + name + ": true"
	case f.Kind == Secret:
		return "# " + name + ": {env: " + strings.ToUpper(name) + "}"
	case f.Kind == Tree || f.Kind == Pairs:
		return "# " + name + ": {}"
	case f.Kind == List:
		return "# " + name + ": []"
	}
	return "# " + name + `: ""`
}

// sampleComment describes the field in the sample.
func (f Field) sampleComment() string {
	text := f.Help
	if len(f.Options) > 0 {
		text += " One of " + strings.Join(f.Values(), ", ") + "."
	}
	if f.AppliesText != "" {
		text += " Applies when " + f.AppliesText + "."
	}
	return text
}

// sortedByModel returns the fields grouped by mapping.
func sortedByModel() []Field {
	first := map[string]int{}
	rank := func(f Field) []int {
		var order []int
		for i := range f.Key {
			if f.Key[i] == '.' {
				order = append(order, first[f.Key[:i]])
			}
		}
		return append(order, first[f.Key])
	}
	fields := slices.Clone(Fields)
	for i, f := range fields {
		for j := range f.Key + "." {
			prefix := (f.Key + ".")[:j]
			if (f.Key + ".")[j] != '.' {
				continue
			}
			if _, ok := first[prefix]; !ok {
				first[prefix] = i
			}
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return slices.Compare(rank(a), rank(b)) })
	return fields
}
