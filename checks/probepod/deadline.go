package probepod

import (
	"context"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// deadlineSeconds is when the cluster deletes the pod and the Secret of a
// killed run.
const deadlineSeconds = 600

// createDeadline creates a Job that owns the pod and the Secret. It has no
// completions and creates no pod, so it completes at once, and the cluster
// deletes it and its dependents after its TTL. It returns nil if the user
// cannot create Jobs.
func (p *probePod) createDeadline(ctx context.Context) *batchv1.Job {
	none := int32(0)
	job := &batchv1.Job{
		ObjectMeta: *p.pod.ObjectMeta.DeepCopy(),
		Spec: batchv1.JobSpec{
			Completions: &none, Parallelism: &none, BackoffLimit: &none, TTLSecondsAfterFinished: &p.ttl,
			// The probe pod's spec, so that policies accept it.
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: p.pod.Labels}, Spec: p.pod.Spec},
		},
	}
	made, err := p.client.BatchV1().Jobs(p.env.Namespace()).Create(ctx, job, metav1.CreateOptions{})
	if err != nil {
		return nil // the pod owns the Secret instead
	}
	return made
}
