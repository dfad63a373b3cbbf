package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

// python replaces the Python of the real server's image for one script: the installer's database check. It refuses
// every other script.
func python(args []string) int {
	if len(args) != 2 || args[0] != "-c" || !strings.HasPrefix(args[1], standin.CheckMarker) {
		fmt.Fprintln(os.Stderr, "python3: this image has no Python; it runs only the installer's database check")
		return exitUsage
	}
	if err := standin.CheckDatabase(context.Background(), environment(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "python3:", err)
		return exitFailed
	}
	return 0
}
