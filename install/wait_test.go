package install

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/poll"
)

const canary = "c4n4ry-wr0ng-p4ssw0rd"

// TestFaults provokes faults in a real cluster. Each must be reported within 10
// s of its time in the cluster's records.
func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		plan  func(*bench) Plan
		fact  func(*bench) time.Time
		kind  string // of the faulty object
		cause string
	}{
		"a wrong password": {
			plan: func(b *bench) Plan { return b.mysql("current", canary) },
			fact: (*bench).podEnded, kind: "Job", cause: "1045",
		},
		"a wrong password, legacy": {
			plan: func(b *bench) Plan { return b.mysql("legacy", canary) },
			fact: (*bench).podEnded, kind: "Job", cause: "1045",
		},
		"a database that nobody serves": {
			plan: func(b *bench) Plan {
				plan := b.mysql("current", canary)
				serverOf(plan)["database"].(map[string]any)["url"] = "mysql://zenml@" + b.HostAddress + ":1/zenml"
				return plan
			},
			fact: (*bench).podEnded, kind: "Job", cause: "nothing listens",
		},
		"an unknown image tag": {
			plan: func(b *bench) Plan {
				plan := b.sqlite("current")
				serverOf(plan)["image"] = map[string]any{"tag": "0.0.0-unknown"}
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("Failed") },
			kind: "Pod", cause: "0.0.0-unknown does not exist",
		},
		"an unknown image tag that looks like an HTTP status": {
			plan: func(b *bench) Plan {
				plan := b.sqlite("current")
				serverOf(plan)["image"] = map[string]any{"tag": "2026.4294"}
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("Failed") },
			kind: "Pod", cause: "2026.4294 does not exist",
		},
		"an unknown image tag for the migration": {
			plan: func(b *bench) Plan {
				plan := b.mysql("legacy", b.Database.Password.Reveal())
				serverOf(plan)["image"] = map[string]any{"tag": "0.0.0-unknown"}
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("Failed") },
			kind: "Pod", cause: "0.0.0-unknown does not exist",
		},
		"a Secret that is missing": {
			plan: func(b *bench) Plan {
				plan := b.mysql("current", canary)
				plan.Secrets = nil
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("Failed") },
			kind: "Pod", cause: `secret "zenml-database" not found`,
		},
		"a quota": {
			plan: func(b *bench) Plan {
				b.create(&corev1.ResourceQuota{
					ObjectMeta: metav1.ObjectMeta{Name: "none"},
					Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}},
				})
				return b.sqlite("current")
			},
			fact: func(b *bench) time.Time { return b.eventTime("FailedCreate") }, kind: "ReplicaSet", cause: "quota",
		},
		"a quota for the migration": {
			plan: func(b *bench) Plan {
				b.create(&corev1.ResourceQuota{
					ObjectMeta: metav1.ObjectMeta{Name: "none"},
					Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: resource.MustParse("0")}},
				})
				return b.mysql("current", canary)
			},
			fact: func(b *bench) time.Time { return b.eventTime("FailedCreate") }, kind: "Job", cause: "quota",
		},
		"a migration that cannot start": {
			plan: (*bench).wrongImage,
			fact: (*bench).podEnded, kind: "Job", cause: "could not be started: StartError (exit code 128)",
		},
		"too little memory for the migration's pod": {
			plan: func(b *bench) Plan {
				plan := b.mysql("current", b.Database.Password.Reveal())
				plan.Values["resourcesMigrationPod"] = map[string]any{"limits": map[string]any{"memory": "1Mi"}}
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("FailedCreatePodSandBox") },
			kind: "Pod", cause: "memory limit is too low",
		},
		"a StorageClass that is missing": {
			plan: func(b *bench) Plan {
				plan := b.sqlite("current")
				serverOf(plan)["database"] = map[string]any{"persistence": map[string]any{"enabled": true,
					"storageClassName": "no-such-class"}}
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("ProvisioningFailed") },
			kind: "PersistentVolumeClaim", cause: "no-such-class",
		},
		"a server that keeps crashing": {
			plan: func(b *bench) Plan {
				plan := b.sqlite("current")
				serverOf(plan)["environment"] = map[string]any{"ZENML_STORE_URL": "postgres://nowhere"}
				return plan
			},
			fact: func(b *bench) time.Time { return b.eventTime("BackOff") },
			kind: "Pod", cause: "does not support this kind of database",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			plan := test.plan(b)
			r := record(t)
			outcome, err := b.engine.Apply(t.Context(), plan, r.observe)
			named := time.Now()
			var fault *diagnose.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("%v\n%s", err, r)
			}
			if fault.Object.Kind != test.kind || !strings.Contains(fault.Text(), test.cause) || fault.Remedy == "" ||
				len(fault.Evidence) == 0 {
				t.Errorf("%+v\n%s", fault, r)
			}
			after := named.Sub(test.fact(b))
			if after > 10*time.Second {
				t.Errorf("named %s after the fact\n%s", after, r)
			}
			if outcome.Release == nil || outcome.Release.Status != "failed" {
				t.Errorf("release: %+v", outcome.Release)
			}
			if shown := r.String() + err.Error() + strings.Join(fault.Evidence, "\n"); strings.Contains(shown, canary) {
				t.Errorf("the password shows:\n%s", shown)
			}
			t.Logf(
				"named %.1f s after the fact, %.1f s after the start: %v\n%s",
				after.Seconds(),
				named.Sub(r.begin).Seconds(),
				err,
				strings.Join(fault.Evidence, "\n"),
			)
		})
	}
}

// wrongImage returns a plan with an image that can be pulled but contains no
// server.
func (b *bench) wrongImage() Plan {
	b.t.Helper()
	repository := "zenml-sandbox/" + b.namespace
	if err := remote.Write(b.tag(repository+":1"), b.emptyImage(), remote.WithContext(b.t.Context())); err != nil {
		b.t.Fatal(err)
	}
	plan := b.mysql("current", b.Database.Password.Reveal())
	serverOf(plan)["image"] = map[string]any{"repository": repository, "tag": "1"}
	return plan
}

func (b *bench) tag(repository string) name.Tag {
	b.t.Helper()
	tag, err := name.NewTag(b.Registry+"/"+repository, name.Insecure)
	if err != nil {
		b.t.Fatal(err)
	}
	return tag
}

// emptyImage returns an image for this machine without any program.
func (b *bench) emptyImage() v1.Image {
	b.t.Helper()
	config, err := empty.Image.ConfigFile()
	if err != nil {
		b.t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", runtime.GOARCH
	image, err := mutate.ConfigFile(empty.Image, config)
	if err != nil {
		b.t.Fatal(err)
	}
	return image
}

// TestJobFaultWithoutLog covers the status of a Job and its pod without a log.
// The fault must not mention a log.
func TestJobFaultWithoutLog(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.engine.Apply(t.Context(), b.wrongImage(), nil)
	var fault *diagnose.Fault
	if !errors.As(err, &fault) {
		t.Fatal(err)
	}
	evidence := strings.Join(fault.Evidence, "\n")
	for _, want := range []string{
		"BackoffLimitExceeded: Job has reached", "StartError (exit code 128): ", "executable file not found",
	} {
		if !strings.Contains(evidence, want) {
			t.Errorf("no %q in\n%s", want, evidence)
		}
	}
	if fault.Remedy == "" || strings.Contains(fault.Remedy, "log") {
		t.Error(fault.Remedy)
	}
}

// TestEvictedMigration makes the kubelet evict a running migration, as it does
// when a pod exceeds its storage limit.
func TestEvictedMigration(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.mysql("current", canary)
	serverOf(plan)["database"].(map[string]any)["url"] = "mysql://zenml@" + b.HostAddress + ":" + b.tarpit() + "/zenml"
	plan.Values["resourcesMigrationPod"] = map[string]any{"limits": map[string]any{"ephemeral-storage": "1"}}
	r := record(t)
	_, err := b.engine.Apply(t.Context(), plan, r.observe)
	var fault *diagnose.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Text(), "evicted the pod") ||
		!strings.Contains(strings.Join(fault.Evidence, "\n"), "ephemeral") {
		t.Errorf("%v\n%s", err, r)
	}
}

// TestPodThatCannotBeSetUp makes a kubelet fail to create the pod's sandbox.
// The problem is reported within 10 s, and the install waits, because a network
// plugin may still start.
func TestPodThatCannotBeSetUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	plan.Values["podSecurityContext"] = map[string]any{
		"sysctls": []any{map[string]any{"name": "net.ipv4.ping_group_range", "value": "bogus"}},
	}
	r := record(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { _, err := b.engine.Apply(ctx, plan, r.observe); ended <- err }()
	at := r.until("the pod's fault is named", func(e event.Event) bool {
		o, ok := e.(event.ObjectChanged)
		return ok && o.Kind == "Pod" && strings.Contains(o.Message, "the node cannot set up the pod")
	})
	if after := r.begin.Add(at).Sub(b.eventTime("FailedCreatePodSandBox")); after > 10*time.Second {
		t.Errorf("named %s after the fact\n%s", after, r)
	}
	select {
	case err := <-ended:
		t.Errorf("it is not waited for: %v\n%s", err, r)
	default:
	}
	cancel()
	var stopped *Interrupted
	if err := <-ended; !errors.As(err, &stopped) {
		t.Errorf("%v\n%s", err, r)
	}
}

func serverOf(p Plan) map[string]any {
	for _, root := range generations {
		if server, ok := p.Values[root].(map[string]any); ok {
			return server
		}
	}
	return nil
}

func (b *bench) create(quota *corev1.ResourceQuota) {
	b.t.Helper()
	client := b.Client(b.t)
	if _, err := client.CoreV1().ResourceQuotas(b.namespace).Create(b.t.Context(), quota,
		metav1.CreateOptions{}); err != nil {
		b.t.Fatal(err)
	}
	b.eventually("the quota counts", func() (bool, error) {
		q, err := client.CoreV1().ResourceQuotas(b.namespace).Get(b.t.Context(), quota.Name, metav1.GetOptions{})
		return err == nil && len(q.Status.Hard) > 0, err
	})
}

func (b *bench) eventually(what string, ask func() (bool, error)) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	if err := poll.Until(ctx, 50*time.Millisecond, ask); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// podEnded returns when a container of the namespace ended, to the second.
func (b *bench) podEnded() time.Time {
	b.t.Helper()
	pods, err := b.Client(b.t).CoreV1().Pods(b.namespace).List(b.t.Context(), metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range pods.Items {
		for _, s := range p.Status.ContainerStatuses {
			if s.State.Terminated != nil {
				return s.State.Terminated.FinishedAt.Time
			}
		}
	}
	b.t.Fatal("no container has ended")
	return time.Time{}
}

// eventTime returns when the first event with that reason occurred, to the
// second.
func (b *bench) eventTime(reason string) time.Time {
	b.t.Helper()
	events, err := b.Client(b.t).CoreV1().Events(b.namespace).List(b.t.Context(), metav1.ListOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	var first time.Time
	for _, e := range events.Items {
		if e.Reason == reason && (first.IsZero() || e.CreationTimestamp.Time.Before(first)) {
			first = e.CreationTimestamp.Time
		}
	}
	if first.IsZero() {
		b.t.Fatalf("no event %s", reason)
	}
	return first
}
