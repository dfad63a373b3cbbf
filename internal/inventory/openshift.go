package inventory

import (
	"context"

	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// IsOpenShift reports whether a cluster has OpenShift's SecurityContextConstraints, by
// their API group. Any user can read that.
func IsOpenShift(ctx context.Context, client kubernetes.Interface) bool {
	_, err := client.Discovery().RESTClient().Get().AbsPath("/apis/security.openshift.io").DoRaw(ctx)
	return err == nil
}

// securityProfile offers the profile that OpenShift needs.
func securityProfile(ctx context.Context, r *reader) []answers.Option {
	if !IsOpenShift(ctx, r.client) {
		return nil
	}
	return []answers.Option{{Value: answers.SecurityOpenShift, Title: "OpenShift"}}
}
