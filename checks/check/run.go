package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

var errLimit = errors.New("time limit")

// Run runs the checks of a table that the options select and returns the report.
// Independent checks run concurrently; observe may be nil. The error is an
// UnknownError, or the cause of ctx's end; then the report shows which checks
// were interrupted.
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

func (r *runner) emit(e Event) {
	if r.observe == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe(e)
}

// finish runs one check, or skips it, and reports the result.
func (r *runner) finish(ctx context.Context, n *vertex) {
	defer close(n.done)
	n.result = r.result(ctx, n.check)
	ofFault := n.result.Check.Failure
	n.result.Check = n.check
	n.result.Check.Failure = cmp.Or(ofFault, n.check.Failure)
	r.emit(Event{Check: n.check, Result: &n.result})
}

func (r *runner) result(ctx context.Context, c Check) Result {
	if reason := r.skipReason(c); reason != "" {
		return Result{Status: Skipped, Message: reason, blocks: !Matches(c, r.options.Skip)}
	}
	if reason := r.await(ctx, c); reason != "" {
		return Result{Status: Skipped, Message: reason, blocks: true}
	}
	r.emit(Event{Check: c})
	started, env := time.Now(), r.env.forOneCheck()
	found, err := runWithRetries(ctx, c, env)
	result := r.judge(ctx, c, found, err)
	result.Duration, result.passed = time.Since(started), err == nil
	r.settle(ctx, c, err, &result)
	result.addLeftovers(env.left.all)
	return result
}

// settle turns a local network fault into a warning if another check verified
// that the cluster's network works. It waits for that check.
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
	if !other.result.passed {
		return
	}
	result.Status, result.Softened = Warned, false // the checks that need it stay skipped
	result.refuted = true
	result.Message += ", but a pod in the cluster can connect (" + c.SettledBy + ")"
	result.Reason = "the server runs in the cluster; only the detailed checks from this machine are missing"
	result.Remedy = "nothing to do; for the detailed checks, run this program where the database is reachable"
}

// skipReason returns why the check does not run, or "" if it does.
func (r *runner) skipReason(c Check) string {
	if Matches(c, r.options.Skip) {
		return "skipped by --skip"
	}
	if c.When != nil {
		if why := c.When(r.env); why != "" {
			return why
		}
	}
	if c.Writes && r.options.ReadOnly {
		return "it creates something, and --read-only is set"
	}
	return ""
}

// await waits for the checks that the check needs and returns which one failed.
func (r *runner) await(ctx context.Context, c Check) string {
	for _, id := range c.Needs {
		need, ok := r.nodes[id]
		if !ok {
			continue
		}
		select {
		case <-need.done:
		case <-ctx.Done():
			return unfinished(ctx)
		}
		if need.result.blocks {
			return "needs " + id
		}
	}
	if ctx.Err() != nil {
		return unfinished(ctx)
	}
	return ""
}

// unfinished words why a check did not finish.
func unfinished(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "out of time"
	}
	return "interrupted"
}

func (r *runner) judge(ctx context.Context, c Check, found string, err error) Result {
	if err == nil {
		return Result{Status: Pass, Message: display.Printable(found)}
	}
	var own *Fault
	if ctx.Err() != nil && (!errors.As(err, &own) || errors.Is(err, ctx.Err())) {
		return Result{Status: Skipped, Message: unfinished(ctx), Unknown: true, blocks: true}
	}
	var skip *SkipError
	if errors.As(err, &skip) {
		return Result{Status: Skipped, Message: display.Printable(skip.Reason), Unknown: true, blocks: true}
	}
	if errors.Is(err, errLimit) {
		err = timeLimitFault(c, err)
	}
	fault := AsFault(err)
	result := Result{
		Status: Failed, Message: display.Printable(fault.Summary), Reason: cmp.Or(fault.Reason, c.Reason),
		Remedy: display.Printable(cmp.Or(fault.Remedy, fallbackRemedy(c))), Fix: fault.Fix, blocks: true,
	}
	result.Check.Failure = fault.Failure
	if fault.Warn || c.Severity == ShouldPass {
		result.Status, result.blocks, result.refuted = Warned, fault.Blocks, !fault.Warn || fault.Local
	}
	if result.Status == Failed && Matches(c, r.options.WarnOnly) {
		result.Status, result.Softened = Warned, true
	}
	return result
}

// fallbackRemedy is for an error without a remedy.
func fallbackRemedy(c Check) string {
	return fmt.Sprintf("fix what the message names and try again; to skip the check: --skip %s", c.ID)
}

func timeLimitFault(c Check, err error) *Fault {
	return &Fault{
		Summary: fmt.Sprintf("no result within %s", c.TimeLimit()), Err: err,
		Remedy: "try again; if it times out again, look for a firewall between this machine and the other side, " +
			"or skip the check: --skip " + c.ID,
	}
}

// retryDelays are the delays before the retries of a transient fault.
var retryDelays = []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}

// runWithRetries runs a check within its time limit and retries transient faults.
func runWithRetries(ctx context.Context, c Check, env *Env) (found string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.TimeLimit(), errLimit)
	defer cancel()
	for try := 0; ; try++ {
		found, err = runRecovered(ctx, c, env)
		if !IsTransient(err) || try == len(retryDelays) {
			return found, err
		}
		timer := time.NewTimer(retryDelays[try])
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return found, err
		}
	}
}

// runRecovered turns a panic of a check into a fault, so that it does not leave
// the terminal in raw mode.
func runRecovered(ctx context.Context, c Check, env *Env) (found string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Fault{
				Summary: fmt.Sprintf("internal error in the check: %v", r),
				Remedy:  "report it as a bug, and skip the check: --skip " + c.ID,
			}
		}
	}()
	found, err = c.Run(ctx, env)
	if err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = errors.Join(context.Cause(ctx), err)
	}
	return found, err
}
