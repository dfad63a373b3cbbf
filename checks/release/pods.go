package release

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// PodSpec returns the pod specification of a workload.
func PodSpec(o manifest.Object) (corev1.PodSpec, bool) {
	var path []string
	switch o.GetKind() {
	case "Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet":
		path = []string{"spec", "template", "spec"}
	case "CronJob":
		path = []string{"spec", "jobTemplate", "spec", "template", "spec"}
	case "Pod":
		path = []string{"spec"}
	default:
		return corev1.PodSpec{}, false
	}
	content, ok := Dig(o.Object, path...)
	if !ok {
		return corev1.PodSpec{}, false
	}
	var spec corev1.PodSpec
	err := runtime.DefaultUnstructuredConverter.FromUnstructured(content, &spec)
	return spec, err == nil
}

// Dig returns the map at a path inside an object.
func Dig(content map[string]any, path ...string) (map[string]any, bool) {
	for _, key := range path {
		next, ok := content[key].(map[string]any)
		if !ok {
			return nil, false
		}
		content = next
	}
	return content, true
}

// PodSpecs returns the pods of the rendered Deployments and Jobs.
func PodSpecs(objects []manifest.Object) []corev1.PodSpec {
	var pods []corev1.PodSpec
	for _, o := range objects {
		if kind := o.GetKind(); kind != "Deployment" && kind != "Job" || o.Test() {
			continue
		}
		if pod, ok := PodSpec(o); ok {
			pods = append(pods, pod)
		}
	}
	return pods
}
