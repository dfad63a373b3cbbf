package install

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// The texts are those of real kubelets, schedulers and controllers.
func TestRules(t *testing.T) {
	for _, test := range []struct {
		problem
		rule string
		ends bool // whether it ends the wait
		says string
	}{
		{problem{reason: "ErrImagePull", image: "r/z:9", text: `failed to pull and unpack image "r/z:9": failed to resolve reference "r/z:9": r/z:9: not found`}, "image missing", true, "r/z:9 does not exist"},
		{problem{reason: "ImagePullBackOff", image: "r/z:9", text: `Back-off pulling image "r/z:9" Failed to pull image "r/z:9": manifest unknown`}, "image missing", true, ""},
		{problem{reason: "ImagePullBackOff", text: `pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`}, "image unauthorized", true, ""},
		{problem{reason: "ErrImagePull", text: `429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit`}, "image rate limit", false, "limit"},
		{problem{reason: "ErrImagePull", text: `no match for platform in manifest: not found`}, "image platform", true, "architecture"},
		{problem{reason: "ErrImagePull", text: `Head "https://r/v2/": x509: certificate signed by unknown authority`}, "image certificate", true, ""},
		{problem{reason: "ErrImagePull", text: `Head "https://r/v2/": dial tcp: lookup r: no such host`}, "image unreachable", true, ""},
		{problem{reason: "ErrImagePull", text: `something new`}, "image", true, "something new"},
		{problem{reason: "InvalidImageName", image: "A B"}, "image name", true, ""},
		{problem{reason: "CreateContainerConfigError", text: `secret "db" not found`}, "reference", true, `secret "db" not found`},
		{problem{reason: "CreateContainerConfigError", text: `couldn't find key password in Secret n/db`}, "reference", true, ""},
		{problem{reason: "CreateContainerConfigError", text: `container has runAsNonRoot and image will run as root`}, "non-root", true, ""},
		{problem{reason: "FailedMount", text: `MountVolume.SetUp failed for volume "db-certs" : references non-existent secret key: ca.pem`}, "mount reference", true, ""},
		{problem{reason: "FailedMount", text: `MountVolume.SetUp failed for volume "db-certs" : secret "ca" not found`}, "mount reference", true, ""},
		{problem{reason: "FailedAttachVolume", text: `Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node`}, "attached elsewhere", false, ""},
		{problem{reason: "FailedBinding", text: `no persistent volumes available for this claim and no storage class is set`}, "no storage class", true, ""},
		{problem{reason: "ProvisioningFailed", text: `storageclass.storage.k8s.io "fast" not found`}, "storage class missing", true, "fast"},
		{problem{reason: "FailedCreate", text: `pods "z" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0`}, "quota", true, ""},
		{problem{reason: "FailedCreate", text: `pods "z" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false`}, "pod security", true, ""},
		{problem{reason: "FailedCreate", text: `admission webhook "x.example.com" denied the request: no`}, "webhook refusal", true, ""},
		{problem{reason: "FailedCreate", text: `Internal error occurred: failed calling webhook "x.example.com": connection refused`}, "webhook down", false, ""},
		{problem{reason: "FailedCreate", text: `error looking up service account n/zenml: serviceaccount "zenml" not found`}, "service account", true, ""},
		{problem{reason: "FailedCreate", text: `unable to validate against any security context constraint`}, "scc", true, ""},
		{problem{reason: "Unschedulable", text: `0/1 nodes are available: 1 Insufficient memory.`}, "unschedulable", false, "Insufficient memory"},
		{problem{reason: "FailedCreatePodSandBox", text: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "4f2a": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory`}, "sandbox", true, "calico"},
		{problem{reason: "FailedCreatePodSandBox", text: `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to create containerd task: OCI runtime create failed: runc create failed: container init was OOM-killed (memory limit too low?): unknown`}, "sandbox memory", true, ""},
		{problem{reason: "RunContainerError", text: `failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too low?): unknown`}, "start memory", true, ""},
		{problem{reason: "CrashLoopBackOff", ended: "StartError", restarts: 1, text: `ended with StartError (exit code 128), restarted 1 times: container init was OOM-killed (memory limit too low?): unknown`}, "start memory", true, ""},
		{problem{reason: "RunContainerError", text: `failed to start containerd task "57": cannot start a stopped process: unknown`}, "start killed", true, ""},
		{problem{reason: "CrashLoopBackOff", ended: "OOMKilled", restarts: 1}, "out of memory", true, ""},
		{problem{reason: "CrashLoopBackOff", ended: "Error", restarts: 0}, "", false, ""},
		{problem{reason: "CrashLoopBackOff", ended: "Error", restarts: 1}, "crash loop", true, ""},
	} {
		o := judge(observation{}, test.problem)
		if o.rule != test.rule || o.fault != nil && (o.grace != forever) != test.ends {
			t.Errorf("%+v: rule %q, grace %s", test.problem, o.rule, o.grace)
		}
		if o.fault != nil && (!strings.Contains(o.fault.Cause, test.says) || strings.ContainsAny(o.fault.Cause, "{}")) {
			t.Errorf("%+v: cause %q", test.problem, o.fault.Cause)
		}
	}
}

// TestImageNames provokes faults of images whose names hold the words by which
// other faults are known.
func TestImageNames(t *testing.T) {
	for _, image := range []string{
		"zenmldocker/zenml-server:2026.4294", "429/too-many-requests:rate-limit", "denied.example.com/timeout/eof:unauthorized", "x509:429",
		"r.example.com:429/i/o@sha256:4294294294294294294294294294294294294294294294294294294294294294", "not/found:certificate",
	} {
		for text, rule := range map[string]string{
			`failed to pull and unpack image "%": failed to resolve reference "%": %: not found`:                                                                                "image missing",
			`failed to pull and unpack image "%": failed to copy: httpReadSeeker: failed open: unexpected status code https://r.io/v2/%/manifests/sha256:4294: 502 Bad Gateway`: "image",
			`failed to pull and unpack image "%": mkdir /var/lib/containerd/denied: permission denied`:                                                                          "image",
			`failed to resolve reference "%": failed to do request: Head "https://%": dial tcp: lookup denied on 10.0.0.429:53: no such host`:                                   "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": net/http: TLS handshake timeout`:                                                          "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": dial tcp 10.0.0.4:429: i/o timeout`:                                                       "image unreachable",
			`failed to resolve reference "%": failed to do request: Head "https://%": EOF`:                                                                                      "image unreachable",
			`failed to resolve reference "%": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://%?scope=429: 403 Forbidden`:   "image unauthorized",
			`reading manifest 1 in %: denied`: "image unauthorized",
			`failed to resolve reference "%": unexpected status from HEAD request to https://%: 429 Too Many Requests`:                                                     "image rate limit",
			`unexpected status code https://r.io/v2/%/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit.`: "image rate limit",
			`reading manifest 1 in %: toomanyrequests: Rate exceeded`:                                                                                                      "image rate limit",
		} {
			text = strings.ReplaceAll(text, "%", image)
			if o := judge(observation{}, problem{reason: "ErrImagePull", image: image, text: text}); o.rule != rule {
				t.Errorf("%s: rule %q, want %q", text, o.rule, rule)
			}
		}
	}
	if o := judge(observation{}, problem{reason: "ErrImagePull", image: "denied", text: `failed to pull and unpack image "denied": not found`}); o.rule != "image missing" {
		t.Errorf("an image called denied: rule %q", o.rule)
	}
}

// TestGraces holds every fault that ends the wait to being named within 10 s,
// but for those that often heal.
func TestGraces(t *testing.T) {
	heals := map[string]bool{"image unreachable": true, "image": true, "sandbox": true}
	names := map[string]bool{}
	for _, r := range rules {
		if names[r.name] {
			t.Errorf("two rules are named %q", r.name)
		}
		names[r.name] = true
		if r.grace > 10*time.Second-2*tick && !heals[r.name] && r.name != "creation" {
			t.Errorf("%s: grace %s", r.name, r.grace)
		}
		if r.cause == "" || r.remedy == "" {
			t.Errorf("%s: no cause or remedy", r.name)
		}
	}
}

// TestJobFailed looks at the Jobs that a cluster leaves when they fail, with
// their last pod.
func TestJobFailed(t *testing.T) {
	for name, test := range map[string]struct {
		pod             corev1.PodStatus
		cause, evidence string
		certain         bool
	}{
		"an error":         {endedWith("Error", 1, ""), "the job failed", "Error (exit code 1)", false},
		"out of memory":    {endedWith("OOMKilled", 137, ""), "more memory than its limit", "OOMKilled (exit code 137)", true},
		"killed":           {endedWith("Error", 137, ""), "the container was killed", "Error (exit code 137)", true},
		"killed too soon":  {endedWith("StartError", 128, "failed to start containerd task \"57\": cannot start a stopped process: unknown"), "the container was killed", "stopped process", true},
		"no such command":  {endedWith("StartError", 128, `exec: "zenml": executable file not found in $PATH: unknown`), `could not be started: StartError (exit code 128): exec: "zenml"`, "executable file not found", true},
		"evicted":          {corev1.PodStatus{Reason: "Evicted", Message: "The node was low on resource: memory."}, "the node has evicted the pod", "low on resource: memory", true},
		"its node is gone": {corev1.PodStatus{Reason: "NodeLost", Message: "Node n2 is gone"}, "the job failed", "NodeLost: Node n2 is gone", false},
	} {
		job := &batchv1.Job{Status: batchv1.JobStatus{Conditions: []batchv1.JobCondition{{
			Type: batchv1.JobFailed, Status: corev1.ConditionTrue, Reason: "BackoffLimitExceeded", Message: "Job has reached the specified backoff limit",
		}}}}
		f := jobFailed(job, &corev1.Pod{Status: test.pod})
		evidence := strings.Join(f.Evidence, "\n")
		if !strings.Contains(f.Cause, test.cause) || !strings.Contains(evidence, test.evidence) || f.certain != test.certain || !strings.Contains(evidence, "BackoffLimitExceeded: Job has reached") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func endedWith(reason string, code int32, message string) corev1.PodStatus {
	return corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
		State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: reason, ExitCode: code, Message: message}},
	}}}
}

func TestFromLog(t *testing.T) {
	traceback := []string{"Traceback (most recent call last):", `  File "x.py", line 1, in <module>`}
	for _, test := range []struct{ line, cause string }{
		{`sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (1045, "Access denied for user 'zenml'@'10.0.0.1' (using password: YES)")`, "1045: Access denied for user 'zenml'@'10.0.0.1' (using password: YES)"},
		{`(pymysql.err.OperationalError) (1045, "Access denied for user 'zenml'@'10.0.0.1' (using password: NO)")`, "no password was given"},
		{`(pymysql.err.OperationalError) (1044, "Access denied for user 'zenml'@'%' to database 'x'")`, "no rights on the database"},
		{`(pymysql.err.OperationalError) (1049, "Unknown database 'zenml'")`, "does not exist"},
		{`(pymysql.err.OperationalError) (1040, 'Too many connections')`, "1040: Too many connections"},
		{`(pymysql.err.OperationalError) (1129, "Host '10.0.0.1' is blocked because of many connection errors")`, "blocked"},
		{`(pymysql.err.OperationalError) (1130, "Host '10.0.0.1' is not allowed to connect to this MySQL server")`, "does not let this address in"},
		{`(pymysql.err.OperationalError) (3159, 'Connections using insecure transport are prohibited while --require_secure_transport=ON.')`, "demands TLS"},
		{`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([Errno -2] Name or service not known)")`, "host name is not known"},
		{`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)")`, "nothing listens"},
		{`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' (timed out)")`, "does not reach"},
		{`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1007))")`, "not signed by the given CA"},
		{`(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on 'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'db'. (_ssl.c:1007))")`, "for another host name"},
		{`alembic.util.exc.CommandError: Can't locate revision identified by 'ffff'`, "going back is not supported"},
		{`RuntimeError: The database has never been migrated with alembic before`, "tables that are not ZenML's"},
	} {
		known, ok := fromLog(append(traceback, test.line, ""))
		if !ok || !strings.Contains(known.cause, test.cause) || known.remedy == "" {
			t.Errorf("%s: %q", test.line, known.cause)
		}
	}
	if known, ok := fromLog([]string{"INFO starting", "listening on 0.0.0.0:8080"}); ok {
		t.Errorf("a healthy log is taken for %q", known.cause)
	}
}

// TestObserve looks at a release in moments that a cluster passes through.
func TestObserve(t *testing.T) {
	const ns = "n"
	job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "mig", Namespace: ns, UID: "job"}}
	running := ownedPod("mig-x", "job", corev1.PodRunning)
	deployment := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "z", Namespace: ns, UID: "dep", Annotations: map[string]string{revision: "2"}}}
	old := replicaSet("z-1", "dep", "1")
	now := replicaSet("z-2", "dep", "2")
	refused := replicaSet("z-2", "dep", "2")
	refused.Status.Conditions = []appsv1.ReplicaSetCondition{{Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: `pods "z" is forbidden: exceeded quota: q`}}
	waiting := ownedPod("z-2-x", "z-2", corev1.PodPending)
	waiting.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "zenml", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "Back-off pulling image"}}}}
	pullFailed := event("z-2-x", "Failed", corev1.EventTypeWarning, `Failed to pull image "r/z:9": r/z:9: not found`)
	pulling := ownedPod("z-2-x", "z-2", corev1.PodPending)
	pulling.Spec.Containers = []corev1.Container{{Image: "r/z:1"}}
	crashed := ownedPod("z-1-x", "z-1", corev1.PodRunning)
	crashed.Status.ContainerStatuses = []corev1.ContainerStatus{{RestartCount: 9, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}}}

	for name, test := range map[string]struct {
		view  view
		pods  []*corev1.Pod
		sets  []*appsv1.ReplicaSet
		want  string // "Kind name state" of the interesting object
		says  string
		fault string
	}{
		"the migration works": {view: view{jobs: []*batchv1.Job{job}}, pods: []*corev1.Pod{running}, want: "Job mig progressing", says: "line of mig-x"},
		"an image is pulled": {view: view{deployments: []*appsv1.Deployment{deployment}, events: []*corev1.Event{event("z-2-x", "Pulling", "Normal", "Pulling image")}},
			sets: []*appsv1.ReplicaSet{old, now}, pods: []*corev1.Pod{pulling}, want: "Pod z-2-x progressing", says: "pulling r/z:1"},
		"an image is missing": {view: view{deployments: []*appsv1.Deployment{deployment}, events: []*corev1.Event{pullFailed}},
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
		ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), OwnerReferences: []metav1.OwnerReference{{UID: owner}}},
		Status:     corev1.PodStatus{Phase: phase},
	}
}

func replicaSet(name string, owner types.UID, rev string) *appsv1.ReplicaSet {
	return &appsv1.ReplicaSet{ObjectMeta: metav1.ObjectMeta{
		Name: name, UID: types.UID(name), Annotations: map[string]string{revision: rev},
		OwnerReferences: []metav1.OwnerReference{{UID: owner}},
	}}
}

func event(about types.UID, reason, kind, message string) *corev1.Event {
	return &corev1.Event{InvolvedObject: corev1.ObjectReference{UID: about}, Reason: reason, Type: kind, Message: message, LastTimestamp: metav1.Now()}
}
