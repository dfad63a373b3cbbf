package check

import (
	"sync"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Leftover is something that a check created and could not remove.
type Leftover struct {
	What   string // the object, and why it still exists
	Remedy string // the command that removes it
}

// leftovers collects the leftovers of one check.
type leftovers struct {
	mu  sync.Mutex
	all []Leftover
}

// Leave records a leftover. It is reported however the check ends: by a time
// limit, an interrupt or a skip.
func (e *Env) Leave(l Leftover) {
	e.left.mu.Lock()
	defer e.left.mu.Unlock()
	e.left.all = append(e.left.all, l)
}

// forOneCheck returns a copy of the environment that collects its own leftovers.
func (e *Env) forOneCheck() *Env {
	c := *e
	c.left = &leftovers{}
	return &c
}

// addLeftovers adds leftovers to a result, which becomes a warning at least. The
// checks that need this one run or are skipped as before.
func (r *Result) addLeftovers(all []Leftover) {
	if len(all) == 0 {
		return
	}
	if r.Status == Pass || r.Status == Skipped {
		r.Status = Warned
	}
	r.Left = all
	for _, l := range all {
		r.Message = JoinLines(r.Message, "left behind: "+display.Printable(l.What))
		r.Remedy = JoinLines(r.Remedy, display.Printable(l.Remedy))
	}
	if r.Reason == "" {
		r.Reason = "a check removes what it creates; a leftover may contain secrets or block the install"
	}
}
