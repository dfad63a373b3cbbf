package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// clusterAdmission sends every object, and every pod that they would make, to
// the API server with dryRun=All: it goes through validation, quota and
// policies, and is not stored. Pod Security looks at pods only, so the
// Deployment alone would pass.
func clusterAdmission(ctx context.Context, e *Env) (string, error) {
	r, err := e.rendered(ctx)
	if err != nil {
		return "", err
	}
	where, err := e.trialSite(ctx)
	if err != nil {
		return "", err
	}
	tries, err := trials(r)
	if err != nil {
		return "", err
	}
	refused, untried, err := e.dryRun(ctx, where, tries)
	if err != nil {
		return "", err
	}
	if len(refused) > 0 {
		fault := refusal(refused)
		fault.Found += where.said("\n(", e.namespace(), ")")
		return "", fault
	}
	if where.standIn && len(tries) > 0 && len(untried) == len(tries) {
		return "", Skip("the namespace %s does not exist yet, and nothing could be tried in %s: %s", e.namespace(), where.namespace, untried[0])
	}
	found := fmt.Sprintf("%d accepted", len(tries)-len(untried)) + where.said(", ", e.namespace(), "")
	if len(untried) > 0 {
		found += "; not tried: " + list(untried)
	}
	return found, nil
}

// trials are the objects of the release, the installer's Secrets, and a pod of
// each template.
func trials(r Rendered) ([]unstructured.Unstructured, error) {
	var all []unstructured.Unstructured
	for _, s := range r.Secrets {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&s)
		if err != nil {
			return nil, err
		}
		o := unstructured.Unstructured{Object: content}
		o.SetAPIVersion("v1")
		o.SetKind("Secret")
		all = append(all, o)
	}
	for _, o := range r.Objects {
		if o.Test() || clusterKinds[o.GetKind()] {
			continue
		}
		all = append(all, *o.DeepCopy())
		if pod, ok := podOf(o); ok {
			all = append(all, pod)
		}
	}
	return all, nil
}

// podOf makes a pod of a workload's template, as its controller would. Its
// service account may not exist yet, so it goes by the namespace's own.
func podOf(o manifest.Object) (unstructured.Unstructured, bool) {
	template, ok := dig(o.Object, "spec", "template")
	if !ok {
		return unstructured.Unstructured{}, false
	}
	pod := unstructured.Unstructured{Object: runtime.DeepCopyJSON(template)}
	pod.SetAPIVersion("v1")
	pod.SetKind("Pod")
	pod.SetName(freeName(o.GetName()))
	if spec, ok := dig(pod.Object, "spec"); ok {
		spec["serviceAccountName"] = "default"
		delete(spec, "serviceAccount")
		if spec["restartPolicy"] == nil {
			spec["restartPolicy"] = string(corev1.RestartPolicyAlways)
		}
	}
	return pod, true
}

// refusedObject is an object that the API server does not take.
type refusedObject struct {
	what string
	err  error
}

// dryRun tries the objects at the same time, and returns what was refused and
// what could not be tried.
func (e *Env) dryRun(ctx context.Context, where trialSite, tries []unstructured.Unstructured) (refused []refusedObject, untried []string, err error) {
	config, err := e.Cluster.Config()
	if err != nil {
		return nil, nil, err
	}
	config = rest.CopyConfig(config)
	config.WarningHandler = rest.NoWarnings{} // they would be printed
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, nil, err
	}
	results := make([]error, len(tries))
	var group sync.WaitGroup
	for i := range tries {
		group.Go(func() { results[i] = tryOne(ctx, client, where, &tries[i]) })
	}
	group.Wait()
	for i, err := range results {
		what := tries[i].GetKind() + " " + tries[i].GetName()
		switch {
		case err == nil || apierrors.IsAlreadyExists(err): // it was admitted before its name was looked up
		case cannotTry(err):
			untried = append(untried, fmt.Sprintf("%s (%v)", what, err))
		case isTransient(kubeError(err)):
			return nil, nil, kubeError(err)
		default:
			refused = append(refused, refusedObject{what, err})
		}
	}
	return refused, untried, nil
}

func tryOne(ctx context.Context, client dynamic.Interface, where trialSite, o *unstructured.Unstructured) error {
	resource, _ := meta.UnsafeGuessKindToResource(o.GroupVersionKind())
	create := func(o *unstructured.Unstructured) error {
		o.SetNamespace(where.namespace)
		_, err := client.Resource(resource).Namespace(where.namespace).Create(ctx, o, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	}
	err := create(o.DeepCopy())
	if where.standIn && apierrors.IsAlreadyExists(err) {
		other := o.DeepCopy()
		other.SetName(freeName(o.GetName()))
		return create(other)
	}
	return err
}

// cannotTry tells whether the refusal is about the trial rather than the
// object: no right to make pods by hand, which the install does not need, or
// a webhook that knows no dry run.
func cannotTry(err error) bool {
	text := err.Error()
	return apierrors.IsForbidden(err) && strings.Contains(text, `cannot create resource "`) ||
		apierrors.IsBadRequest(err) && strings.Contains(text, "does not support dry run")
}

// refusal puts what was refused into words, the same reason once.
func refusal(refused []refusedObject) *Fault {
	var found []string
	remedies, seen := []string{}, map[string]bool{}
	for _, r := range refused {
		found = append(found, fmt.Sprintf("%s: %v", r.what, r.err))
		if remedy := admissionRemedy(r.err); !seen[remedy] {
			seen[remedy] = true
			remedies = append(remedies, remedy)
		}
	}
	return &Fault{Found: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n"), Cause: refused[0].err}
}

func admissionRemedy(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "violates PodSecurity"):
		return "server: {security: {profile: restricted}}\nor relax the namespace: kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline --overwrite"
	case strings.Contains(text, "exceeded quota"), strings.Contains(text, "failed quota"), strings.Contains(text, "must specify"):
		return "set server.resources and server.migrationResources to fit the quota (kubectl describe quota), or have it raised"
	case strings.Contains(text, "security context constraint"):
		return "server: {security: {profile: openshift}}"
	case strings.Contains(text, "admission webhook"), strings.Contains(text, "ValidatingAdmissionPolicy"):
		return "satisfy the policy that the message names, or have the namespace exempted from it"
	case apierrors.IsNotFound(err), strings.Contains(text, "could not find the requested resource"):
		return "the cluster does not serve this kind of object: install its CRDs, or leave out what needs it"
	}
	return "correct the values that the message names"
}
