package install

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/retry"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// resource returns the client of a resource that is defined by a CRD.
func (e *Engine) resource(kind schema.GroupVersionResource) (dynamic.NamespaceableResourceInterface, error) {
	config, err := e.Access.Config()
	if err != nil {
		return nil, err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return client.Resource(kind), nil
}

// gateway reads a Gateway. It returns nil if there is none, or no Gateway API.
func (e *Engine) gateway(ctx context.Context, namespace, name string) (*unstructured.Unstructured, error) {
	gateways, err := e.resource(gatewayapi.Gateways)
	if err != nil {
		return nil, err
	}
	found, err := gateways.Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read Gateway %s: %w", name, transport.WithoutURL(err))
	}
	return found, nil
}

// PendingGateway returns the Gateway if an install has to create or update it, or nil: one
// that exists is only updated if the installer created it for this release and no
// controller serves it. The Gateway to update has a resource version.
func (e *Engine) PendingGateway(
	ctx context.Context, wanted *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	if wanted == nil {
		return nil, nil
	}
	found, err := e.gateway(ctx, wanted.GetNamespace(), wanted.GetName())
	if err != nil || found != nil && !needsUpdate(found, wanted) {
		return nil, err
	}
	pending := wanted.DeepCopy()
	if found != nil {
		pending.SetResourceVersion(found.GetResourceVersion())
	}
	return pending, nil
}

// ForeignGateway reports whether somebody else, or an install of another release, created a
// Gateway that the user would let the installer create. Its certificate is not the
// installer's either.
func (e *Engine) ForeignGateway(ctx context.Context, wanted *unstructured.Unstructured) (bool, error) {
	if wanted == nil {
		return false, nil
	}
	found, err := e.gateway(ctx, wanted.GetNamespace(), wanted.GetName())
	return found != nil && !prerequisite.OwnsGateway(wanted, found), err
}

// acceptance returns whether a controller serves the installer's listeners of a Gateway.
func acceptance(found, wanted *unstructured.Unstructured) gatewayapi.Acceptance {
	return gatewayapi.StatusOf(found).Acceptance(found.GetGeneration(), prerequisite.ListenerNames(wanted))
}

// needsUpdate reports whether a Gateway is the installer's own and does not work.
func needsUpdate(found, wanted *unstructured.Unstructured) bool {
	return prerequisite.OwnsGateway(wanted, found) && !acceptance(found, wanted).Works()
}

// ensureGateway creates the Gateway and waits until its controller accepts its listeners.
// One that somebody else created is not changed, nor one that works.
func (r *run) ensureGateway(ctx context.Context) error {
	wanted := r.plan.Gateway
	if wanted == nil {
		return nil
	}
	found, err := r.engine.gateway(ctx, wanted.GetNamespace(), wanted.GetName())
	if err != nil {
		return err
	}
	if found != nil && !needsUpdate(found, wanted) {
		r.Emit(event.Notice{Text: fmt.Sprintf("Gateway %s exists: it is not changed", wanted.GetName())})
		return nil
	}
	if found == nil {
		err = r.createGateway(ctx)
	} else if !acceptance(found, wanted).Outdated { // otherwise the controller has not read it yet
		err = r.updateGateway(ctx)
	}
	if err != nil {
		return err
	}
	return r.awaitGateway(ctx)
}

func (r *run) createGateway(ctx context.Context) error {
	wanted := r.plan.Gateway.DeepCopy()
	wanted.SetResourceVersion("")
	if err := r.requireNamespace(ctx, wanted.GetNamespace(), "Gateway "+wanted.GetName()); err != nil {
		return err
	}
	gateways, err := r.engine.resource(gatewayapi.Gateways)
	if err != nil {
		return err
	}
	_, err = gateways.Namespace(wanted.GetNamespace()).Create(ctx, wanted,
		metav1.CreateOptions{FieldManager: manifest.Installer})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create Gateway %s in namespace %s: %w", wanted.GetName(), wanted.GetNamespace(),
			transport.WithoutURL(err))
	}
	return nil
}

// updateGateway corrects what the installer created in the Gateway: its class, its
// listeners and its annotations. The controller may write its status meanwhile.
func (r *run) updateGateway(ctx context.Context) error {
	wanted := r.plan.Gateway
	all, err := r.engine.resource(gatewayapi.Gateways)
	if err != nil {
		return err
	}
	gateways := all.Namespace(wanted.GetNamespace())
	err = retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		found, err := gateways.Get(ctx, wanted.GetName(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		_, err = gateways.Update(ctx, prerequisite.MergeGateway(found, wanted),
			metav1.UpdateOptions{FieldManager: manifest.Installer})
		return err
	})
	if err != nil {
		return fmt.Errorf("update Gateway %s in namespace %s: %w", wanted.GetName(), wanted.GetNamespace(),
			transport.WithoutURL(err))
	}
	return nil
}

// ownGateways returns the Gateways that the installer created.
func (e *Engine) ownGateways(ctx context.Context) []unstructured.Unstructured {
	gateways, err := e.resource(gatewayapi.Gateways)
	if err != nil {
		return nil
	}
	list, err := gateways.List(ctx, metav1.ListOptions{LabelSelector: manifest.LabelManagedBy + "=" + manifest.Installer})
	if err != nil {
		return nil
	}
	return list.Items
}
