package watch

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/exposure"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/redact"
)

const (
	tick     = time.Second            // how often grace periods are checked without changes
	settle   = 100 * time.Millisecond // changes within this time are processed together
	syncTime = 10 * time.Second       // timeout for the initial lists
)

// Config configures a Watcher.
type Config struct {
	Client    kubernetes.Interface
	Namespace string
	Objects   []manifest.Object           // the release's objects
	Redactor  *redact.Redactor            // masks secrets in everything that is reported
	Emit      func(event.Event)           // is called for every change
	Fail      func(fault *diagnose.Fault) // is called for a fault that waiting cannot fix
	Adapt     func(fault *diagnose.Fault) // changes the remedies of faults; may be nil
}

// Watcher observes the objects of a release while Helm works, reports what they
// wait for, and ends the run if waiting cannot help.
type Watcher struct {
	Config
	targets targets
	caches  caches
	logs    *logs
	changed chan struct{}
	told    map[types.UID]int // how often an event had occurred when it was reported
	phase   atomic.Bool       // true when the release's objects have been applied
	cancel  context.CancelFunc
	done    sync.WaitGroup

	mu       sync.Mutex
	exposed  []exposure.Status                    // last read routes and certificates
	reported map[event.Object]event.ObjectChanged // last reported changes
	seen     map[string]sighting                  // when a fault was seen, by its key
}

// New returns a Watcher that is not started.
func New(c Config) *Watcher {
	return &Watcher{
		Config:   c,
		targets:  newTargets(c.Namespace, c.Objects),
		changed:  make(chan struct{}, 1),
		told:     map[types.UID]int{},
		reported: map[event.Object]event.ObjectChanged{},
		seen:     map[string]sighting{},
	}
}

// Start starts the watch and returns when the existing objects are listed.
func (w *Watcher) Start(ctx context.Context) {
	ctx, w.cancel = context.WithCancel(ctx)
	w.logs = newLogs(ctx, w)
	informers := &kube.Informers{Namespace: w.Namespace, Transform: trimObject}
	w.caches = newCaches(w.Client, informers)
	for kind, informer := range w.caches.informers {
		w.listen(kind, informer)
	}
	informers.Start(kube.Quiet(ctx))
	w.done.Go(informers.Wait)
	w.firstLists(ctx)
	w.caches.rememberJobs()
	w.rememberEvents()
	w.done.Go(func() { w.loop(ctx) })
	w.done.Go(func() { w.readExposed(ctx) })
}

// Stop stops the watch and waits until its goroutines have ended.
func (w *Watcher) Stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.done.Wait()
	w.logs.wait()
}

// Applied notifies the watcher that hooks are done and the release's objects are
// applied.
func (w *Watcher) Applied() {
	w.phase.Store(true)
	w.poke()
}

func (w *Watcher) poke() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

func (w *Watcher) listen(kind string, informer cache.SharedIndexInformer) {
	var once sync.Once
	_ = informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		if apierrors.IsForbidden(err) {
			once.Do(func() {
				w.caches.forbid(kind)
				w.Emit(
					event.Notice{
						Text: fmt.Sprintf(
							"watching %s in namespace %s is forbidden: its problems show later",
							kind,
							w.Namespace,
						),
					},
				)
			})
		}
	})
	_, _ = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { w.poke() },
		UpdateFunc: func(any, any) { w.poke() },
		DeleteFunc: func(any) { w.poke() },
	})
}

// firstLists waits until each kind is listed or forbidden.
func (w *Watcher) firstLists(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, syncTime)
	defer cancel()
	_ = poll.Until(ctx, 20*time.Millisecond, func() (bool, error) {
		for kind, informer := range w.caches.informers {
			if !informer.HasSynced() && !w.caches.isForbidden(kind) {
				return false, nil
			}
		}
		return true, nil
	})
}

func (w *Watcher) loop(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		w.inspect(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-w.changed:
			select { // wait for related changes
			case <-ctx.Done():
				return
			case <-time.After(settle):
			}
		}
	}
}

// inspect observes all objects once, reports changes, and ends the run if a
// fault has exceeded its grace period.
func (w *Watcher) inspect(ctx context.Context) {
	v := w.view()
	w.logs.follow(v.pods)
	w.reportEvents(v)
	for _, o := range v.observe() {
		w.report(o)
		if o.fault == nil {
			continue
		}
		lasted := w.lasted(o)
		switch {
		case o.grace == diagnose.Forever:
			w.reportStuck(ctx, o, lasted)
		case lasted >= o.grace:
			w.Fail(w.withEvidence(ctx, o))
			return
		}
	}
}

func (w *Watcher) report(o observation) {
	o.Message = w.Redactor.Text(o.Message)
	w.mu.Lock()
	last, known := w.reported[o.Object]
	if known && last.State == o.State && last.Reason == o.Reason {
		o.Since = last.Since
	} else if o.Since.IsZero() {
		o.Since = time.Now()
	}
	w.reported[o.Object] = o.ObjectChanged
	w.mu.Unlock()
	if !known || last.State != o.State || last.Reason != o.Reason || last.Message != o.Message {
		w.Emit(o.ObjectChanged)
	}
}

// lasted returns how long the fault has existed.
func (w *Watcher) lasted(o observation) time.Duration {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	s, known := w.seen[o.key()]
	if !known || now.Sub(s.last) > resolvedAfter {
		s = sighting{first: now}
	}
	s.last = now
	w.seen[o.key()] = s
	return now.Sub(s.first)
}

// reportStuck reports once a minute that an object without which no pod starts has
// waited that long.
func (w *Watcher) reportStuck(ctx context.Context, o observation, lasted time.Duration) {
	if !slices.Contains(blocking, o.Kind) {
		return
	}
	w.mu.Lock()
	s := w.seen[o.key()]
	isNews := lasted >= time.Duration(s.reports+1)*stuckEvery
	if isNews {
		s.reports++
		w.seen[o.key()] = s
	}
	w.mu.Unlock()
	if isNews {
		deadline, _ := ctx.Deadline()
		o.Message = w.Redactor.Text(o.Message)
		w.Emit(event.Stuck{ObjectChanged: o.ObjectChanged, Remedy: w.remedy(o), Waited: lasted, Deadline: deadline})
	}
}

// StuckRemedy returns the remedy of the first fault that keeps pods from starting but may
// resolve, or "".
func (w *Watcher) StuckRemedy() string {
	for _, o := range w.view().observe() {
		if o.fault != nil && o.grace == diagnose.Forever && slices.Contains(blocking, o.Kind) {
			return w.remedy(o)
		}
	}
	return ""
}

// remedy returns the remedy of a fault for what is watched.
func (w *Watcher) remedy(o observation) string {
	f := *o.fault
	if w.Adapt != nil {
		w.Adapt(&f)
	}
	return f.Remedy
}

// blocking are the kinds without which no pod starts.
var blocking = []string{"Pod", "PersistentVolumeClaim", "ReplicaSet", "Job"}

const stuckEvery = time.Minute

// sighting records when a fault was seen; crash loops alternate.
type sighting struct {
	first, last time.Time
	reports     int // how often it was reported as stuck
}

// resolvedAfter is how long a fault must be absent to count as fixed.
const resolvedAfter = 20 * time.Second

// CanWatch reports whether the user can watch the kind.
func (w *Watcher) CanWatch(kind string) bool { return !w.caches.isForbidden(kind) }

// Unready returns the last reported objects that are not ready.
func (w *Watcher) Unready() []event.ObjectChanged {
	w.mu.Lock()
	defer w.mu.Unlock()
	var waiting []event.ObjectChanged
	for _, o := range w.reported {
		if o.State != event.Ready {
			waiting = append(waiting, o)
		}
	}
	return sortObjects(waiting)
}

// DeploymentsReady reports whether every Deployment of the release is
// available.
func (w *Watcher) DeploymentsReady() bool {
	for _, o := range w.view().observe() {
		if o.Kind == "Deployment" && o.State != event.Ready {
			return false
		}
	}
	return true
}

// trimObject removes unused fields from cached objects, including secrets in
// environment variables.
func trimObject(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields = nil
		pod.Spec.Volumes = nil
		for i := range pod.Spec.Containers {
			pod.Spec.Containers[i].Env, pod.Spec.Containers[i].EnvFrom = nil, nil
		}
	}
	return object, nil
}
