package wizard

import (
	"fmt"
	"time"
)

// count says a number of things: "1 node", "3 nodes".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// since says how long ago begin was, in whole seconds or minutes.
func since(now, begin time.Time) string {
	if begin.IsZero() {
		return ""
	}
	return took(now.Sub(begin))
}

// took says a duration as people read it: "0.4s", "12s", "3m05s".
func took(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Second:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}
