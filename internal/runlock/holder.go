package runlock

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
)

// Duration is how long a Lease is valid without renewal.
const Duration = 15 * time.Second

const (
	renewEvery = 3 * time.Second
	lookEvery  = time.Second
)

// Holder is the run that holds the Lease of a release.
type Holder struct {
	User, Host string
	PID        int
	Since      time.Time // when it acquired the Lease, by its own clock
	Renewed    time.Time // when it last renewed the Lease, by its own clock

	identity string
	duration time.Duration
}

// String describes the run.
func (h Holder) String() string {
	if h.PID == 0 {
		return h.identity
	}
	return fmt.Sprintf("%s on %s (process %d)", h.User, h.Host, h.PID)
}

// LeaseName returns the name of a release's Lease.
func LeaseName(release string) string { return manifest.Installer + "-" + release }

// newIdentity returns the identity of this run: user@host/process/random.
func newIdentity() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return fmt.Sprintf("%s@%s/%d/%s", name, hostname(), os.Getpid(), strings.ToLower(rand.Text()[:8]))
}

func hostname() string {
	host, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return host
}

func newHolder(r resourcelock.LeaderElectionRecord) *Holder {
	if r.HolderIdentity == "" {
		return nil
	}
	h := &Holder{
		identity: r.HolderIdentity, Since: r.AcquireTime.Time, Renewed: r.RenewTime.Time,
		duration: time.Duration(r.LeaseDurationSeconds) * time.Second,
	}
	parts := strings.Split(r.HolderIdentity, "/")
	if len(parts) == 3 {
		h.PID, _ = strconv.Atoi(parts[1])
		h.User, h.Host, _ = strings.Cut(parts[0], "@")
	}
	return h
}

// isOutdated reports whether the Lease has expired. It is only reliable for a
// holder on this machine, because clocks differ.
func (h *Holder) isOutdated() bool { return h.Host == hostname() && time.Since(h.Renewed) > h.duration }

// Find returns the run that holds the Lease of a release, working or killed, or
// nil if there is none.
func Find(ctx context.Context, client kubernetes.Interface, namespace, release string) (*Holder, error) {
	lease, err := client.CoordinationV1().Leases(namespace).Get(ctx, LeaseName(release), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return newHolder(*resourcelock.LeaseSpecToLeaderElectionRecord(&lease.Spec)), nil
}

// Working watches the Lease of a release until it is known whether its holder
// is working: it renews the Lease, or was killed and does not renew it within
// Duration. The holder is nil if there is none.
func Working(
	ctx context.Context,
	client kubernetes.Interface,
	namespace, release string,
) (holder *Holder, working bool, err error) {
	var seen observation
	err = poll.Until(ctx, lookEvery, func() (bool, error) {
		holder, err = Find(ctx, client, namespace, release)
		if err != nil || holder == nil {
			return true, err
		}
		working = seen.renewed(holder)
		return working || seen.isDead(holder), nil
	})
	return holder, working, err
}

// observation follows the holder of a Lease with this machine's clock, because
// clocks differ.
type observation struct {
	identity string
	first    time.Time // renewal time when the holder was first seen
	last     time.Time // latest renewal time
	at       time.Time // when last was first seen
}

// renewed reports whether the holder has renewed the Lease since it was first
// seen.
func (o *observation) renewed(h *Holder) bool {
	switch {
	case o.identity != h.identity:
		*o = observation{h.identity, h.Renewed, h.Renewed, time.Now()}
	case !o.last.Equal(h.Renewed):
		o.last, o.at = h.Renewed, time.Now()
	}
	return !o.last.Equal(o.first)
}

// isDead reports whether the holder has stopped renewing the Lease.
func (o *observation) isDead(h *Holder) bool {
	return h.isOutdated() || o.identity == h.identity && time.Since(o.at) > h.duration
}
