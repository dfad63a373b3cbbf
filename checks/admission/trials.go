package admission

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// trial is an object that is tried by a dry run.
type trial struct {
	object unstructured.Unstructured
	claim  release.Claim // nothing for a pod, which gets a name that nothing has
	// account is the ServiceAccount that the pod will have; empty for what is
	// no pod. The object may name another one: see tryAccount.
	account string
}

func (t trial) isPod() bool    { return t.account != "" }
func (t trial) String() string { return t.object.GetKind() + " " + t.object.GetName() }

// triedAs says by which account a pod was tried, where that is not its own.
func (t trial) triedAs() string {
	spec, _ := release.Dig(t.object.Object, "spec")
	if tried, _ := spec["serviceAccountName"].(string); t.isPod() && tried != t.account {
		return " (tried as the ServiceAccount " + tried + ", because " + t.account + " does not exist yet)"
	}
	return ""
}

// spec is that of a pod.
func (t trial) spec() (corev1.PodSpec, error) {
	var pod corev1.Pod
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(t.object.Object, &pod)
	return pod.Spec, err
}

// trials are the objects of the release, the installer's Secrets, and a pod of
// each template.
func trials(ctx context.Context, e *check.Env, where trialSite, r check.Rendered) ([]trial, error) {
	var all []trial
	for _, s := range r.Secrets {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&s)
		if err != nil {
			return nil, err
		}
		o := unstructured.Unstructured{Object: content}
		o.SetAPIVersion("v1")
		o.SetKind("Secret")
		all = append(all, trial{object: o, claim: release.Claim{Kind: o.GroupVersionKind(), Name: s.Name, Prepared: true}})
	}
	for _, o := range r.Objects {
		if o.Test() || release.ClusterKinds[o.GetKind()] {
			continue
		}
		all = append(all, trial{object: *o.DeepCopy(), claim: release.ClaimOf(o)})
		pod, ok := podOf(o)
		if !ok {
			continue
		}
		if err := tryAccount(ctx, e, where, r, &pod); err != nil {
			return nil, err
		}
		all = append(all, pod)
	}
	return all, nil
}

// podOf makes a pod of a workload's template, as its controller would.
func podOf(o manifest.Object) (trial, bool) {
	template, ok := release.Dig(o.Object, "spec", "template")
	if !ok {
		return trial{}, false
	}
	pod := unstructured.Unstructured{Object: runtime.DeepCopyJSON(template)}
	pod.SetAPIVersion("v1")
	pod.SetKind("Pod")
	pod.SetName(freeName(o.GetName()))
	account := release.DefaultAccount
	if spec, ok := release.Dig(pod.Object, "spec"); ok {
		if named, _ := spec["serviceAccountName"].(string); named != "" {
			account = named
		}
		delete(spec, "serviceAccount")
		if spec["restartPolicy"] == nil {
			spec["restartPolicy"] = string(corev1.RestartPolicyAlways)
		}
	}
	return trial{object: pod, account: account}, true
}

// tryAccount has the pod tried as its own account, because policies and quotas
// may look at it, or as the default one before the chart has made it.
func tryAccount(ctx context.Context, e *check.Env, where trialSite, r check.Rendered, pod *trial) error {
	spec, ok := release.Dig(pod.object.Object, "spec")
	if !ok {
		return nil
	}
	there, err := release.AccountExists(ctx, e, r, pod.account)
	if err != nil {
		return err
	}
	spec["serviceAccountName"] = pod.account
	if where.standIn || !there {
		spec["serviceAccountName"] = release.DefaultAccount
	}
	return nil
}
