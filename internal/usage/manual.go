package usage

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Fold hides kubectl's flags in the manual pages of a root command and its
// subcommands, which then name the page that lists them. The returned function shows
// the flags again, for that page.
func Fold(root *cobra.Command, kubectl *pflag.FlagSet) (unfold func()) {
	refer(root)
	hide := func(hidden bool) {
		kubectl.VisitAll(func(f *pflag.Flag) {
			if own := root.PersistentFlags().Lookup(f.Name); own != nil && !slices.Contains(shown, f.Name) {
				own.Hidden = hidden
			}
		})
	}
	hide(true)
	return func() { hide(false) }
}

// refer adds to the description of a command and its subcommands where kubectl's flags
// are listed.
func refer(c *cobra.Command) {
	if c.Name() != OptionsName {
		c.Long = fmt.Sprintf("%s\n\nkubectl's other flags (--as, --token, …) work too: see %s-%s(1).",
			cmp.Or(c.Long, c.Short+"."), c.Root().Name(), OptionsName)
	}
	for _, sub := range c.Commands() {
		refer(sub)
	}
}
