package connect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"github.com/zenml-installer/zenml-installer/install/watch"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// NoPodError means that no pod of the server is ready.
type NoPodError struct {
	Namespace, Release string
	Seen               []string // the pods and why they are not ready
	Err                error
}

func (e *NoPodError) Error() string {
	if len(e.Seen) == 0 {
		return fmt.Sprintf(
			"release %s has no server pod in namespace %s (check --release and --namespace)",
			e.Release,
			e.Namespace,
		)
	}
	return fmt.Sprintf(
		"no server pod of release %s/%s is ready: %v (run zenml-installer status)",
		e.Namespace,
		e.Release,
		e.Seen,
	)
}

// Unwrap returns the cause.
func (e *NoPodError) Unwrap() error { return e.Err }

// podFinder watches the pods behind the server's Service.
type podFinder struct {
	access             *kube.Access
	client             kubernetes.Interface
	namespace, release string
	starting           atomic.Bool        // pods need not be ready
	except             map[types.UID]bool // not these, while starting
	informer           cache.SharedIndexInformer
	end                func()

	mu      sync.Mutex
	changed chan struct{} // closed at the next change
	refused error         // why pods cannot be watched
}

func (f *podFinder) refuse(err error) {
	if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.refused = err
	}
}

func (f *podFinder) refusal() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.refused
}

func newPodFinder(ctx context.Context, access *kube.Access, request ForwardRequest) (*podFinder, error) {
	namespace, release := request.Namespace, request.Release
	client, err := access.Client()
	if err != nil {
		return nil, err
	}
	find := serverSelector
	if request.Starting {
		find = serviceSelector
	}
	selector, err := find(ctx, client, namespace, release)
	if err != nil {
		return nil, err
	}
	f := &podFinder{
		access:    access,
		client:    client,
		namespace: namespace,
		release:   release,
		except:    request.Except,
		changed:   make(chan struct{}),
	}
	f.starting.Store(request.Starting)
	informers := &kube.Informers{Namespace: namespace, Selector: selector}
	f.informer = informers.Add(client.CoreV1().RESTClient(), "pods", &corev1.Pod{})
	_ = f.informer.SetWatchErrorHandlerWithContext(
		func(_ context.Context, _ *cache.Reflector, err error) { f.refuse(err) },
	)
	_, _ = f.informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { f.notify() },
		UpdateFunc: func(any, any) { f.notify() },
		DeleteFunc: func(any) { f.notify() },
	})
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx))
	informers.Start(kube.Quiet(watching))
	f.end = sync.OnceFunc(func() { cancel(); informers.Wait() })
	return f, nil
}

func (f *podFinder) stop() { f.end() }

// serving reports whether to forward to the pod.
func (f *podFinder) serving(p *corev1.Pod) bool {
	if f.starting.Load() {
		return isStarting(p) && !f.except[p.UID]
	}
	return kubestatus.Serving(p)
}

// isStarting reports whether the pod runs, ready or not.
func isStarting(p *corev1.Pod) bool {
	return p.DeletionTimestamp == nil && p.Status.Phase == corev1.PodRunning && kubestatus.Running(p)
}

// serverSelector returns the selector of the server's pods: that of the
// release's Service. Without a Service it uses the labels that both generations
// of the chart set.
func serverSelector(
	ctx context.Context,
	client kubernetes.Interface,
	namespace, release string,
) (labels.Selector, error) {
	selector, err := serviceSelector(ctx, client, namespace, release)
	var missing *NoPodError
	if errors.As(err, &missing) {
		return labels.SelectorFromSet(labels.Set{manifest.LabelInstance: release, "app.kubernetes.io/name": "zenml"}), nil
	}
	return selector, err
}

// serviceSelector returns the selector of the release's Service, which depends on
// the chart's generation. Without a Service the error is a *NoPodError.
func serviceSelector(
	ctx context.Context,
	client kubernetes.Interface,
	namespace, release string,
) (labels.Selector, error) {
	services, err := client.CoreV1().
		Services(namespace).
		List(ctx, metav1.ListOptions{LabelSelector: manifest.LabelInstance + "=" + release})
	if err != nil {
		return nil, fmt.Errorf("services of release %s/%s: %w", namespace, release, transport.WithoutURL(err))
	}
	for _, s := range services.Items {
		for _, port := range s.Spec.Ports {
			if port.Name == "http" && len(s.Spec.Selector) > 0 {
				return labels.SelectorFromSet(s.Spec.Selector), nil
			}
		}
	}
	return nil, &NoPodError{Namespace: namespace, Release: release}
}

func (f *podFinder) notify() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.changed)
	f.changed = make(chan struct{})
}

// changes returns a channel that is closed at the next change.
func (f *podFinder) changes() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// ready waits for a ready pod and returns the newest one. Unless it is patient,
// it fails at once if there is no pod.
func (f *podFinder) ready(ctx context.Context, patient bool) (*corev1.Pod, error) {
	for {
		changed := f.changes()
		pods := f.pods()
		if pod := f.newestServing(pods); pod != nil {
			return pod, nil
		}
		if err := f.refusal(); err != nil {
			return nil, fmt.Errorf("pods of release %s/%s: %w", f.namespace, f.release, err)
		}
		if !patient && len(pods) == 0 && f.informer.HasSynced() {
			return nil, &NoPodError{Namespace: f.namespace, Release: f.release}
		}
		select {
		case <-ctx.Done():
			return nil, f.noPod(ctx)
		case <-changed:
		case <-time.After(100 * time.Millisecond): // an empty list triggers no event
		}
	}
}

func (f *podFinder) newestServing(pods []*corev1.Pod) *corev1.Pod {
	var newest *corev1.Pod
	for _, p := range pods {
		if f.serving(p) && (newest == nil || p.CreationTimestamp.After(newest.CreationTimestamp.Time)) {
			newest = p
		}
	}
	return newest
}

func (f *podFinder) noPod(ctx context.Context) error {
	e := &NoPodError{Namespace: f.namespace, Release: f.release, Err: context.Cause(ctx)}
	for _, p := range f.pods() {
		e.Seen = append(e.Seen, p.Name+": "+watch.DescribePod(p))
	}
	return e
}

// serves reports whether to keep using the pod: it is ready, or it is
// terminating but still running and has no replacement.
func (f *podFinder) serves(pod *corev1.Pod) bool {
	pods := f.pods()
	for _, p := range pods {
		if p.UID == pod.UID {
			return f.serving(p) ||
				p.DeletionTimestamp != nil && kubestatus.Running(p) && f.newestServing(pods) == nil
		}
	}
	return false
}

func (f *podFinder) pods() []*corev1.Pod {
	var pods []*corev1.Pod
	for _, o := range f.informer.GetStore().List() {
		if p, ok := o.(*corev1.Pod); ok {
			pods = append(pods, p)
		}
	}
	return pods
}

func (f *podFinder) portForwardURL(pod *corev1.Pod) *rest.Request {
	return f.client.CoreV1().
		RESTClient().
		Post().
		Resource("pods").
		Namespace(pod.Namespace).
		Name(pod.Name).
		SubResource("portforward")
}
