package wizard

import (
	"fmt"
	"time"

	"github.com/zenml-installer/zenml-installer/wizard/narrate"
)

// count says a number of things: "1 node", "3 nodes".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// since says how long ago begin was, in whole seconds at the least.
func since(now, begin time.Time) string {
	d := now.Sub(begin)
	if begin.IsZero() {
		return ""
	}
	if d < 10*time.Second {
		return fmt.Sprintf("%ds", int(max(d, 0).Seconds()))
	}
	return took(d)
}

// took says a duration as people read it.
func took(d time.Duration) string { return narrate.Took(d) }
