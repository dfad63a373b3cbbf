package narrate

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/display"
)

// ProgressLine returns an observer that maintains one terminal line with the
// running checks and their durations. It clears the line when no check is
// running.
func ProgressLine(w io.Writer) check.Observer {
	running := map[string]time.Time{}
	var order []string
	return func(e check.Event) {
		if e.Result == nil {
			running[e.Check.ID] = time.Now()
			order = append(order, e.Check.ID)
		} else {
			delete(running, e.Check.ID)
			order = slices.DeleteFunc(order, func(id string) bool { return id == e.Check.ID })
		}
		fmt.Fprint(w, "\r\x1b[K"+progressText(order, running, time.Now()))
	}
}

// progressWidth fits an 80-column terminal without wrapping.
const progressWidth = 76

func progressText(order []string, since map[string]time.Time, now time.Time) string {
	if len(order) == 0 {
		return ""
	}
	line := fmt.Sprintf("Checking %s (%s)", strings.Join(order, ", "), display.Elapsed(now.Sub(since[order[0]])))
	return ansi.Truncate(line, progressWidth, "...")
}
