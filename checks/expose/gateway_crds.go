package expose

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/bounded"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
)

// crdsInstallable checks that the API server accepts the CRDs of the Gateway API that the
// install creates, or has those that Traefik needs.
func crdsInstallable(ctx context.Context, e *check.Env) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	missing, err := prerequisite.MissingCRDs(ctx, client)
	if err != nil {
		return check.KubeError(err)
	}
	if len(missing) == 0 {
		return crdsSuffice(ctx, e)
	}
	objects, err := check.DynamicClient(e)
	if err != nil {
		return err
	}
	for i := range missing {
		_, err := objects.Resource(prerequisite.CRDs).Create(ctx, &missing[i],
			metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return crdRejection(serverVersion(ctx, client), missing[i].GetName(), err)
		}
	}
	return nil
}

// crdRejection returns the fault of a CRD that the API server does not accept. Other errors
// say nothing about the API server's version.
func crdRejection(server, name string, err error) error {
	if !apierrors.IsInvalid(err) {
		return check.KubeError(fmt.Errorf("create the CRD %s of the Gateway API in a dry run: %w", name, err))
	}
	fault := &check.Fault{
		Summary: fmt.Sprintf("the API server rejects the CRD %s of the Gateway API %s: %v", name, gatewayapi.Version, err),
		Remedy: "install a version of the Gateway API and a controller that this cluster supports: " + gatewayAPI +
			"\nor set expose: {type: ingress}",
	}
	if v, err := version.ParseGeneric(server); err == nil && v.LessThan(version.MustParseGeneric("1.31")) {
		fault.Reason = "Kubernetes before 1.31 does not know all of its validations"
	}
	return fault
}

// serverVersion returns the version of the API server, or "".
func serverVersion(ctx context.Context, client kubernetes.Interface) string {
	found, err := bounded.Do(ctx, client.Discovery().ServerVersion)
	if err != nil {
		return ""
	}
	return found.GitVersion
}

// crdsSuffice checks that an existing Gateway API has what Traefik needs.
func crdsSuffice(ctx context.Context, e *check.Env) error {
	client, err := e.Cluster.Client()
	if err != nil {
		return err
	}
	unserved, err := prerequisite.UnservedResources(ctx, client)
	if err != nil || len(unserved) == 0 {
		return check.KubeError(err)
	}
	return &check.Fault{
		Summary: "the cluster's Gateway API lacks " + strings.Join(unserved, ", ") + ", which Traefik needs",
		Reason:  "without them Traefik does not serve any Gateway, and the installer does not change an existing API",
		Remedy:  "update it:\n" + prerequisite.InstallGatewayAPI + "\nor use the controller that it was installed for",
	}
}
