// Package usage writes the help of the commands: their own flags first, then those
// that all commands share, with kubectl's folded into one line.
package usage

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/zenml-installer/zenml-installer/internal/display"
	"github.com/zenml-installer/zenml-installer/internal/nearest"
)

// OptionsName is the command that lists kubectl's flags.
const OptionsName = "options"

// shown are the flags of kubectl that are used most; they are not folded.
var shown = []string{"context", "kubeconfig", "namespace"}

// Install sets the help of a root command and its subcommands, and the errors for
// unknown flags. The flags in kubectl are those that kubectl has, too. Lines are at most
// width columns wide. Placeholders are what stands for the values of flags, by the name of
// the flag, or by "COMMAND FLAG" if commands differ.
func Install(root *cobra.Command, kubectl *pflag.FlagSet, width int, placeholders map[string]string) {
	h := help{kubectl: kubectl, width: width, placeholders: placeholders}
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), h.text(c))
		return err
	})
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(func(c *cobra.Command, _ []string) {
		if UnknownHelp(c) == nil {
			c.Print(h.describe(c) + h.text(c))
		}
	})
	root.SuggestionsMinimumDistance = 2 // of the edit distance, which is cobra's default
	root.AddCommand(h.options(root.Name()))
}

// help renders the usage of commands.
type help struct {
	kubectl      *pflag.FlagSet
	width        int
	placeholders map[string]string
}

// maxText limits the width of paragraphs, which are hard to read if they are wider.
const maxText = 100

// describe is the description of a command, with its paragraphs wrapped. Indented lines
// and single lines stay whole.
func (h help) describe(c *cobra.Command) string {
	paragraphs := strings.Split(strings.TrimSpace(cmp.Or(c.Long, c.Short)), "\n\n")
	for i, p := range paragraphs {
		if !strings.Contains(p, "\n ") && !strings.Contains(p, "\n\t") && strings.TrimLeft(p, " \t") == p {
			paragraphs[i] = h.wrap(strings.ReplaceAll(p, "\n", " "))
		}
	}
	return strings.Join(paragraphs, "\n\n") + "\n\n"
}

func (h help) wrap(text string) string { return display.WrapSentences(text, min(h.width, maxText)) }

// text is the usage of a command.
func (h help) text(c *cobra.Command) string {
	var b strings.Builder
	b.WriteString("Usage:\n")
	if c.Runnable() && c.Name() != OptionsName {
		fmt.Fprintf(&b, "  %s\n", c.UseLine())
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s [command]\n", c.CommandPath())
	}
	if c.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-*s %s\n", c.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	own, shared := h.split(c)
	h.section(&b, "Flags", own)
	h.section(&b, "Flags of all commands", shared)
	b.WriteString("\n" + h.wrap(fmt.Sprintf("kubectl's other flags (--as, --token, …) work too: see `%s %s`.\n",
		c.Root().Name(), OptionsName)))
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "`%s [command] --help` explains a command.\n", c.CommandPath())
	}
	return b.String()
}

// split returns a command's own flags, and those that it shares with others, without
// kubectl's.
func (h help) split(c *cobra.Command) (own, shared *pflag.FlagSet) {
	own, shared = newSet(), newSet()
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if c.Root().PersistentFlags().Lookup(f.Name) == nil {
			own.AddFlag(h.named(c, f))
		}
	})
	c.Root().PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if h.kubectl.Lookup(f.Name) == nil || slices.Contains(shown, f.Name) {
			shared.AddFlag(h.named(c, f))
		}
	})
	return own, shared
}

// named returns a copy of a flag with the placeholder for its value.
func (h help) named(c *cobra.Command, f *pflag.Flag) *pflag.Flag {
	placeholder := cmp.Or(h.placeholders[c.Name()+" "+f.Name], h.placeholders[f.Name])
	if placeholder == "" {
		return f
	}
	shown := *f
	shown.Value = named{f.Value, placeholder}
	if f.DefValue == "[]" {
		shown.DefValue = "" // an empty list is no default to show
	}
	return &shown
}

// named is a value whose type is shown as a placeholder.
type named struct {
	pflag.Value
	placeholder string
}

// Type returns the placeholder.
func (n named) Type() string { return n.placeholder }

func newSet() *pflag.FlagSet { return pflag.NewFlagSet("", pflag.ContinueOnError) }

// section writes flags below a title, if there are any.
func (h help) section(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(b, "\n%s:\n%s", title, flags.FlagUsagesWrapped(h.width))
	}
}

// options is the command that lists the folded flags, as kubectl's does.
func (h help) options(program string) *cobra.Command {
	return &cobra.Command{
		Use:   OptionsName,
		Short: "List kubectl's flags, which all commands accept",
		Example: fmt.Sprintf("  %s %s\n  %s preflight --as system:serviceaccount:ci:deployer",
			program, OptionsName, program),
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "These flags work with every command, as they do in kubectl:\n\n%s",
				h.kubectl.FlagUsagesWrapped(h.width))
			return err
		},
	}
}

// wanted describes the values that flags of a type take.
var wanted = map[string]string{"int": "a whole number", "bool": "true or false",
	"duration": "a duration, such as 90s or 10m"}

// flagError adds to the error for a flag the one that may have been meant, or where all
// are listed.
func flagError(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if want := wanted[invalid.GetFlag().Value.Type()]; want != "" {
			err = fmt.Errorf("--%s %s: must be %s", invalid.GetFlag().Name, invalid.GetValue(), want)
		}
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && len(unknown.GetSpecifiedName()) > 1 {
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, f.Name)
			}
		})
		if near := nearest.Name(unknown.GetSpecifiedName(), known); near != "" {
			return fmt.Errorf("%w: did you mean --%s? (see %s --help)", err, near, c.CommandPath())
		}
	}
	return fmt.Errorf("%w (see %s --help)", err, c.CommandPath())
}

// UnknownHelp returns the error for --help with a command that does not exist, which
// has no help. It is nil for all other command lines.
func UnknownHelp(c *cobra.Command) error {
	if help := c.Flags().Lookup("help"); help == nil || !help.Changed || !c.HasSubCommands() {
		return nil
	}
	return Unknown(c, c.Flags().Args())
}

// Unknown returns the error for arguments of a command that takes none, and suggests
// the subcommand that may have been meant.
func Unknown(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !c.HasSubCommands() {
		return fmt.Errorf("unknown argument %q: %s takes none (see %s --help)", args[0], c.CommandPath(),
			c.CommandPath())
	}
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q: did you mean %s %s?", args[0], c.CommandPath(), near[0])
	}
	return fmt.Errorf("unknown command %q (see %s --help)", args[0], c.CommandPath())
}
