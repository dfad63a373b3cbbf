package runlock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// Request selects the release to lock and what to do if another run holds its
// Lease.
type Request struct {
	Client             kubernetes.Interface
	Namespace, Release string

	// Wait waits for a working run. Otherwise Acquire returns a *HeldError.
	Wait bool
	// Observe is called when another run holds the Lease, before it is known
	// whether that run is working, and again when it is known. It may be nil.
	Observe func(h Holder, working bool)

	renewing time.Duration // how often the Lease is renewed; 0 means renewEvery
}

// HeldError means that another run is changing the release.
type HeldError struct {
	Namespace, Release string
	Holder             Holder
}

func (e *HeldError) Error() string {
	return fmt.Sprintf("another run is changing release %s/%s: %s, since %s. %s",
		e.Namespace, e.Release, e.Holder, e.Holder.Since.UTC().Format(time.RFC3339), e.Remedy())
}

// Remedy returns how to continue.
func (e *HeldError) Remedy() string { return "Stop that run, or wait for it with --wait-for-other." }

// Lock is a Lease that this run holds and renews.
type Lock struct {
	request  Request
	lease    *resourcelock.LeaseLock
	record   resourcelock.LeaderElectionRecord
	previous *Holder
	stop     context.CancelFunc
	renewing sync.WaitGroup
	lost     chan struct{}
}

// Acquire acquires the Lease of a release and renews it until it is released.
// It takes over the Lease of a killed run.
func Acquire(ctx context.Context, r Request) (*Lock, error) {
	l := &Lock{
		request: r,
		lease: &resourcelock.LeaseLock{
			LeaseMeta: metav1.ObjectMeta{Name: LeaseName(r.Release), Namespace: r.Namespace},
			Client:    r.Client.CoordinationV1(), Labels: manifest.Labels(r.Release),
		},
		lost: make(chan struct{}),
	}
	a := &acquisition{Lock: l}
	if err := poll.Until(ctx, lookEvery, func() (bool, error) { return a.try(ctx) }); err != nil {
		return nil, a.explain(ctx, err)
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop = stop
	l.renewing.Go(func() { l.renew(renewing) })
	return l, nil
}

// acquisition is an attempt to acquire the Lease.
type acquisition struct {
	*Lock
	seen    observation
	holder  *Holder // the run that holds the Lease, if any
	told    string
	working bool
}

func (a *acquisition) try(ctx context.Context) (bool, error) {
	found, _, err := a.lease.Get(ctx)
	if apierrors.IsNotFound(err) {
		return a.taken(a.lease.Create(ctx, a.newRecord(0)))
	}
	if err != nil {
		return false, err
	}
	if a.holder = newHolder(*found); a.holder == nil {
		return a.taken(a.lease.Update(ctx, a.newRecord(found.LeaderTransitions+1)))
	}
	a.working = a.seen.renewed(a.holder)
	if a.seen.isDead(a.holder) {
		a.previous = a.holder
		return a.taken(a.lease.Update(ctx, a.newRecord(found.LeaderTransitions+1)))
	}
	a.tell()
	if a.working && !a.request.Wait {
		return false, &HeldError{Namespace: a.request.Namespace, Release: a.request.Release, Holder: *a.holder}
	}
	return false, nil
}

// taken reports whether this run acquired the Lease. Another run may have been
// faster.
func (a *acquisition) taken(err error) (bool, error) {
	if apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) || apierrors.IsNotFound(err) {
		a.previous = nil
		if apierrors.IsNotFound(err) && !isMissingLease(err) {
			return false, err // the namespace
		}
		return false, nil
	}
	return err == nil, err
}

func isMissingLease(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Details != nil && status.Status().Details.Kind == "leases"
}

// tell reports the holder when it is found and when it is known to be working.
func (a *acquisition) tell() {
	text := fmt.Sprintf("%s %t", a.holder.identity, a.working)
	if text != a.told && a.request.Observe != nil {
		a.request.Observe(*a.holder, a.working)
	}
	a.told = text
}

// explain adds the holder to the error when the time has run out.
func (a *acquisition) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil && a.holder != nil {
		return fmt.Errorf("waiting for the run of %s: %w", a.holder, err)
	}
	return transport.WithoutURL(err)
}

func (l *Lock) newRecord(transitions int) resourcelock.LeaderElectionRecord {
	now := metav1.Now()
	l.record = resourcelock.LeaderElectionRecord{
		HolderIdentity: newIdentity(), LeaseDurationSeconds: int(Duration / time.Second),
		AcquireTime: now, RenewTime: now, LeaderTransitions: transitions,
	}
	return l.record
}

// Previous returns the killed run that held the Lease, or nil.
func (l *Lock) Previous() *Holder { return l.previous }

// Lost is closed if another run has taken over the Lease.
func (l *Lock) Lost() <-chan struct{} { return l.lost }

// renew renews the Lease until ctx is done. It tolerates an unavailable API
// server, because no other run can take the Lease either.
func (l *Lock) renew(ctx context.Context) {
	every := cmp.Or(l.request.renewing, renewEvery)
	_ = poll.Until(ctx, every, func() (bool, error) {
		request, cancel := context.WithTimeout(ctx, renewEvery)
		defer cancel()
		l.record.RenewTime = metav1.Now()
		err := l.lease.Update(request, l.record)
		if !apierrors.IsConflict(err) && !apierrors.IsNotFound(err) {
			return false, nil
		}
		found, _, err := l.lease.Get(request) // an update whose answer was lost conflicts, too
		if apierrors.IsNotFound(err) || err == nil && found.HolderIdentity != l.record.HolderIdentity {
			close(l.lost)
			return true, nil
		}
		return false, nil
	})
}

// Abandon stops renewing the Lease without deleting it, like a killed run, so
// that the next run takes over. That run does not need to wait for Duration.
func (l *Lock) Abandon(ctx context.Context) {
	l.close()
	l.record.LeaseDurationSeconds = 1
	_ = l.lease.Update(ctx, l.record) // without it, the next run waits longer
}

func (l *Lock) close() {
	l.stop()
	l.renewing.Wait()
}

// Release stops renewing the Lease and deletes it, unless another run holds it.
func (l *Lock) Release(ctx context.Context) error {
	l.close()
	found, _, err := l.lease.Get(ctx)
	if apierrors.IsNotFound(err) || err == nil && found.HolderIdentity != l.record.HolderIdentity {
		return nil
	}
	if err != nil {
		return transport.WithoutURL(err)
	}
	leases := l.request.Client.CoordinationV1().Leases(l.request.Namespace)
	err = leases.Delete(ctx, LeaseName(l.request.Release), metav1.DeleteOptions{})
	if apierrors.IsForbidden(err) {
		l.record.HolderIdentity = ""
		err = l.lease.Update(ctx, l.record)
	}
	if apierrors.IsNotFound(err) {
		return nil
	}
	return transport.WithoutURL(err)
}
