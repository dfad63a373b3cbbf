package cmd

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/zenml-installer/zenml-installer/internal/version"
)

func newVersion(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: `  zenml-installer version`,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(s.Out, "zenml-installer %s %s/%s %s\n", version.String(), runtime.GOOS,
				runtime.GOARCH, runtime.Version())
			return err
		},
	}
}
