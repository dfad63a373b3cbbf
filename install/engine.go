package install

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// Engine installs into one cluster.
type Engine struct {
	Access *kube.Access
}

// DefaultTimeout is how long a plan without a Timeout may take in all: an image
// pull and a migration on a slow node fit.
const DefaultTimeout = 15 * time.Minute

// Plan is one release and what it needs.
type Plan struct {
	Release, Namespace string
	Chart              *chart.Chart
	Values             map[string]any

	// Secrets are created before the release, because its hooks read them.
	// Name, Type, labels, annotations and data are used; the namespace is the
	// plan's.
	Secrets []corev1.Secret

	// GeneratedKeys names the keys of Secrets that hold generated data. The
	// server's data depends on it, so a Secret in the cluster that holds another
	// value under such a key stops the run with a *KeyConflictError.
	GeneratedKeys []answers.SecretRef

	// Reviewed is the state that the plan was made for. Apply stops with a
	// *ChangedError when the release has another revision by now. nil skips the
	// comparison.
	Reviewed *Reviewed

	// WaitForOther waits for another run that is changing the release. Without it
	// Apply returns a *runlock.HeldError.
	WaitForOther bool

	// CreateNamespace makes the namespace when it is missing.
	CreateNamespace bool

	// Timeout is the most that Apply takes in all, not per step; 0 means
	// DefaultTimeout.
	Timeout time.Duration
}

// Reviewed is the state of a release when its plan was made.
type Reviewed struct {
	Revision int // 0 when there was no release
}

// Outcome is what Apply has done.
type Outcome struct {
	Release  *Release // as it is now, nil when it was never begun
	Before   *Release // as it was, nil when there was none
	Duration time.Duration
}

// Upgraded reports whether a release was there before.
func (o Outcome) Upgraded() bool { return o.Before != nil && !o.Before.Gone() }

// Apply installs the plan's release or upgrades the one that is there, with
// exactly the plan's values, and waits until it is ready. Events go to observe.
//
// When ctx ends it stops at the next point from which another run can continue,
// waits until Helm has recorded where it stopped, and returns an
// *Interrupted. Other typed errors: *PendingError, *ForeignError, *ChangedError,
// *KeyConflictError, *LockLostError, *runlock.HeldError, *RenderError, *Fault, *TimeoutError. The Outcome holds what
// is known even with an error.
func (e *Engine) Apply(ctx context.Context, plan Plan, observe event.Observer) (Outcome, error) {
	if plan.Chart == nil || plan.Release == "" || plan.Namespace == "" {
		return Outcome{}, errors.New("plan: chart, release and namespace are all needed")
	}
	if plan.Timeout == 0 {
		plan.Timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, plan.Timeout, errOutOfTime)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	r, err := newRun(e, plan, observe, end)
	if err != nil {
		return Outcome{}, err
	}
	defer r.close(ctx)
	for _, s := range steps {
		if err = r.do(ctx, s); err != nil {
			break
		}
	}
	r.outcome.Duration = time.Since(r.started)
	return r.outcome, err
}

// step is one part of an installation. The run wraps timing, events and the
// meaning of an ended context around it.
type step interface {
	name() string
	title(*run) string
	run(context.Context, *run) error
}

// steps is an installation from beginning to end.
var steps = []step{
	stateStep{},     // read the current state, render the chart, reject what cannot work
	namespaceStep{}, // the namespace
	lockStep{},      // keep other runs away, take over from a killed one
	secretsStep{},   // the Secrets that hooks and pods refer to
	releaseStep{},   // Helm: hooks with the migration, objects, waiting for them, watched
	readinessStep{}, // the server's Deployment is available, as the watch sees it
}

// errOutOfTime is why the context of a run ends that has used up its plan's
// time.
var errOutOfTime = errors.New("out of time")

// interruption returns why the caller has ended the context of a run, or nil
// when it goes on, or has ended because of a fault or its time.
func interruption(ctx context.Context) error {
	cause := context.Cause(ctx)
	var fault *diagnose.Fault
	var lost *LockLostError
	if cause == nil || errors.As(cause, &fault) || errors.As(cause, &lost) || errors.Is(cause, errOutOfTime) {
		return nil
	}
	return cause
}

// do runs one step.
func (r *run) do(ctx context.Context, s step) error {
	r.Emit(event.StepStarted{Step: s.name(), Title: s.title(r)})
	begin := time.Now()
	err := ctx.Err()
	if err == nil {
		err = s.run(ctx, r)
	}
	if err != nil {
		err = r.meaning(ctx, s, err)
	}
	r.Emit(event.StepFinished{Step: s.name(), Err: err, Duration: time.Since(begin)})
	return err
}

// meaning distinguishes an interruption, a fault and a timeout from other errors.
func (r *run) meaning(ctx context.Context, s step, err error) error {
	var fault *diagnose.Fault
	var lost *LockLostError
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &lost):
		return lost
	case errors.As(cause, &fault):
		if !errors.Is(err, fault) {
			fault.Err = err
		}
		return fault
	case errors.Is(cause, errOutOfTime):
		return r.timedOut(err)
	case cause != nil:
		return r.interrupted(s, cause)
	default:
		return err
	}
}

func (r *run) timedOut(err error) error {
	late := &TimeoutError{After: r.plan.Timeout, Err: err}
	if r.watch != nil {
		late.Waiting, late.Evidence = r.watch.Unready(), r.watch.UnreadyLog()
	}
	return late
}

func (r *run) interrupted(s step, cause error) error {
	release := r.outcome.Release
	next := "the next run starts from the beginning"
	switch {
	case release != nil && release.Pending():
		next = "the next run takes over revision " + strconv.Itoa(release.Revision)
	case release != nil && release.Status != "deployed":
		next = fmt.Sprintf("the next run upgrades revision %d", release.Revision)
	case release != nil:
		next = "the next run upgrades it"
	}
	return &Interrupted{Step: s.name(), Release: release, Next: next, Err: cause}
}
