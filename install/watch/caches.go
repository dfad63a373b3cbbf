package watch

import (
	"cmp"
	"slices"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/exposure"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// caches contain the namespace's objects as last reported by the API server.
type caches struct {
	informers map[string]cache.SharedIndexInformer // by kind
	oldJobs   map[types.UID]bool                   // Jobs of previous runs

	mu        *sync.Mutex
	forbidden map[string]bool // kinds that the user cannot watch
}

func newCaches(client kubernetes.Interface, of *kube.Informers) caches {
	core, apps := client.CoreV1().RESTClient(), client.AppsV1().RESTClient()
	batch, networking := client.BatchV1().RESTClient(), client.NetworkingV1().RESTClient()
	return caches{
		informers: map[string]cache.SharedIndexInformer{
			"Deployment":            of.Add(apps, "deployments", &appsv1.Deployment{}),
			"ReplicaSet":            of.Add(apps, "replicasets", &appsv1.ReplicaSet{}),
			"Job":                   of.Add(batch, "jobs", &batchv1.Job{}),
			"Pod":                   of.Add(core, "pods", &corev1.Pod{}),
			"PersistentVolumeClaim": of.Add(core, "persistentvolumeclaims", &corev1.PersistentVolumeClaim{}),
			"Service":               of.Add(core, "services", &corev1.Service{}),
			"Ingress":               of.Add(networking, "ingresses", &networkingv1.Ingress{}),
			"Event":                 of.Add(core, "events", &corev1.Event{}),
		},
		oldJobs:   map[types.UID]bool{},
		mu:        &sync.Mutex{},
		forbidden: map[string]bool{},
	}
}

func (c *caches) forbid(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forbidden[kind] = true
}

func (c *caches) isForbidden(kind string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.forbidden[kind]
}

// rememberJobs records the Jobs that exist before Helm starts, to ignore their
// failures.
func (c *caches) rememberJobs() {
	for _, job := range listed[*batchv1.Job](c, "Job") {
		c.oldJobs[job.UID] = true
	}
}

// listed returns the objects of a kind, sorted by name.
func listed[T metav1.Object](c *caches, kind string) []T {
	var all []T
	for _, o := range c.informers[kind].GetStore().List() {
		if typed, ok := o.(T); ok {
			all = append(all, typed)
		}
	}
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return all
}

// view is a snapshot of the watched objects.
type view struct {
	targets     targets
	applied     bool
	deployments []*appsv1.Deployment
	replicaSets []*appsv1.ReplicaSet
	jobs        []*batchv1.Job
	pods        []*corev1.Pod
	claims      []*corev1.PersistentVolumeClaim
	services    []*corev1.Service
	ingresses   []*networkingv1.Ingress
	exposed     []exposure.Status
	events      []*corev1.Event
	lines       func(pod types.UID) []string // returns a pod's last log lines
}

// view returns the objects that belong to the release: those of hooks and, once
// it is applied, its own objects and what their controllers created.
func (w *Watcher) view() view {
	v := view{targets: w.targets, applied: w.phase.Load(), lines: w.logs.of}
	v.deployments = ownObjects[*appsv1.Deployment](w, "Deployment", v.applied)
	v.claims = ownObjects[*corev1.PersistentVolumeClaim](w, "PersistentVolumeClaim", v.applied)
	v.services = ownObjects[*corev1.Service](w, "Service", v.applied)
	v.ingresses = ownObjects[*networkingv1.Ingress](w, "Ingress", v.applied)
	v.jobs = slices.DeleteFunc(
		ownObjects[*batchv1.Job](w, "Job", v.applied),
		func(j *batchv1.Job) bool { return w.caches.oldJobs[j.UID] },
	)
	v.replicaSets = currentReplicaSets(v.deployments, listed[*appsv1.ReplicaSet](&w.caches, "ReplicaSet"))
	v.pods = append(podsOf(v, listed[*corev1.Pod](&w.caches, "Pod")), ownObjects[*corev1.Pod](w, "Pod", v.applied)...)
	v.events = listed[*corev1.Event](&w.caches, "Event")
	v.exposed = w.lastExposed()
	return v
}

// ownObjects returns the release's own objects of a kind; before it is applied, only
// hooks.
func ownObjects[T metav1.Object](w *Watcher, kind string, applied bool) []T {
	return slices.DeleteFunc(listed[T](&w.caches, kind), func(o T) bool {
		hook, target := w.targets.objects[event.Object{Kind: kind, Namespace: w.targets.namespace, Name: o.GetName()}]
		return !target || !hook && !applied
	})
}
