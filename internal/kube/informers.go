package kube

import (
	"context"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
)

// Informers watch objects of one namespace. client-go's SharedInformerFactory does the
// same; with it the program contains informers and listers of every kind, 9 MB.
type Informers struct {
	Namespace string
	Selector  labels.Selector     // nil selects all objects
	Transform cache.TransformFunc // changes an object before it is kept; nil keeps it whole

	all     []cache.SharedIndexInformer
	running sync.WaitGroup
}

// Add returns a new informer of resource, a plural name such as "pods", that starts with
// Start. The client is that of the resource's API group, and object a value of its type.
func (i *Informers) Add(client cache.Getter, resource string, object runtime.Object) cache.SharedIndexInformer {
	selected := func(o *metav1.ListOptions) {
		if i.Selector != nil {
			o.LabelSelector = i.Selector.String()
		}
	}
	lists := cache.NewFilteredListWatchFromClient(client, resource, i.Namespace, selected)
	informer := cache.NewSharedIndexInformer(lists, object, 0, cache.Indexers{})
	if i.Transform != nil {
		_ = informer.SetTransform(i.Transform) // fails only after the start
	}
	i.all = append(i.all, informer)
	return informer
}

// Start starts the informers, which run until ctx ends.
func (i *Informers) Start(ctx context.Context) {
	for _, informer := range i.all {
		i.running.Go(func() { informer.RunWithContext(ctx) })
	}
}

// Wait waits until the informers have ended.
func (i *Informers) Wait() { i.running.Wait() }
