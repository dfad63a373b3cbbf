package admission

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// trial is an object to submit in a dry run.
type trial struct {
	object unstructured.Unstructured
	claim  release.Claim // empty for a pod, which gets an unused name
	// account is the ServiceAccount that the pod will have; empty for other
	// objects. The trial may use another one: see setAccount.
	account string
	owner   string // of a pod: "Job zenml-db-migration"
	// answer is the object as the API server would store it, after admission;
	// nil if it was not created.
	answer *unstructured.Unstructured
}

func (t trial) isPod() bool    { return t.account != "" }
func (t trial) String() string { return t.object.GetKind() + " " + t.object.GetName() }

// triedAs returns the account that a pod was tried with, if it is not its own.
func (t trial) triedAs() string {
	spec, _ := release.Dig(t.object.Object, "spec")
	if tried, _ := spec["serviceAccountName"].(string); t.isPod() && tried != t.account {
		return " (tried as the ServiceAccount " + tried + ", because " + t.account + " does not exist yet)"
	}
	return ""
}

// spec returns the specification of a pod.
func (t trial) spec() (corev1.PodSpec, error) { return podSpec(t.object) }

func podSpec(o unstructured.Unstructured) (corev1.PodSpec, error) {
	var pod corev1.Pod
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, &pod)
	return pod.Spec, err
}

func kindOf(owner string) string {
	kind, _, _ := strings.Cut(owner, " ")
	return kind
}

// podsOf returns the pods whose owner is of that kind.
func podsOf(trials []trial, kind string) []trial {
	var pods []trial
	for _, t := range trials {
		if t.isPod() && kindOf(t.owner) == kind {
			pods = append(pods, t)
		}
	}
	return pods
}

func owners(pods []trial) []string {
	var names []string
	for _, p := range pods {
		names = append(names, p.owner)
	}
	return names
}

// templates returns the pods of the rendered workloads.
func templates(objects []manifest.Object) []trial {
	var pods []trial
	for _, o := range objects {
		if pod, ok := podOf(o); ok && !o.Test() {
			pods = append(pods, pod)
		}
	}
	return pods
}

// trials returns the objects of the release, the installer's Secrets, and a pod of
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
		claim := release.Claim{Kind: o.GroupVersionKind(), Name: s.Name, Prepared: true}
		all = append(all, trial{object: o, claim: claim})
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
		if err := setAccount(ctx, e, where, r, &pod); err != nil {
			return nil, err
		}
		all = append(all, pod)
	}
	return all, nil
}

// podOf creates a pod from a workload's template, like its controller.
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
	return trial{object: pod, account: account, owner: o.GetKind() + " " + o.GetName()}, true
}

// setAccount makes the trial use the pod's own account, because policies and
// quotas may depend on it, or the default one if the chart has not created it
// yet.
func setAccount(ctx context.Context, e *check.Env, where trialSite, r check.Rendered, pod *trial) error {
	spec, ok := release.Dig(pod.object.Object, "spec")
	if !ok {
		return nil
	}
	exists, err := release.AccountExists(ctx, e, r, pod.account)
	if err != nil {
		return err
	}
	spec["serviceAccountName"] = pod.account
	if where.standIn || !exists {
		spec["serviceAccountName"] = release.DefaultAccount
	}
	return nil
}
