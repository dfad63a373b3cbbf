// Package storage provides the volumes of a sandbox's default StorageClass.
package storage

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// ClassName is the name of the default StorageClass.
const ClassName = "standard"

// provisionerName marks the claims that this package serves.
const provisionerName = "sandbox.zenml.io/folder"

// annotations of claims and volumes, set and read by Kubernetes' own controllers.
const (
	selectedNode  = "volume.kubernetes.io/selected-node"
	provisionedBy = "pv.kubernetes.io/provisioned-by"
)

// Provisioner creates a volume for each claim of the class and removes it with the claim.
type Provisioner struct {
	client  kubernetes.Interface
	folders Folders
	claims  corelisters.PersistentVolumeClaimLister
	volumes corelisters.PersistentVolumeLister
	queue   workqueue.TypedRateLimitingInterface[key]
	events  record.EventRecorder
}

// key names a claim (with a namespace) or a volume (without).
type key struct{ namespace, name string }

// Run creates the StorageClass and serves it until ctx ends.
func Run(ctx context.Context, client kubernetes.Interface, folders Folders) error {
	if err := createClass(ctx, client); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	claims, volumes := factory.Core().V1().PersistentVolumeClaims(), factory.Core().V1().PersistentVolumes()
	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	broadcaster.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")})
	p := &Provisioner{
		client: client, folders: folders, claims: claims.Lister(), volumes: volumes.Lister(),
		queue:  workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[key]()),
		events: broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: provisionerName}),
	}
	for _, informer := range []cache.SharedIndexInformer{claims.Informer(), volumes.Informer()} {
		if _, err := informer.AddEventHandler(p.handler()); err != nil {
			return fmt.Errorf("watch volumes: %w", err)
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	go p.work(ctx)
	<-ctx.Done()
	p.queue.ShutDown()
	broadcaster.Shutdown()
	return nil
}

func createClass(ctx context.Context, client kubernetes.Interface) error {
	mode, reclaim := storagev1.VolumeBindingWaitForFirstConsumer, corev1.PersistentVolumeReclaimDelete
	class := &storagev1.StorageClass{
		ObjectMeta: metav1.ObjectMeta{
			Name:        ClassName,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
		},
		Provisioner:       provisionerName,
		VolumeBindingMode: &mode,
		ReclaimPolicy:     &reclaim,
	}
	_, err := client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create StorageClass %s: %w", ClassName, err)
	}
	return nil
}

func (p *Provisioner) handler() cache.ResourceEventHandler {
	add := func(object any) {
		if accessor, ok := object.(metav1.Object); ok {
			p.queue.Add(key{accessor.GetNamespace(), accessor.GetName()})
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    add,
		UpdateFunc: func(_, updated any) { add(updated) },
	}
}

func (p *Provisioner) work(ctx context.Context) {
	for {
		item, shutdown := p.queue.Get()
		if shutdown {
			return
		}
		if err := p.reconcile(ctx, item); err != nil {
			p.queue.AddRateLimited(item)
		} else {
			p.queue.Forget(item)
		}
		p.queue.Done(item)
	}
}

func (p *Provisioner) reconcile(ctx context.Context, item key) error {
	if item.namespace == "" {
		volume, err := p.volumes.Get(item.name)
		if err != nil {
			return ignoreMissing(err)
		}
		return p.reclaim(ctx, volume)
	}
	claim, err := p.claims.PersistentVolumeClaims(item.namespace).Get(item.name)
	if err != nil {
		return ignoreMissing(err)
	}
	return p.provision(ctx, claim)
}

func ignoreMissing(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
