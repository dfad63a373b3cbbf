package install

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// tarpit accepts connections at the sandbox's host address and never responds,
// so that a migration hangs. It returns its port.
func (b *bench) tarpit() string {
	b.t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(b.HostAddress, "0"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() }()
		}
	}()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// TestInterruptedApplyConverges cancels the context at several points of an
// install. Each time Apply reports the state, and the next run completes the
// install.
func TestInterruptedApplyConverges(t *testing.T) {
	for name, test := range map[string]struct {
		moment  func(event.Event) bool
		hang    bool   // the migration hangs
		release string // status of the remaining release, if any
	}{
		"before anything is written": {func(e event.Event) bool {
			s, ok := e.(event.StepFinished)
			return ok && s.Step == "state"
		}, false, ""},
		"after the Secrets": {func(e event.Event) bool {
			s, ok := e.(event.StepFinished)
			return ok && s.Step == "secrets"
		}, false, ""},
		"as Helm begins": {func(e event.Event) bool {
			s, ok := e.(event.StepStarted)
			return ok && s.Step == "release"
		}, false, "failed"},
		"while the migration works": {func(e event.Event) bool {
			o, ok := e.(event.ObjectChanged)
			return ok && o.Kind == "Job" && o.Reason == "Running"
		}, true, "failed"},
		"while the server starts": {func(e event.Event) bool { o, ok := e.(event.ObjectChanged); return ok && o.Kind == "Deployment" }, false, "failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			good := b.mysql("current", b.Database.Password.Reveal())
			plan := good
			if test.hang {
				plan = b.mysql("current", b.Database.Password.Reveal())
				serverOf(plan)["database"].(map[string]any)["url"] = "mysql://zenml@" + b.HostAddress + ":" + b.tarpit() + "/zenml"
			}
			ctx, cancel := context.WithCancel(t.Context())
			r := record(t)
			var interrupted time.Time
			_, err := b.engine.Apply(ctx, plan, func(e event.Event) {
				r.observe(e)
				if interrupted.IsZero() && test.moment(e) {
					interrupted = time.Now()
					cancel()
				}
			})
			took := time.Since(interrupted)
			var stopped *Interrupted
			if !errors.As(err, &stopped) || !errors.Is(err, context.Canceled) {
				t.Fatalf("%v\n%s", err, r)
			}
			if took > 10*time.Second {
				t.Errorf("stopped %s after the interruption\n%s", took, r)
			}
			stored, readErr := b.engine.Release(t.Context(), b.namespace, releaseName)
			if readErr != nil || status(stored) != test.release && status(stored) != "" ||
				status(stored) != status(stopped.Release) {
				t.Errorf(
					"release %q, told %q, want %q (%v)\n%s",
					status(stored),
					status(stopped.Release),
					test.release,
					readErr,
					r,
				)
			}
			outcome, again := b.apply(good)
			if outcome.Release.Status != "deployed" {
				t.Errorf("the next run: %+v\n%s", outcome.Release, again)
			}
			t.Logf("stopped after %.1f s: %v", took.Seconds(), err)
		})
	}
}

func status(r *Release) string {
	if r == nil {
		return ""
	}
	return r.Status
}

// TestFailedInstallConverges applies a plan that fails, then a correct one over
// the result.
func TestFailedInstallConverges(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var fault *diagnose.Fault
	if _, err := b.engine.Apply(t.Context(), b.mysql("current", canary), nil); !errors.As(err, &fault) {
		t.Fatal(err)
	}
	outcome, _ := b.apply(b.mysql("current", b.Database.Password.Reveal()))
	if outcome.Release.Status != "deployed" || outcome.Release.Revision != 2 {
		t.Errorf("%+v", outcome.Release)
	}
}

// TestFailedUpgradeConverges upgrades to an image that does not exist. The
// fault is reported soon, although the previous pod is still ready, and can be
// fixed.
func TestFailedUpgradeConverges(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.apply(b.sqlite("current"))
	broken := b.sqlite("current")
	serverOf(broken)["image"] = map[string]any{"tag": "0.0.0-unknown"}
	r := record(t)
	_, err := b.engine.Apply(t.Context(), broken, r.observe)
	var fault *diagnose.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Summary, "does not exist") {
		t.Fatalf("%v\n%s", err, r)
	}
	if after := time.Since(b.eventTime("Failed")); after > 10*time.Second {
		t.Errorf("named %s after the fact\n%s", after, r)
	}
	outcome, _ := b.apply(b.sqlite("current"))
	if outcome.Release.Status != "deployed" || outcome.Release.Revision != 3 {
		t.Errorf("%+v", outcome.Release)
	}
}

func TestTimeoutReportsUnreadyObjects(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	plan.Values["nodeSelector"] = map[string]any{"no-such": "label"}
	plan.Timeout = 25 * time.Second
	r := record(t)
	_, err := b.engine.Apply(t.Context(), plan, r.observe)
	var late *TimeoutError
	if !errors.As(err, &late) || !strings.Contains(err.Error(), "no node can run the pod") {
		t.Fatalf("%v\n%s", err, r)
	}
	if took := time.Since(r.begin); took > plan.Timeout+10*time.Second {
		t.Errorf("a time-out of %s took %s", plan.Timeout, took)
	}
}

func TestPendingReleaseIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	config, err := b.engine.readConfig(t.Context(), b.namespace)
	if err != nil {
		t.Fatal(err)
	}
	outcome, _ := b.apply(plan)
	pending := outcome.Release.stored
	pending.Info.Status = "pending-install" // the status after a killed run
	if err := config.Releases.Update(pending); err != nil {
		t.Fatal(err)
	}
	_, err = b.engine.Apply(t.Context(), plan, nil)
	var refused *PendingError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "zenml-installer uninstall") {
		t.Fatal(err)
	}
	// The suggested remedy works.
	if _, err := b.engine.Uninstall(t.Context(), RemovalRequest{Namespace: b.namespace, Release: releaseName},
		nil); err != nil {
		t.Fatal(err)
	}
	b.apply(plan)
}

func TestForeignObjectsAreLeftAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.mysql("current", b.Database.Password.Reveal())
	client := b.Client(t)
	foreign := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name:   "zenml-database",
			Labels: map[string]string{manifest.LabelManagedBy: "someone"},
		},
		StringData: map[string]string{"password": "theirs"},
	}
	if _, err := client.CoreV1().Secrets(b.namespace).Create(t.Context(), foreign, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	var refused *ForeignError
	_, err := b.engine.Apply(t.Context(), plan, nil)
	if !errors.As(err, &refused) || refused.Name != "zenml-database" || refused.Owner != "someone" {
		t.Fatal(err)
	}
	if !strings.Contains(refused.Remedy, "label secret zenml-database --overwrite") ||
		strings.Contains(refused.Remedy, "delete") {
		t.Errorf("the remedy is %q", refused.Remedy)
	}
	kept, err := client.CoreV1().Secrets(b.namespace).Get(t.Context(), "zenml-database", metav1.GetOptions{})
	if err != nil || string(kept.Data["password"]) != "theirs" {
		t.Fatal("the foreign Secret was overwritten", err)
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "zenml"}}
	if _, err := client.CoreV1().ServiceAccounts(b.namespace).Create(t.Context(), account,
		metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err = b.engine.Apply(t.Context(), b.sqlite("current"), nil)
	if !errors.As(err, &refused) || refused.Kind != "ServiceAccount" {
		t.Fatal(err)
	}
}

func TestUpgradeKeepsKeysAndVolume(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	serverOf(plan)["database"] = map[string]any{"persistence": map[string]any{"enabled": true}}
	b.apply(plan)
	client := b.Client(t)
	identity := func() (key, claim string) {
		secret, err := client.CoreV1().Secrets(b.namespace).Get(t.Context(), releaseName, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		claims, err := client.CoreV1().PersistentVolumeClaims(b.namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil || len(claims.Items) != 1 {
			t.Fatal(claims, err)
		}
		return string(secret.Data["ZENML_SERVER_JWT_SECRET_KEY"]), string(claims.Items[0].UID)
	}
	key, claim := identity()
	serverOf(plan)["analyticsOptIn"] = false
	outcome, _ := b.apply(plan)
	newKey, newClaim := identity()
	if !outcome.Upgraded() || outcome.Release.Revision != 2 || newKey != key || newClaim != claim || key == "" {
		t.Errorf("revision %d, key kept %t, claim kept %t", outcome.Release.Revision, newKey == key, newClaim == claim)
	}
	removed, err := b.engine.Uninstall(t.Context(), RemovalRequest{Namespace: b.namespace, Release: releaseName}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(removed.Kept) != 1 || removed.Kept[0].Name != "zenml-server-config" {
		t.Errorf("kept: %v", removed.Kept)
	}
	if release, err := b.engine.Release(t.Context(), b.namespace, releaseName); err != nil || release != nil {
		t.Errorf("after uninstall: %+v %v", release, err)
	}
	// The next install uses the volume that was kept.
	b.apply(plan)
	if _, after := identity(); after != claim {
		t.Error("the next install made another volume")
	}
}

func TestUninstallRemovesFailedHooks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var fault *diagnose.Fault
	if _, err := b.engine.Apply(t.Context(), b.mysql("current", canary), nil); !errors.As(err, &fault) {
		t.Fatal(err)
	}
	removed, err := b.engine.Uninstall(t.Context(), RemovalRequest{Namespace: b.namespace, Release: releaseName}, nil)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := b.Client(t).CoreV1().Secrets(b.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(secrets.Items) != 0 {
		t.Errorf("left: %v %v; removed: %v", secrets.Items, err, removed.Objects)
	}
	jobs, err := b.Client(t).BatchV1().Jobs(b.namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil || len(jobs.Items) != 0 {
		t.Errorf("left: %v %v", jobs.Items, err)
	}
}
