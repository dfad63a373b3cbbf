package answers

import (
	"cmp"
	"fmt"
	"strings"
)

// Explain returns the help on one key of the answers file, or the list of keys
// below it. The error names the nearest key when there is none.
func Explain(key string) (string, error) {
	if f, ok := FieldByKey(key); ok {
		return f.explain(), nil
	}
	var b strings.Builder
	for _, f := range sortedByModel() {
		if strings.HasPrefix(f.Key, key+".") {
			fmt.Fprintf(&b, "%s\n    %s\n", f.Key, f.Title)
		}
	}
	if b.Len() == 0 {
		return "", Fault{Key: key, Problem: "there is no such key", Remedy: Nearest(key)}
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
		for _, line := range wrapText(text, 88) {
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
	b.WriteString("\n  takes: " + f.typeText() + "\n")
	if f.AppliesText != "" {
		b.WriteString("  counts only " + f.AppliesText + "\n")
	}
	if f.Default != "" {
		b.WriteString("  default: " + f.Default + "\n")
	}
	if f.Example != "" {
		b.WriteString("  example: " + f.Example + "\n")
	}
	return b.String()
}

// takes says in words what an answer looks like.
func (f Field) typeText() string {
	switch f.Kind {
	case Integer:
		return "a whole number"
	case Boolean:
		return "true or false"
	case Choice:
		return "one of " + strings.Join(f.Values(), ", ")
	case Secret:
		if f.Generable {
			return "a secret: {generate: true}, {env: NAME}, {file: PATH}, {secretRef: {name: N, key: K}} or {value: …}"
		}
		return "a secret: {env: NAME}, {file: PATH}, {secretRef: {name: N, key: K}} or {value: …}"
	case Content:
		return "a certificate: {file: PATH}, {env: NAME}, {secretRef: {name: N, key: K}} or {value: …}"
	case Tree:
		return "a mapping of anything"
	case List:
		return "a list of texts"
	case Pairs:
		return "names, each with a text"
	case Secrets:
		return "names, each with a secret"
	case Items:
		return "a list of mappings"
	default:
		return "text"
	}
}
