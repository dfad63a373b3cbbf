package answers

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Explain returns the help on one key of the answers file, or the list of keys
// below it; all keys if it is empty. The error suggests keys if there is none.
func Explain(key string) (string, error) {
	if f, ok := FieldByKey(key); ok {
		return f.explain(), nil
	}
	var b strings.Builder
	for _, f := range sortedByModel() {
		if key == "" || strings.HasPrefix(f.Key, key+".") {
			fmt.Fprintf(&b, "%s\n    %s\n", f.Key, f.Title)
		}
	}
	if b.Len() == 0 {
		return "", Fault{Key: key, Summary: "unknown key", Remedy: Nearest(key)}
	}
	return b.String(), nil
}

func (f Field) explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", f.Key, f.Title)
	paragraph := func(text string) {
		if text == "" {
			return
		}
		b.WriteString("\n")
		for line := range strings.SplitSeq(display.Wrap(text, 88), "\n") {
			b.WriteString("  " + line + "\n")
		}
	}
	paragraph(f.Help)
	paragraph(f.Why)
	if len(f.Options) > 0 {
		b.WriteString("\n")
		for _, o := range f.Options {
			fmt.Fprintf(&b, "  %-22s %s\n", o.Value, cmp.Or(o.Help, o.Title))
		}
	}
	b.WriteString("\n  Type: " + f.typeText() + "\n")
	if f.AppliesText != "" {
		b.WriteString("  Applies when: " + f.AppliesText + "\n")
	}
	if f.Default != "" {
		b.WriteString("  Default: " + f.Default + "\n")
	}
	if f.Example != "" {
		b.WriteString("  Example: " + f.Example + "\n")
	}
	return b.String()
}

// typeText describes the type of an answer.
func (f Field) typeText() string {
	switch f.Kind {
	case Integer:
		return "integer"
	case Boolean:
		return "boolean"
	case Choice:
		return "one of " + strings.Join(f.Values(), ", ")
	case Secret:
		if f.Generable {
			return "secret: {generate: true}, {env: NAME}, {file: PATH}, {secretRef: {name: N, key: K}} or {value: …}"
		}
		return "secret: {env: NAME}, {file: PATH}, {secretRef: {name: N, key: K}} or {value: …}"
	case Content:
		return "certificate: {file: PATH}, {env: NAME}, {secretRef: {name: N, key: K}} or {value: …}"
	case Tree:
		return "mapping"
	case List:
		return "list of strings"
	case Pairs:
		return "mapping of names to strings"
	case Secrets:
		return "mapping of names to secrets"
	case Items:
		return "list of mappings"
	default:
		return "string"
	}
}
