package cmd

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/bounded"
)

// confirm asks a yes-or-no question on the terminal; anything but yes means no, also the
// end of ctx.
func confirm(ctx context.Context, s Streams, question string) bool {
	fmt.Fprintf(s.Err, "%s [y/N] ", question)
	line, err := bounded.Do(ctx, func() (string, error) { return bufio.NewReader(s.In).ReadString('\n') })
	if err != nil {
		fmt.Fprintln(s.Err)
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	return answer == "y" || answer == "yes"
}

// isLocalChart reports whether ref is a folder or an archive on this machine.
func isLocalChart(ref string) bool {
	if strings.Contains(ref, "://") {
		return false
	}
	_, err := os.Stat(ref)
	return err == nil
}
