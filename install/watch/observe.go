package watch

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
)

// observation is the state of an object, and its fault if any.
type observation struct {
	event.ObjectChanged
	fault *diagnose.Fault
	rule  string        // the diagnosis's rule
	grace time.Duration // how long the fault may last; negative: until the timeout
	logs  *corev1.Pod   // the pod whose log is evidence, if any
	// certain means that a status identifies the cause: a log adds evidence,
	// but does not change the cause.
	certain bool
}

// diagnosed adds the diagnosis of the problem if it is known.
func (o observation) diagnosed(p diagnose.Problem) observation {
	d, ok := diagnose.FromProblem(p)
	if !ok {
		return o
	}
	o.rule, o.grace, o.Message = d.Name, d.Grace, d.Text()
	o.fault = &diagnose.Fault{Object: o.Object, Summary: d.Summary, Reason: d.Reason, Remedy: d.Remedy}
	if p.Text != "" {
		o.fault.Evidence = []string{diagnose.Shorten(p.Text)}
	}
	if d.Grace != diagnose.Forever {
		o.State = event.Failed
	}
	return o
}

// diagnosedByLog replaces the diagnosis of a crashing container with that of
// its log if a line is known.
func (o observation) diagnosedByLog(lines []string) observation {
	d, ok := diagnose.FromLog(lines)
	if o.fault == nil || !ok {
		return o
	}
	o.fault.Summary, o.fault.Reason, o.fault.Remedy = d.Summary, d.Reason, d.Remedy
	o.Message, o.grace = d.Text(), d.Grace
	return o
}

// key identifies the fault of an object.
func (o observation) key() string { return o.String() + "/" + o.rule }

// observe returns the observations in a stable order: causes before what they
// block.
func (v view) observe() []observation {
	var all []observation
	for _, c := range v.claims {
		all = append(all, v.claim(c))
	}
	for _, p := range v.pods {
		all = append(all, v.pod(p))
	}
	for _, j := range v.jobs {
		all = append(all, v.job(j))
	}
	for _, rs := range v.replicaSets {
		if o, ok := v.replicaSet(rs); ok {
			all = append(all, o)
		}
	}
	for _, d := range v.deployments {
		all = append(all, v.deployment(d))
	}
	for _, s := range v.services {
		all = append(all, v.service(s))
	}
	for _, i := range v.ingresses {
		all = append(all, v.ingress(i))
	}
	for _, s := range v.exposed {
		all = append(all, v.exposure(s))
	}
	return append(all, v.autoscalers(time.Now())...)
}

// recent is how long a HorizontalPodAutoscaler's warning counts: it repeats the
// warning every 15 s.
const recent = time.Minute

// autoscalers returns the release's HorizontalPodAutoscalers that have warned. It knows
// them by their events, which need no permission to watch them.
func (v view) autoscalers(now time.Time) []observation {
	const kind = "HorizontalPodAutoscaler"
	newest := map[string]*corev1.Event{}
	for _, e := range v.events {
		name := e.InvolvedObject.Name
		_, ours := v.targets.objects[event.Object{Kind: kind, Namespace: v.targets.namespace, Name: name}]
		if ours && v.applied && e.InvolvedObject.Kind == kind && e.Type == corev1.EventTypeWarning &&
			(newest[name] == nil || kubestatus.EventTime(e).After(kubestatus.EventTime(newest[name]))) {
			newest[name] = e
		}
	}
	var all []observation
	for _, name := range slices.Sorted(maps.Keys(newest)) {
		e := newest[name]
		if now.Sub(kubestatus.EventTime(e)) < recent {
			all = append(all, v.about(kind, name, event.Waiting, e.Reason, e.Message))
		} else {
			all = append(all, v.about(kind, name, event.Ready, "", "no recent warning"))
		}
	}
	return all
}

func (v view) about(kind, name string, state event.State, reason, message string) observation {
	object := event.Object{Kind: kind, Namespace: v.targets.namespace, Name: name}
	return observation{
		ObjectChanged: event.ObjectChanged{
			Object:  object,
			State:   state,
			Reason:  reason,
			Message: message,
			Hook:    v.targets.objects[object],
		},
	}
}

func (v view) job(j *batchv1.Job) observation {
	pod := v.podOf(j.UID)
	if pod != nil {
		if o, ok := v.heldJob(j, pod); ok {
			return o
		}
	}
	switch {
	case kubestatus.JobCondition(j, batchv1.JobComplete) != nil:
		return v.about("Job", j.Name, event.Ready, "Complete", "complete")
	case kubestatus.JobCondition(j, batchv1.JobFailed) != nil:
		return v.failedJob(j, pod)
	case pod == nil:
		return v.withEvents(v.about("Job", j.Name, event.Waiting, "", "waiting for its pod"), j.UID)
	case pod.Status.Phase == corev1.PodRunning:
		message := "running"
		if line := v.lastLine(pod.UID); line != "" {
			message += ": " + line
		}
		return v.about("Job", j.Name, event.Progressing, "Running", message)
	case pod.Status.Phase == corev1.PodPending:
		return v.about("Job", j.Name, event.Waiting, "Pending", "waiting for pod "+pod.Name)
	default:
		return v.about("Job", j.Name, event.Progressing, "Finishing", "its pod has ended")
	}
}

func (v view) replicaSet(rs *appsv1.ReplicaSet) (observation, bool) {
	for _, c := range rs.Status.Conditions {
		if c.Type == appsv1.ReplicaSetReplicaFailure && c.Status == corev1.ConditionTrue {
			o := v.about("ReplicaSet", rs.Name, event.Waiting, c.Reason, c.Message)
			return o.diagnosed(diagnose.Problem{Reason: c.Reason, Text: c.Message}), true
		}
	}
	return observation{}, false
}

func (v view) deployment(d *appsv1.Deployment) observation {
	wanted, s := ptr.Deref(d.Spec.Replicas, 1), d.Status
	message := fmt.Sprintf("%d of %d replicas ready", min(s.ReadyReplicas, s.UpdatedReplicas), wanted)
	if s.ObservedGeneration >= d.Generation && s.UpdatedReplicas >= wanted && s.AvailableReplicas >= wanted &&
		s.Replicas == s.UpdatedReplicas {
		return v.about("Deployment", d.Name, event.Ready, "Available", message)
	}
	return v.about("Deployment", d.Name, event.Progressing, "", message)
}

func (v view) claim(c *corev1.PersistentVolumeClaim) observation {
	switch c.Status.Phase {
	case corev1.ClaimBound:
		return v.about("PersistentVolumeClaim", c.Name, event.Ready, "Bound", "bound to "+c.Spec.VolumeName)
	case corev1.ClaimLost:
		return v.about("PersistentVolumeClaim", c.Name, event.Failed, "Lost", "its volume is lost")
	default:
		return v.withEvents(
			v.about("PersistentVolumeClaim", c.Name, event.Waiting, "Pending", "waiting for a volume"),
			c.UID,
		)
	}
}

func (v view) service(s *corev1.Service) observation {
	if s.Spec.Type == corev1.ServiceTypeLoadBalancer && len(s.Status.LoadBalancer.Ingress) == 0 {
		return v.withEvents(
			v.about("Service", s.Name, event.Waiting, "NoAddress", "waiting for the load balancer's address"),
			s.UID,
		)
	}
	return v.about("Service", s.Name, event.Ready, "", "at "+cmp.Or(s.Spec.ClusterIP, "no address"))
}

func (v view) ingress(i *networkingv1.Ingress) observation {
	for _, address := range i.Status.LoadBalancer.Ingress {
		return v.about("Ingress", i.Name, event.Ready, "", "at "+cmp.Or(address.IP, address.Hostname))
	}
	return v.withEvents(
		v.about("Ingress", i.Name, event.Waiting, "NoAddress", "no address from the ingress controller yet"),
		i.UID,
	)
}

// withEvents adds the newest warning about an object.
func (v view) withEvents(o observation, uid types.UID) observation {
	event := v.newestEvent(uid, func(e *corev1.Event) bool { return !harmlessEvents[e.Reason] })
	if event == nil {
		return o
	}
	o.Reason, o.Message = event.Reason, event.Message
	return o.diagnosed(diagnose.Problem{Reason: event.Reason, Text: event.Message})
}

// harmlessEvents are warnings that do not indicate a fault.
var harmlessEvents = map[string]bool{
	"SuccessfulCreate":     true,
	"ScalingReplicaSet":    true,
	"Sync":                 true,
	"SuccessfulDelete":     true,
	"EnsuringLoadBalancer": true,
	"EnsuredLoadBalancer":  true,
}

// podOf returns the newest pod of an owner, or nil.
func (v view) podOf(owner types.UID) *corev1.Pod {
	var newest *corev1.Pod
	for _, p := range v.pods {
		if kubestatus.OwnedBy(p, owner) && (newest == nil || p.CreationTimestamp.After(newest.CreationTimestamp.Time)) {
			newest = p
		}
	}
	return newest
}

// newestEvent returns the newest event about an object that accept accepts.
func (v view) newestEvent(uid types.UID, accept func(*corev1.Event) bool) *corev1.Event {
	var newest *corev1.Event
	for _, e := range v.events {
		if e.InvolvedObject.UID == uid && accept(e) && (newest == nil || kubestatus.EventTime(e).After(kubestatus.EventTime(newest))) {
			newest = e
		}
	}
	return newest
}
