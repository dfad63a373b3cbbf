package check

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var errLimit = errors.New("time limit")

// Run makes the checks of a table that the options choose and returns the
// report. Checks that do not wait for each other run at the same time; observe
// may be nil. The error is an UnknownError, or the cause of ctx's end: then the
// report says which checks were not made.
func Run(ctx context.Context, table []Check, env *Env, o Options, observe Observer) (Report, error) {
	plan, err := o.Plan(table)
	if err != nil {
		return Report{}, err
	}
	started := time.Now()
	r := &runner{env: env.Begin(ctx, o), options: o, observe: observe, nodes: map[string]*vertex{}}
	for _, c := range plan {
		r.nodes[c.ID] = &vertex{check: c, done: make(chan struct{})}
	}
	var group sync.WaitGroup
	for _, c := range plan {
		group.Go(func() { r.finish(ctx, r.nodes[c.ID]) })
	}
	group.Wait()
	r.env.End()
	report := Report{Duration: time.Since(started)}
	for _, c := range plan {
		report.Results = append(report.Results, r.nodes[c.ID].result)
	}
	return report, context.Cause(ctx)
}

type runner struct {
	env     *Env
	options Options
	nodes   map[string]*vertex

	mu      sync.Mutex // one event at a time
	observe Observer
}

type vertex struct {
	check  Check
	done   chan struct{}
	result Result // readable once done is closed
}

func (r *runner) tell(e Event) {
	if r.observe == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe(e)
}

// finish brings one check to its result, whatever way.
func (r *runner) finish(ctx context.Context, n *vertex) {
	defer close(n.done)
	n.result = r.result(ctx, n.check)
	n.result.Check = n.check
	r.tell(Event{Check: n.check, Result: &n.result})
}

func (r *runner) result(ctx context.Context, c Check) Result {
	if reason := r.reason(c); reason != "" {
		return Result{Status: Skipped, Message: reason, blocks: !Matches(c, r.options.Skip)}
	}
	if reason := r.await(ctx, c); reason != "" {
		return Result{Status: Skipped, Message: reason, blocks: true}
	}
	r.tell(Event{Check: c})
	started, env := time.Now(), r.env.apart()
	found, err := attempt(ctx, c, env)
	result := r.judge(ctx, c, found, err)
	result.Duration, result.held = time.Since(started), err == nil
	r.settle(ctx, c, err, &result)
	result.leave(env.left.all)
	return result
}

// settle makes a warning of a fault of this machine's network when another
// check has shown that the cluster's has none. It waits for that check.
func (r *runner) settle(ctx context.Context, c Check, err error, result *Result) {
	var fault *Fault
	other, there := r.nodes[c.SettledBy]
	if !there || !errors.As(err, &fault) || !fault.Local || result.Status == Skipped {
		return
	}
	select {
	case <-other.done:
	case <-ctx.Done():
		return
	}
	if !other.result.held {
		return
	}
	result.Status, result.Softened = Warned, false // and what needs it stays without meaning
	result.refuted = true
	result.Message += ", but a pod in the cluster reaches it (" + c.SettledBy + ")"
	result.Why = "what counts is what the cluster sees; only this program's own closer look from here is missing"
	result.Hint = "none is needed; for the closer look run this program where the database can be reached"
}

// reason says why the check is not made at all.
func (r *runner) reason(c Check) string {
	if Matches(c, r.options.Skip) {
		return "left out by --skip"
	}
	if c.When != nil {
		if why := c.When(r.env); why != "" {
			return why
		}
	}
	if c.Writes && r.options.ReadOnly {
		return "it would write, and --read-only was asked for"
	}
	return ""
}

// await waits for what the check needs and says what is missing.
func (r *runner) await(ctx context.Context, c Check) string {
	for _, id := range c.Needs {
		need, ok := r.nodes[id]
		if !ok {
			continue
		}
		select {
		case <-need.done:
		case <-ctx.Done():
			return "interrupted"
		}
		if need.result.blocks {
			return "needs " + id
		}
	}
	if ctx.Err() != nil {
		return "interrupted"
	}
	return ""
}

func (r *runner) judge(ctx context.Context, c Check, found string, err error) Result {
	if err == nil {
		return Result{Status: Pass, Message: Printable(found)}
	}
	var own *Fault
	if ctx.Err() != nil && (!errors.As(err, &own) || errors.Is(err, ctx.Err())) {
		return Result{Status: Skipped, Message: "interrupted", blocks: true}
	}
	var skip *SkipError
	if errors.As(err, &skip) {
		return Result{Status: Skipped, Message: Printable(skip.Reason), blocks: true}
	}
	if errors.Is(err, errLimit) {
		err = &Fault{Found: fmt.Sprintf("no result within %s", c.TimeLimit()), Remedy: "try again; if it stays, something between here and there swallows the packets", Cause: err}
	}
	fault := AsFault(err)
	result := Result{Status: Failed, Message: Printable(fault.Found), Why: fault.Why, Hint: Printable(fault.Remedy), blocks: true}
	if result.Why == "" {
		result.Why = c.Why
	}
	if fault.Warn || c.Severity == ShouldPass {
		result.Status, result.blocks, result.refuted = Warned, fault.Blocks, !fault.Warn || fault.Local
	}
	if result.Status == Failed && Matches(c, r.options.WarnOnly) {
		result.Status, result.Softened = Warned, true
	}
	return result
}

// The pauses between tries of a transient fault: three tries in 750 ms.
var pauses = []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}

// attempt runs a check within its time limit and tries again what may pass.
func attempt(ctx context.Context, c Check, env *Env) (found string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.TimeLimit(), errLimit)
	defer cancel()
	for try := 0; ; try++ {
		found, err = guarded(ctx, c, env)
		if !IsTransient(err) || try == len(pauses) {
			return found, err
		}
		timer := time.NewTimer(pauses[try])
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return found, err
		}
	}
}

// guarded turns a panic of a check into its fault: a terminal in raw mode must
// not be left behind.
func guarded(ctx context.Context, c Check, env *Env) (found string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Fault{Found: fmt.Sprintf("the check failed inside the program: %v", r), Remedy: "please report it; --skip " + c.ID + " leaves it out"}
		}
	}()
	found, err = c.Run(ctx, env)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = errors.Join(context.Cause(ctx), err)
	}
	return found, err
}
