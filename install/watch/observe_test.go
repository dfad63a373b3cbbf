package watch

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// TestJobFailed covers failed Jobs with their last pods.
func TestJobFailed(t *testing.T) {
	for name, test := range map[string]struct {
		pod             corev1.PodStatus
		cause, evidence string
		certain         bool
	}{
		"an error": {endedStatus("Error", 1, ""), "the job failed", "Error (exit code 1)", false},
		"out of memory": {
			endedStatus("OOMKilled", 137, ""), "exceeded its memory limit", "OOMKilled (exit code 137)", true,
		},
		"killed": {endedStatus("Error", 137, ""), "the container was killed", "Error (exit code 137)", true},
		"killed too soon": {
			endedStatus("StartError", 128, "failed to start containerd task \"57\": cannot start a stopped process: unknown"), "the container was killed", "stopped process", true,
		},
		"no such command": {
			endedStatus("StartError", 128, `exec: "zenml": executable file not found in $PATH: unknown`), `could not be started: StartError (exit code 128): exec: "zenml"`, "executable file not found", true,
		},
		"evicted": {
			corev1.PodStatus{Reason: "Evicted", Message: "The node was low on resource: memory."}, "the node evicted the pod", "low on resource: memory", true,
		},
		"its node is gone": {
			corev1.PodStatus{Reason: "NodeLost", Message: "Node n2 is gone"}, "the job failed", "NodeLost: Node n2 is gone", false,
		},
	} {
		job := &batchv1.Job{Status: batchv1.JobStatus{Conditions: []batchv1.JobCondition{{
			Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded", Message: "Job has reached the specified backoff limit",
		}}}}
		f, certain := jobFailed(job, &corev1.Pod{Status: test.pod})
		evidence := strings.Join(f.Evidence, "\n")
		if !strings.Contains(f.Text(), test.cause) || !strings.Contains(evidence, test.evidence) ||
			certain != test.certain ||
			!strings.Contains(evidence, "BackoffLimitExceeded: Job has reached") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func endedStatus(reason string, code int32, message string) corev1.PodStatus {
	return corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
		State: corev1.ContainerState{
			Terminated: &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code, Message: message},
		},
	}}}
}

// TestObserve covers states of a release during an install.
func TestObserve(t *testing.T) {
	const ns = "n"
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "mig", Namespace: ns, UID: "job"}}
	running := ownedPod("mig-x", "job", corev1.PodRunning)
	deployment := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{
			Name:        "z",
			Namespace:   ns,
			UID:         "dep",
			Annotations: map[string]string{revision: "2"},
		},
	}
	old := replicaSet("z-1", "dep", "1")
	now := replicaSet("z-2", "dep", "2")
	refused := replicaSet("z-2", "dep", "2")
	refused.Status.Conditions = []appsv1.ReplicaSetCondition{
		{
			Type:    appsv1.ReplicaSetReplicaFailure,
			Status:  corev1.ConditionTrue,
			Reason:  "FailedCreate",
			Message: `pods "z" is forbidden: exceeded quota: q`,
		},
	}
	waiting := ownedPod("z-2-x", "z-2", corev1.PodPending)
	waiting.Status.ContainerStatuses = []corev1.ContainerStatus{
		{
			Name: "zenml",
			State: corev1.ContainerState{
				Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "Back-off pulling image"},
			},
		},
	}
	pullFailed := newEvent("z-2-x", "Failed", corev1.EventTypeWarning, `Failed to pull image "r/z:9": r/z:9: not found`)
	pulling := ownedPod("z-2-x", "z-2", corev1.PodPending)
	pulling.Spec.Containers = []corev1.Container{{Image: "r/z:1"}}
	crashed := ownedPod("z-1-x", "z-1", corev1.PodRunning)
	crashed.Status.ContainerStatuses = []corev1.ContainerStatus{
		{
			RestartCount: 9,
			State:        corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}},
		},
	}

	for name, test := range map[string]struct {
		view  view
		pods  []*corev1.Pod
		sets  []*appsv1.ReplicaSet
		want  string // "Kind name state" of the relevant object
		says  string
		fault string
	}{
		"the migration works": {
			view: view{jobs: []*batchv1.Job{job}}, pods: []*corev1.Pod{running}, want: "Job mig progressing", says: "line of mig-x",
		},
		"an image is pulled": {
			view: view{deployments: []*appsv1.Deployment{deployment}, events: []*corev1.Event{newEvent("z-2-x",
				"Pulling", "Normal", "Pulling image")}},
			sets: []*appsv1.ReplicaSet{old, now}, pods: []*corev1.Pod{pulling}, want: "Pod z-2-x progressing", says: "pulling r/z:1"},
		"an image is missing": {
			view: view{deployments: []*appsv1.Deployment{deployment}, events: []*corev1.Event{pullFailed}},
			sets: []*appsv1.ReplicaSet{old, now}, pods: []*corev1.Pod{waiting}, want: "Pod z-2-x failed", fault: "image missing"},
		"a quota refuses": {view: view{deployments: []*appsv1.Deployment{deployment}},
			sets: []*appsv1.ReplicaSet{refused}, want: "ReplicaSet z-2 failed", fault: "quota"},
		"the pods of the revision before do not count": {view: view{deployments: []*appsv1.Deployment{deployment}},
			sets: []*appsv1.ReplicaSet{old, now}, pods: []*corev1.Pod{crashed}, want: "Deployment z progressing"},
	} {
		t.Run(name, func(t *testing.T) {
			v := test.view
			v.targets.namespace = ns
			v.lines = func(pod types.UID) []string { return []string{"line of " + string(pod), ""} }
			v.replicaSets = currentReplicaSets(v.deployments, test.sets)
			v.pods = podsOf(v, test.pods)
			var seen []string
			for _, o := range v.observe() {
				line := o.String() + " " + string(o.State)
				seen = append(seen, line)
				if o.rule != "" && o.rule != test.fault {
					t.Errorf("%s: fault %q", line, o.rule)
				}
				if line == test.want && o.rule == test.fault && strings.Contains(o.Message, test.says) {
					return
				}
			}
			t.Errorf("want %q, saw %q", test.want, seen)
		})
	}
}

func ownedPod(name string, owner types.UID, phase corev1.PodPhase) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name:            name,
			UID:             types.UID(name),
			OwnerReferences: []metav1.OwnerReference{{UID: owner}},
		},
		Status: corev1.PodStatus{Phase: phase},
	}
}

func replicaSet(name string, owner types.UID, rev string) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
		Name: name, UID: types.UID(name), Annotations: map[string]string{revision: rev},
		OwnerReferences: []metav1.OwnerReference{{UID: owner}},
	}}
}

func newEvent(about types.UID, reason, kind, message string) *corev1.Event {
	return &corev1.Event{
		InvolvedObject: corev1.ObjectReference{UID: about},
		Reason:         reason,
		Type:           kind,
		Message:        message,
		LastTimestamp:  metav1.Now(),
	}
}

// TestHeldJob looks at Jobs whose pod a sidecar keeps running.
func TestHeldJob(t *testing.T) {
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	ended := func(code int32) corev1.ContainerState {
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Ended", ExitCode: code}}
	}
	for name, test := range map[string]struct {
		migration, other corev1.ContainerState
		rule             string
	}{
		"the migration runs":    {running, running, ""},
		"both have ended":       {ended(0), ended(0), ""},
		"only the sidecar runs": {ended(0), running, "sidecar"},
		"the migration failed":  {ended(1), running, "job failed"},
	} {
		job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "migration", UID: "j"}}
		job.Spec.Template.Spec.Containers = []corev1.Container{{Name: "migrate"}}
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "p", OwnerReferences: []metav1.OwnerReference{{UID: "j"}}},
			Status: corev1.PodStatus{Phase: corev1.PodRunning, ContainerStatuses: []corev1.ContainerStatus{
				{Name: "migrate", State: test.migration}, {Name: "istio-proxy", State: test.other},
			}},
		}
		v := view{pods: []*corev1.Pod{pod}, lines: func(types.UID) []string { return nil }}
		o := v.job(job)
		if o.rule != test.rule || (o.fault != nil) != (test.rule != "") {
			t.Errorf("%s: rule %q, %+v", name, o.rule, o.fault)
		}
		if test.rule == "sidecar" && (!strings.Contains(o.fault.Text(), "istio-proxy") || o.grace < 0) {
			t.Errorf("%s: %s, grace %s", name, o.fault.Text(), o.grace)
		}
		if shown := v.pod(pod).Message; test.rule == "sidecar" && shown != "completed, except istio-proxy" {
			t.Errorf("%s: %s", name, shown)
		}
	}
}

// TestAutoscalers covers warnings about the release's autoscaler, of another one, and
// old ones.
func TestAutoscalers(t *testing.T) {
	const kind = "HorizontalPodAutoscaler"
	now := time.Now()
	warning := func(name string, age time.Duration) *corev1.Event {
		return &corev1.Event{
			InvolvedObject: corev1.ObjectReference{Kind: kind, Name: name}, Type: corev1.EventTypeWarning,
			Reason: "FailedGetResourceMetric", Message: "no metrics", LastTimestamp: metav1.NewTime(now.Add(-age)),
		}
	}
	for name, test := range map[string]struct {
		events []*corev1.Event
		want   event.State
	}{
		"no events":      {},
		"a warning":      {[]*corev1.Event{warning("z", time.Second), warning("z", time.Hour)}, event.Waiting},
		"an old warning": {[]*corev1.Event{warning("z", time.Hour)}, event.Ready},
		"another's":      {[]*corev1.Event{warning("other", time.Second)}, ""},
	} {
		v := view{applied: true, events: test.events, targets: targets{namespace: "n",
			objects: map[event.Object]bool{{Kind: kind, Namespace: "n", Name: "z"}: false}}}
		var got event.State
		for _, o := range v.autoscalers(now) {
			got = o.State
			if o.fault != nil || got == event.Waiting && o.Message != "no metrics" {
				t.Errorf("%s: %+v", name, o)
			}
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
