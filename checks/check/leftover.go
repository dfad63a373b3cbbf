package check

import (
	"sync"
)

// Leftover is something that a check made and could not remove again.
type Leftover struct {
	What   string // the object, and why it is still there
	Remedy string // the command that removes it
}

// leavings gathers the leftovers of one check.
type leavings struct {
	mu  sync.Mutex
	all []Leftover
}

// Leave notes what a check made and could not remove. It goes into the report
// however the check ends: no time limit, interrupt or skip has a say in it.
func (e *Env) Leave(l Leftover) {
	e.left.mu.Lock()
	defer e.left.mu.Unlock()
	e.left.all = append(e.left.all, l)
}

// apart returns a copy of the environment that gathers leftovers of its own.
func (e *Env) apart() *Env {
	c := *e
	c.left = &leavings{}
	return &c
}

// leave adds the leftovers to a result. It is a warning at least; whether the
// checks that need this one have a meaning stays as it was.
func (r *Result) leave(all []Leftover) {
	if len(all) == 0 {
		return
	}
	if r.Status == Pass || r.Status == Skipped {
		r.Status = Warned
	}
	r.Left = all
	for _, l := range all {
		r.Message = JoinLines(r.Message, "left behind: "+Printable(l.What))
		r.Hint = JoinLines(r.Hint, Printable(l.Remedy))
	}
	if r.Why == "" {
		r.Why = "what a check makes is there for a moment only; what stays may hold secrets, or be in the way"
	}
}
