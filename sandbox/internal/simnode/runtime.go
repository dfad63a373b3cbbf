package simnode

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

var standIn = regexp.MustCompile(standInImage)

// Runtime runs the stand-in server and its migration for simulated pods in this process, with the pods' environment and
// volumes.
type Runtime struct {
	client kubernetes.Interface
	// dir holds the pods' logs and volumes.
	dir string
	// pulls returns an error if an image cannot be pulled.
	pulls func(ctx context.Context, image string) error
	log   io.Writer

	pods corelisters.PodLister
	mu   sync.Mutex
	runs map[types.UID]*run
}

// NewRuntime returns a runtime that stores its files in dir and checks images
// with pulls.
func NewRuntime(
	client kubernetes.Interface,
	dir string,
	pulls func(context.Context, string) error,
	log io.Writer,
) *Runtime {
	return &Runtime{client: client, dir: dir, pulls: pulls, log: log, runs: map[types.UID]*run{}}
}

// Run follows the pods until ctx is done, then stops what it runs.
func (r *Runtime) Run(ctx context.Context) error {
	factory := informers.NewSharedInformerFactoryWithOptions(r.client, 0, informers.WithTransform(slim))
	pods := factory.Core().V1().Pods()
	r.mu.Lock()
	r.pods = pods.Lister()
	r.mu.Unlock()
	_, err := pods.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { r.see(ctx, object) },
		UpdateFunc: func(_, object any) { r.see(ctx, object) },
		DeleteFunc: r.forget,
	})
	if err != nil {
		return fmt.Errorf("watch pods: %w", err)
	}
	factory.Start(ctx.Done())
	<-ctx.Done()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.runs {
		run.stop()
	}
	return nil
}

// see starts a pod of the stand-in's image once.
func (r *Runtime) see(ctx context.Context, object any) {
	pod, ok := object.(*corev1.Pod)
	if !ok || pod.Spec.NodeName == "" || pod.DeletionTimestamp != nil || pod.Status.Phase != corev1.PodPending {
		return
	}
	container := standInContainer(pod)
	if container == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.runs[pod.UID] != nil {
		return
	}
	run := newRun(ctx, pod, *container, filepath.Join(r.dir, "pods", string(pod.UID)))
	r.runs[pod.UID] = run
	go func() {
		outcome, message := run.start(r)
		if err := r.settle(ctx, pod, outcome, message); err != nil {
			_, _ = fmt.Fprintln(r.log, err)
		}
	}()
}

func (r *Runtime) forget(object any) {
	if unknown, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = unknown.Obj
	}
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return
	}
	r.mu.Lock()
	run := r.runs[pod.UID]
	delete(r.runs, pod.UID)
	r.mu.Unlock()
	if run != nil {
		run.stop()
		run.clean()
	}
}

// settle reports the pod's outcome to kwok's stages.
func (r *Runtime) settle(ctx context.Context, pod *corev1.Pod, outcome, message string) error {
	annotations := map[string]string{Outcome: outcome}
	if message != "" {
		annotations[Message] = message
	}
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": annotations}})
	if err != nil {
		return err
	}
	_, err = r.client.CoreV1().
		Pods(pod.Namespace).
		Patch(ctx, pod.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("settle pod %s/%s: %w", pod.Namespace, pod.Name, err)
	}
	return nil
}

// find returns what runs for a pod, or nil.
func (r *Runtime) find(namespace, name string) (*run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pods == nil {
		return nil, fmt.Errorf("pod %s/%s: the runtime is starting", namespace, name)
	}
	pod, err := r.pods.Pods(namespace).Get(name)
	if err != nil {
		return nil, err
	}
	return r.runs[pod.UID], nil
}

func standInContainer(pod *corev1.Pod) *corev1.Container {
	index := slices.IndexFunc(
		pod.Spec.Containers,
		func(c corev1.Container) bool { return standIn.MatchString(c.Image) },
	)
	if index < 0 {
		return nil
	}
	return &pod.Spec.Containers[index]
}

// slim removes unused fields of the cached pods; there may be tens of
// thousands.
func slim(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields = nil
	}
	return object, nil
}
