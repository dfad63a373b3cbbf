package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

// python stands in for the Python of the server's real image, for one script alone: the
// installer's look at the database. Any other is refused.
func python(args []string) int {
	if len(args) != 2 || args[0] != "-c" || !strings.HasPrefix(args[1], standin.LookMarker) {
		fmt.Fprintln(os.Stderr, "python3: this image has no Python; it knows the installer's look at the database only")
		return exitUsage
	}
	if err := standin.Look(context.Background(), environment(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "python3:", err)
		return exitFailed
	}
	return 0
}
