package watch

import (
	"cmp"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// targets are the objects of a release that its chart renders.
type targets struct {
	namespace string
	objects   map[event.Object]bool // whether it belongs to a hook
}

func newTargets(namespace string, objects []manifest.Object) targets {
	t := targets{namespace: namespace, objects: map[event.Object]bool{}}
	for _, o := range objects {
		if o.Test() {
			continue
		}
		t.objects[event.Object{Kind: o.GetKind(), Namespace: cmp.Or(o.GetNamespace(), namespace), Name: o.GetName()}] = len(
			o.Hooks(),
		) > 0
	}
	return t
}

// revision is the annotation that matches a Deployment to its ReplicaSet.
const revision = "deployment.kubernetes.io/revision"

// currentReplicaSets returns the ReplicaSets of the Deployments' current
// revisions. It omits those of previous revisions and of Deployments that their
// controller has not observed yet.
func currentReplicaSets(deployments []*appsv1.Deployment, all []*appsv1.ReplicaSet) []*appsv1.ReplicaSet {
	var current []*appsv1.ReplicaSet
	for _, d := range deployments {
		if d.Status.ObservedGeneration < d.Generation {
			continue
		}
		for _, rs := range all {
			if kubestatus.OwnedBy(rs, d.UID) && rs.Annotations[revision] == d.Annotations[revision] {
				current = append(current, rs)
			}
		}
	}
	return current
}

// podsOf returns the pods of the view's Jobs and ReplicaSets.
func podsOf(v view, all []*corev1.Pod) []*corev1.Pod {
	owners := map[types.UID]bool{}
	for _, j := range v.jobs {
		owners[j.UID] = true
	}
	for _, rs := range v.replicaSets {
		owners[rs.UID] = true
	}
	var pods []*corev1.Pod
	for _, p := range all {
		if p.DeletionTimestamp != nil {
			continue
		}
		if slices.ContainsFunc(p.OwnerReferences, func(o metav1.OwnerReference) bool { return owners[o.UID] }) {
			pods = append(pods, p)
		}
	}
	return pods
}

func sortObjects(all []event.ObjectChanged) []event.ObjectChanged {
	slices.SortFunc(all, func(a, b event.ObjectChanged) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return all
}
