package narrate

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// Live returns an observer of checks that keeps one line of a terminal, which
// says what is being checked and for how long. The line is gone when nothing
// is running any more.
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

// liveWidth is what fits on the narrowest terminal without wrapping.
const progressWidth = 76

func progressText(order []string, since map[string]time.Time, now time.Time) string {
	if len(order) == 0 {
		return ""
	}
	line := fmt.Sprintf("checking %s (%s)", strings.Join(order, ", "), Took(now.Sub(since[order[0]])))
	if len(line) > progressWidth {
		line = line[:progressWidth-3] + "..."
	}
	return line
}
