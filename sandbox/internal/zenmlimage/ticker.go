package zenmlimage

import (
	"fmt"
	"strings"
	"time"
)

// ticker condenses the output of a long step into occasional lines of progress.
type ticker struct {
	say      func(string)
	interval time.Duration
	start    time.Time
	next     time.Time
	packages int
}

func newTicker(say func(string), interval time.Duration) *ticker {
	now := time.Now()
	return &ticker{say: say, interval: interval, start: now, next: now.Add(interval)}
}

// line handles a line of pip's output.
func (t *ticker) line(text string) {
	if strings.HasPrefix(text, "Collecting ") {
		t.packages++
	}
	now := time.Now()
	if now.Before(t.next) {
		return
	}
	t.next = now.Add(t.interval)
	t.say(fmt.Sprintf("installing from PyPI: %d packages found after %.0f s", t.packages, now.Sub(t.start).Seconds()))
}
