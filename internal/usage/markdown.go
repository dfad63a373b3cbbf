package usage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Markdown returns a page with a root command and its subcommands: what they do, examples
// and flags. Flags that all commands share are listed once, and kubectl's after them.
func Markdown(root *cobra.Command, kubectl *pflag.FlagSet, placeholders map[string]string) string {
	root.InitDefaultCompletionCmd()
	h := help{kubectl: kubectl, placeholders: placeholders}
	var overview, sections strings.Builder
	for _, c := range available(root) {
		anchor := strings.ReplaceAll(c.CommandPath(), " ", "-")
		fmt.Fprintf(&overview, "| [%s](#%s) | %s |\n", c.CommandPath(), anchor, c.Short)
		h.commandSection(&sections, c)
	}
	own, folded := newSet(), newSet()
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if kubectl.Lookup(f.Name) == nil || slices.Contains(shown, f.Name) {
			own.AddFlag(h.named(root, f))
		} else {
			folded.AddFlag(h.named(root, f))
		}
	})
	return "| Command | Purpose |\n|---|---|\n" + overview.String() +
		"\nEach command has its own flags and those of [all commands](#flags-of-all-commands).\n" + sections.String() +
		"\n## Flags of all commands\n" + table(own) +
		"\n## Flags of kubectl\n\nThese flags work with every command, as they do in kubectl.\n" + table(folded)
}

// available returns a command and all subcommands that users see.
func available(c *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			all = append(all, available(sub)...)
		}
	}
	return all
}

// commandSection adds the section of a command.
func (h help) commandSection(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n", c.CommandPath(), strings.TrimSpace(cmp.Or(c.Long, c.Short+".")))
	if c.Runnable() {
		fmt.Fprintf(b, "\n```text\n%s\n```\n", c.UseLine())
	}
	if c.HasExample() {
		fmt.Fprintf(b, "\nExamples:\n\n```text\n%s\n```\n", unindented(c.Example))
	}
	own, _ := h.split(c)
	b.WriteString(table(own))
}

// unindented removes the indentation that examples have in the help.
func unindented(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}

// escape keeps a text in its cell, and placeholders from being HTML.
var escape = strings.NewReplacer("|", `\|`, "<", `\<`, "\n", " ")

// table lists flags, or is empty without any but help.
func table(flags *pflag.FlagSet) string {
	var rows strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Deprecated != "" || f.Name == "help" {
			return
		}
		name := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			name += ", `-" + f.Shorthand + "`"
		}
		_, purpose := pflag.UnquoteUsage(f)
		fmt.Fprintf(&rows, "| %s | %s | %s | %s |\n", name, valueOf(f), defaultOf(f), escape.Replace(purpose))
	})
	if rows.Len() == 0 {
		return ""
	}
	return "\n| Flag | Value | Default | Purpose |\n|---|---|---|---|\n" + rows.String()
}

// valueOf returns the placeholder or the type of a flag's value, or nothing if it has none.
func valueOf(f *pflag.Flag) string {
	if f.Value.Type() == "bool" {
		return ""
	}
	return "`" + escape.Replace(f.Value.Type()) + "`"
}

// defaultOf returns the default of a flag, or nothing if it is empty.
func defaultOf(f *pflag.Flag) string {
	if slices.Contains([]string{"", "[]", "false", "0"}, f.DefValue) {
		return ""
	}
	return "`" + f.DefValue + "`"
}
