package answers

import (
	"fmt"
	"strings"
)

// Reference returns the reference page of the answers file, in Markdown.
func Reference() []byte {
	var b strings.Builder
	b.WriteString(referenceHead)
	group := ""
	for _, f := range sortedByModel() {
		top, _, _ := strings.Cut(f.Key, ".")
		if top != group {
			group = top
			fmt.Fprintf(&b, "\n## %s\n", top)
			if intro := groupIntros[top]; intro != "" {
				b.WriteString("\n" + intro + "\n")
			}
		}
		f.writeReference(&b)
	}
	return []byte(b.String())
}

const referenceHead = `# The answers file

<!-- Made from the model by go test ./internal/answers -update; do not edit. -->

An answers file says everything that the guided install would ask, and more. ` + "`zenml-installer answers init`" + `
writes one to begin with, ` + "`answers validate`" + ` checks one, ` + "`answers explain KEY`" + ` shows one entry of this page,
and ` + "`answers schema`" + ` gives editors the JSON Schema.

It begins with ` + "`version: 1`" + `. Keys that are not on this page are faults, and so is an answer that has no meaning
beside the others. Whatever is not answered has the default that is given here, or the chart's own.

**A secret** is never plain by default. It is one of ` + "`{env: NAME}`" + ` (an environment variable of the installer),
` + "`{file: PATH}`" + ` (relative to the answers file), ` + "`{secretRef: {name: N, key: K}}`" + ` (an existing Secret in the server's
namespace), where a random key serves ` + "`{generate: true}`" + `, and ` + "`{value: …}`" + ` as the last resort. What the chart can read
from a Secret is put into a Secret and only referenced in the values.
`

var groupIntros = map[string]string{
	"secretsStore":       "The store that the server writes its users' secrets into.",
	"backupSecretsStore": "The same answers as secretsStore, for a second store.",
	"prerequisites":      "What the exposure needs in the cluster besides the server. Nothing is installed without the word for it.",
	"values":             "",
}

func (f Field) writeReference(b *strings.Builder) {
	fmt.Fprintf(b, "\n### `%s`\n\n%s. %s", f.Key, strings.TrimSuffix(f.Title, "."), f.Help)
	if f.Why != "" {
		b.WriteString(" " + f.Why)
	}
	b.WriteString("\n\n")
	if len(f.Options) > 0 {
		for _, o := range f.Options {
			if o.Help == "" {
				fmt.Fprintf(b, "- `%s`\n", o.Value)
				continue
			}
			fmt.Fprintf(b, "- `%s`: %s\n", o.Value, o.Help)
		}
	} else {
		fmt.Fprintf(b, "- takes %s\n", f.typeText())
	}
	if f.AppliesText != "" {
		fmt.Fprintf(b, "- counts only %s\n", f.AppliesText)
	}
	if f.Needed != nil {
		b.WriteString("- must be answered" + map[bool]string{true: " where it counts"}[f.AppliesText != ""] + "\n")
	}
	if f.Default != "" {
		fmt.Fprintf(b, "- default `%s`\n", f.Default)
	}
	if f.Example != "" {
		fmt.Fprintf(b, "- like `%s`\n", f.Example)
	}
}
