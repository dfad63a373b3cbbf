package install

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
)

// lockStep locks the release against other runs. If a run was killed, it brings
// the release into a state from which Helm can continue.
type lockStep struct{}

func (lockStep) name() string        { return "lock" }
func (lockStep) title(r *run) string { return "lock release " + r.plan.Release }

func (lockStep) run(ctx context.Context, r *run) error {
	var err error
	r.lock, err = acquire(ctx, r.Emit, runlock.Request{
		Client: r.client, Namespace: r.plan.Namespace, Release: r.plan.Release, Wait: r.plan.WaitForOther,
	})
	if err != nil {
		return err
	}
	if r.lock != nil {
		go r.watchLock(ctx, r.lock)
	}
	if err := r.readState(ctx); err != nil { // another run may have changed it
		return err
	}
	return r.takeOver(ctx)
}

// watchLock ends the run if another run takes over its lock.
func (r *run) watchLock(ctx context.Context, lock *runlock.Lock) {
	select {
	case <-lock.Lost():
		r.end(&LockLostError{Namespace: r.plan.Namespace, Name: r.plan.Release})
	case <-ctx.Done():
	}
}

// acquire locks a release. If the user has no permission for Leases, it returns
// nil and emits a notice.
func acquire(ctx context.Context, emit func(event.Event), request runlock.Request) (*runlock.Lock, error) {
	request.Observe = func(h runlock.Holder, working bool) { emit(event.Notice{Text: describeHolder(h, working)}) }
	lock, err := runlock.Acquire(ctx, request)
	if apierrors.IsForbidden(err) {
		emit(event.Notice{Text: fmt.Sprintf("cannot use Lease %s: other runs on release %s are not detected (%v)",
			runlock.LeaseName(request.Release), request.Release, err)})
		return nil, nil
	}
	var held *runlock.HeldError
	if err != nil && !errors.As(err, &held) && ctx.Err() == nil {
		err = fmt.Errorf("lock release %s/%s: %w", request.Namespace, request.Release, err)
	}
	if lock != nil && lock.Previous() != nil {
		emit(event.Notice{Text: fmt.Sprintf("the run of %s ended before it was done: this run "+
			"continues", lock.Previous())})
	}
	return lock, err
}

func describeHolder(h runlock.Holder, working bool) string {
	if working {
		return fmt.Sprintf("waiting for the run of %s, which is changing the release since %s", h,
			h.Since.UTC().Format(time.RFC3339))
	}
	return fmt.Sprintf("the release is locked by the run of %s: watching for up to %s whether it is still working",
		h, runlock.Duration)
}

// releaseLock deletes the lock at the end of a run. If the run is unfinished,
// it keeps the lock for the next run to detect.
func releaseLock(ctx context.Context, lock *runlock.Lock, unfinished bool) {
	if lock == nil {
		return
	}
	ctx, cancel := context.WithTimeout(afterwards(ctx), closingTime)
	defer cancel()
	if unfinished {
		lock.Abandon(ctx)
		return
	}
	_ = lock.Release(ctx) // the next run takes over an expired lock
}

// closingTime limits the requests at the end of a run.
const closingTime = 15 * time.Second

// findLock returns the lock of a release, which a killed run may have left.
func findLock(ctx context.Context, client kubernetes.Interface, namespace, release string) (*runlock.Holder, error) {
	holder, err := runlock.Find(ctx, client, namespace, release)
	if apierrors.IsForbidden(err) {
		return nil, nil
	}
	return holder, err
}
