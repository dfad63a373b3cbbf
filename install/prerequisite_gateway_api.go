package install

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// InstallsGatewayAPI reports whether the plan has a controller that is installed with the
// CRDs of the Gateway API, if the cluster lacks them.
func (p Plan) InstallsGatewayAPI() bool {
	return slices.ContainsFunc(p.Prerequisites, func(c Prerequisite) bool { return c.GatewayClass != "" })
}

// ensureGatewayAPI creates the CRDs of the Gateway API for a controller that needs them.
// If somebody else installed the API, it changes nothing.
func (r *run) ensureGatewayAPI(ctx context.Context) error {
	missing, err := prerequisite.MissingCRDs(ctx, r.client)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		if err := r.createCRDs(ctx, missing); err != nil {
			return err
		}
		r.Emit(event.Notice{Text: fmt.Sprintf("%d CRDs of the Gateway API %s created", len(missing), gatewayapi.Version)})
	}
	unserved, err := r.awaitGatewayAPI(ctx, len(missing) > 0)
	switch {
	case err != nil:
		return err
	case len(unserved) == 0 && len(missing) == 0:
		return nil
	case len(unserved) == 0:
		return r.readCapabilities(ctx) // for the charts, and for Helm's cache of kinds
	case len(missing) == 0:
		return fmt.Errorf("the cluster's Gateway API lacks %s, which Traefik needs: update it, which the installer does not "+
			"do: %s", strings.Join(unserved, ", "), prerequisite.InstallGatewayAPI)
	}
	return fmt.Errorf("the API server does not serve the Gateway API %s after its CRDs were created: look at their "+
		"conditions, and run the same command again: kubectl describe crd %s", apiTime,
		strings.Join(crdNames(unserved), " "))
}

// apiTime limits the wait until the API server serves new CRDs, which takes seconds.
const apiTime = time.Minute

// awaitGatewayAPI returns the resources that Traefik needs and the cluster does not serve.
// It waits for those of new CRDs.
func (r *run) awaitGatewayAPI(ctx context.Context, isNew bool) (unserved []string, err error) {
	limited, cancel := context.WithTimeout(ctx, apiTime)
	defer cancel()
	err = pollPatiently(limited, func() (bool, error) {
		found, err := prerequisite.UnservedResources(limited, r.client)
		if err == nil {
			unserved = found
		}
		return err == nil && (len(found) == 0 || !isNew), err
	})
	if ctx.Err() == nil && limited.Err() != nil && len(unserved) > 0 {
		return unserved, nil
	}
	return unserved, err
}

// crdNames returns the CRDs of resources such as "tlsroutes.v1".
func crdNames(resources []string) []string {
	var names []string
	for _, r := range resources {
		plural, _, _ := strings.Cut(r, ".")
		names = append(names, plural+"."+gatewayapi.Group)
	}
	return names
}

func (r *run) createCRDs(ctx context.Context, missing []unstructured.Unstructured) error {
	crds, err := r.engine.resource(prerequisite.CRDs)
	if err != nil {
		return err
	}
	for i := range missing {
		_, err := crds.Create(ctx, &missing[i], metav1.CreateOptions{FieldManager: manifest.Installer})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return fmt.Errorf("create the CRD %s: %w", missing[i].GetName(), transport.WithoutURL(err))
		}
	}
	return nil
}

// PendingCRDs returns how many CRDs of the Gateway API a plan has to create.
func (e *Engine) PendingCRDs(ctx context.Context, p Plan) (int, error) {
	if !p.InstallsGatewayAPI() {
		return 0, nil
	}
	client, err := e.Access.Client()
	if err != nil {
		return 0, err
	}
	missing, err := prerequisite.MissingCRDs(ctx, client)
	return len(missing), err
}
