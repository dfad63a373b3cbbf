package runlock

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

const release = "zenml-server"

func newRequest(t *testing.T) Request {
	t.Helper()
	c := testcluster.Start(t)
	return Request{Client: c.Client(t), Namespace: c.Namespace(t), Release: release, renewing: 200 * time.Millisecond}
}

func acquire(t *testing.T, r Request) *Lock {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l, err := Acquire(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// shortDuration is how long the Lease of a run on another machine is valid.
const shortDuration = 2 * time.Second

// otherHost changes the holder to a run on another machine, whose clock cannot
// be compared.
func otherHost(t *testing.T, r Request, l *Lock) {
	t.Helper()
	l.close()
	l.record.HolderIdentity, l.record.RenewTime = "alice@laptop/4711/abc", metav1.NewTime(time.Now().Add(-time.Hour))
	l.record.LeaseDurationSeconds = int(shortDuration / time.Second)
	if err := l.lease.Update(t.Context(), l.record); err != nil {
		t.Fatal(err)
	}
}

func TestAcquire_heldByWorkingRun(t *testing.T) {
	t.Parallel()
	r := newRequest(t)
	first := acquire(t, r)
	begin := time.Now()
	var held *HeldError
	if _, err := Acquire(t.Context(), r); !errors.As(err, &held) || held.Holder.PID == 0 ||
		!strings.Contains(err.Error(), "--wait-for-other") {
		t.Fatal(err)
	}
	t.Logf("refused after %s: %v", time.Since(begin).Round(time.Second), held)
	holder, working, err := Working(t.Context(), r.Client, r.Namespace, r.Release)
	if err != nil || !working || holder == nil {
		t.Errorf("holder %v, working %t, %v", holder, working, err)
	}

	var ended sync.WaitGroup
	waits := make(chan struct{})
	r.Observe = func(_ Holder, working bool) {
		if working {
			close(waits) // once: the run stays the same, and working
		}
	}
	ended.Go(func() {
		<-waits
		if err := first.Release(t.Context()); err != nil {
			t.Error(err)
		}
	})
	r.Wait = true
	second := acquire(t, r)
	ended.Wait()
	if second.Previous() != nil {
		t.Errorf("%v was working", second.Previous())
	}
	if err := second.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holder, err := Find(t.Context(), r.Client, r.Namespace, r.Release); err != nil || holder != nil {
		t.Errorf("the Lease is still there: %v, %v", holder, err)
	}
}

func TestAcquire_takesOverKilledRun(t *testing.T) {
	t.Parallel()
	r := newRequest(t)
	otherHost(t, r, acquire(t, r))
	holder, working, err := Working(t.Context(), r.Client, r.Namespace, r.Release)
	if err != nil || working || holder.String() != "alice on laptop (process 4711)" {
		t.Errorf("holder %v, working %t, %v", holder, working, err)
	}
	begin := time.Now()
	l := acquire(t, r)
	if l.Previous() == nil || l.Previous().User != "alice" {
		t.Errorf("took over from %v", l.Previous())
	}
	if took := time.Since(begin); took < shortDuration || took > shortDuration+5*time.Second {
		t.Errorf("took over after %s", took)
	}
	select {
	case <-l.Lost():
		t.Error("the lock was lost at once")
	default:
	}
}

func TestAcquire_abandoned(t *testing.T) {
	t.Parallel()
	r := newRequest(t)
	acquire(t, r).Abandon(t.Context())
	begin := time.Now()
	if l := acquire(t, r); l.Previous() == nil || time.Since(begin) > 5*time.Second {
		t.Errorf("previous run %v, after %s", l.Previous(), time.Since(begin))
	}
}

func TestLost(t *testing.T) {
	t.Parallel()
	r := newRequest(t)
	l := acquire(t, r)
	leases := r.Client.CoordinationV1().Leases(r.Namespace)
	for { // the renewals of l may come between
		lease, err := leases.Get(t.Context(), LeaseName(release), metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		other := "alice@laptop/4711/abc"
		lease.Spec.HolderIdentity = &other
		if _, err = leases.Update(t.Context(), lease, metav1.UpdateOptions{}); err == nil {
			break
		}
		if !apierrors.IsConflict(err) {
			t.Fatal(err)
		}
	}
	select {
	case <-l.Lost():
	case <-time.After(Duration): // a limit, not the time that it takes
		t.Error("not noticed")
	}
	if err := l.Release(t.Context()); err != nil {
		t.Error(err)
	}
	if h, err := Find(t.Context(), r.Client, r.Namespace, r.Release); err != nil || h == nil || h.User != "alice" {
		t.Errorf("the Lease of the other run: %v, %v", h, err)
	}
}
