package install

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// Engine installs into one cluster.
type Engine struct {
	Access *kube.Access
}

// DefaultTimeout is the default timeout of a plan. It allows for an image pull
// and a migration on a slow node.
const DefaultTimeout = 15 * time.Minute

// Plan is a release and its prerequisites.
type Plan struct {
	Release, Namespace string
	Chart              *chart.Chart
	Values             map[string]any

	// Secrets are created before the release, because its hooks read them.
	// Their name, type, labels, annotations and data are used; the namespace is
	// the plan's.
	Secrets []corev1.Secret

	// GeneratedKeys lists the Secret keys with generated data that the server's
	// data depends on. If such a key has another value in the cluster, Apply
	// returns a *KeyConflictError.
	GeneratedKeys []answers.SecretRef

	// Reviewed is the state that the plan was made for. If the release, the namespace
	// or the database has another one, Apply returns a *ChangedError. nil skips the
	// comparison.
	Reviewed *Reviewed

	// Database describes the state of the database, to compare it with Reviewed. nil
	// skips the comparison.
	Database func(context.Context) (string, error)

	// WaitForOther waits for another run that is changing the release.
	// Otherwise Apply returns a *runlock.HeldError.
	WaitForOther bool

	// Probe checks from the cluster what the server needs, if this run creates
	// the namespace: nothing could be checked there before. It runs after the
	// Secrets are written and before Helm. Its notice is shown; its error ends
	// the run, and the namespace is removed. nil skips the step.
	Probe func(context.Context) (notice string, err error)
	// Probed names what Probe checks, such as "the database".
	Probed string

	// Prerequisites are installed before the release, if the cluster lacks them.
	Prerequisites []Prerequisite

	// Gateway is created before the release, unless it exists. nil skips it.
	Gateway *unstructured.Unstructured

	// ClusterIssuer is created before the release, unless it exists. nil skips it.
	ClusterIssuer *unstructured.Unstructured

	// CreateNamespace creates the namespace if it is missing.
	CreateNamespace bool

	// Timeout limits Apply as a whole, not each step; 0 means DefaultTimeout.
	Timeout time.Duration
}

// Outcome is the result of Apply.
type Outcome struct {
	Release   *Release  // its current state, nil if it was never created
	Before    *Release  // its previous state, nil if there was none
	Namespace types.UID // NoNamespace if this run removed it; empty if unknown
	Duration  time.Duration
}

// Upgraded reports whether the release existed before.
func (o Outcome) Upgraded() bool { return o.Before != nil && !o.Before.Gone() }

// Apply installs or upgrades the plan's release with exactly the plan's values
// and waits until it is ready. It sends events to observe.
//
// When ctx is done, it stops at the next point from which another run can
// continue, waits until Helm has recorded the state, and returns an
// *Interrupted. Other typed errors: *PendingError, *ForeignError,
// *ChangedError, *KeyConflictError, *LockLostError, *runlock.HeldError,
// *RenderError, *Fault, *TimeoutError. The Outcome is set even on error.
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
	emitter := event.NewEmitter(observe)
	r, err := newRun(e.withRetries(emitter), plan, emitter, end)
	if err != nil {
		return Outcome{}, err
	}
	defer r.close(ctx)
	for _, s := range steps {
		if o, ok := s.(optional); ok && !o.isNeeded(r) {
			continue
		}
		if err = r.do(ctx, s); err != nil {
			break
		}
	}
	r.outcome.Duration = time.Since(r.started)
	return r.outcome, err
}

// withRetries returns an engine that repeats requests whose connection was refused
// or lost, and says so.
func (e *Engine) withRetries(emitter *event.Emitter) *Engine {
	retry := &transport.Retry{Tell: func(text string) { emitter.Emit(event.Notice{Text: text}) }}
	return &Engine{Access: e.Access.WithTransport(retry.Wrap)}
}

// step is one part of an install. run.do adds timing, events and the
// classification of errors.
type step interface {
	name() string
	title(*run) string
	run(context.Context, *run) error
}

// optional is a step that not every install needs.
type optional interface{ isNeeded(*run) bool }

// steps lists the steps of an install.
var steps = []step{
	stateStep{},         // read the current state, render the chart, reject what cannot work
	namespaceStep{},     // create the namespace
	lockStep{},          // block other runs, take over from a killed one
	reviewStep{},        // compare with what the user reviewed
	secretsStep{},       // create the Secrets that hooks and pods reference
	probeStep{},         // check the database and the secrets store from a pod in a new namespace
	prerequisitesStep{}, // install cert-manager or a controller, if the user agreed
	releaseStep{},       // run Helm: hooks with the migration, then the objects; wait for both
	readinessStep{},     // wait until the watch sees the server's Deployment available
}

// errOutOfTime is the cause of the run's context when the plan's timeout has
// expired.
var errOutOfTime = errors.New("out of time")

// interruption returns the cause if the caller cancelled the run, or nil if it
// continues or ended because of a fault or its timeout.
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
		err = r.classify(ctx, s, err)
	}
	r.Emit(event.StepFinished{Step: s.name(), Err: err, Duration: time.Since(begin)})
	return err
}

// classify distinguishes interruptions, faults and timeouts from other
// errors.
func (r *run) classify(ctx context.Context, s step, err error) error {
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
		late.Waiting, late.Evidence, late.Remedy = r.watch.Unready(), r.watch.UnreadyLog(), r.watch.StuckRemedy()
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
