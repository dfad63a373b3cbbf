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
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/exposure"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
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
	var unserved []string
	err = poll.Until(ctx, pollEvery, func() (bool, error) {
		var err error
		unserved, err = prerequisite.UnservedResources(ctx, r.client)
		return len(unserved) == 0 || len(missing) == 0, err
	})
	if err == nil && len(unserved) > 0 {
		return fmt.Errorf("the cluster's Gateway API lacks %s, which Traefik needs: update it, which the installer does not "+
			"do: %s", strings.Join(unserved, ", "), prerequisite.InstallGatewayAPI)
	}
	if err != nil || len(missing) == 0 {
		return err
	}
	return r.readCapabilities(ctx) // for the charts, and for Helm's cache of kinds
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
// that exists is only updated if the installer created it and its controller rejects it.
func (e *Engine) PendingGateway(
	ctx context.Context, wanted *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	if wanted == nil {
		return nil, nil
	}
	found, err := e.gateway(ctx, wanted.GetNamespace(), wanted.GetName())
	if err != nil || found != nil && (!prerequisite.IsOwn(found.GetLabels()) || works(found)) {
		return nil, err
	}
	return wanted, nil
}

// ForeignGateway reports whether somebody else created a Gateway that the user would let
// the installer create. Its certificate is not the installer's either.
func (e *Engine) ForeignGateway(ctx context.Context, wanted *unstructured.Unstructured) (bool, error) {
	if wanted == nil {
		return false, nil
	}
	found, err := e.gateway(ctx, wanted.GetNamespace(), wanted.GetName())
	return found != nil && !prerequisite.IsOwn(found.GetLabels()), err
}

func works(g *unstructured.Unstructured) bool {
	accepted, rejection := exposure.Acceptance(g)
	return accepted && rejection == ""
}

// ensureGateway creates the Gateway and waits until its controller accepts its listeners.
// One that somebody else created is not changed.
func (r *run) ensureGateway(ctx context.Context) error {
	wanted := r.plan.Gateway
	if wanted == nil {
		return nil
	}
	found, err := r.engine.gateway(ctx, wanted.GetNamespace(), wanted.GetName())
	if err != nil {
		return err
	}
	if found != nil && (!prerequisite.IsOwn(found.GetLabels()) || works(found)) {
		r.Emit(event.Notice{Text: fmt.Sprintf("Gateway %s exists: it is not changed", wanted.GetName())})
		return nil
	}
	if err := r.requireNamespace(ctx, wanted.GetNamespace(), "Gateway "+wanted.GetName()); err != nil {
		return err
	}
	if err := r.putGateway(ctx, found); err != nil {
		return err
	}
	return r.awaitGateway(ctx)
}

func (r *run) putGateway(ctx context.Context, found *unstructured.Unstructured) error {
	wanted := r.plan.Gateway.DeepCopy()
	all, err := r.engine.resource(gatewayapi.Gateways)
	if err != nil {
		return err
	}
	gateways := all.Namespace(wanted.GetNamespace())
	if found == nil {
		_, err = gateways.Create(ctx, wanted, metav1.CreateOptions{FieldManager: manifest.Installer})
	} else {
		wanted.SetResourceVersion(found.GetResourceVersion())
		_, err = gateways.Update(ctx, wanted, metav1.UpdateOptions{FieldManager: manifest.Installer})
	}
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create Gateway %s in namespace %s: %w", wanted.GetName(), wanted.GetNamespace(),
			transport.WithoutURL(err))
	}
	return nil
}

// gatewayTime limits the wait for a controller, and then for an address.
const gatewayTime = time.Minute

// awaitGateway waits until a controller accepts the listeners of the Gateway. A missing
// certificate is no fault: cert-manager requests it from now on. A missing address is none
// either: the wait for the server names it.
func (r *run) awaitGateway(ctx context.Context) error {
	w := gatewayWait{run: r, begin: time.Now(), object: event.Object{Kind: "Gateway",
		Namespace: r.plan.Gateway.GetNamespace(), Name: r.plan.Gateway.GetName()}}
	r.Emit(event.ObjectChanged{Object: w.object, State: event.Progressing, Message: "waiting for its controller",
		Since: time.Now()})
	ctx, cancel := context.WithTimeout(ctx, gatewayTime)
	defer cancel()
	err := pollPatiently(ctx, func() (bool, error) { return w.look(ctx) })
	switch {
	case w.accepted:
		w.tell()
		return nil
	case ctx.Err() == nil:
		return err
	}
	class, _, _ := unstructured.NestedString(r.plan.Gateway.Object, "spec", "gatewayClassName")
	return &diagnose.Fault{Object: w.object, Summary: fmt.Sprintf("no controller has accepted it in %s", gatewayTime),
		Remedy: "check that the controller of GatewayClass " + class + " runs, or correct prerequisites.gateway.class"}
}

// gatewayWait is the wait for the controller of the Gateway.
type gatewayWait struct {
	run      *run
	object   event.Object
	begin    time.Time
	accepted bool
	address  string
}

// look reads what the controller reports. A rejection that persists ends the wait.
func (w *gatewayWait) look(ctx context.Context) (bool, error) {
	g, err := w.run.engine.gateway(ctx, w.object.Namespace, w.object.Name)
	if err != nil || g == nil {
		return false, err
	}
	accepted, rejection := exposure.Acceptance(g)
	w.accepted, w.address = accepted, exposure.GatewayAddress(g)
	if rejection != "" && time.Since(w.begin) > issuerGrace {
		return false, &endOfWait{&diagnose.Fault{Object: w.object, Summary: "its controller rejects it", Reason: rejection,
			Remedy: "correct prerequisites.gateway.class or the controller, and run the same command again"}}
	}
	return w.accepted && w.address != "", nil
}

// tell reports the accepted Gateway and its address.
func (w *gatewayWait) tell() {
	w.run.Emit(event.ObjectChanged{Object: w.object, State: event.Ready, Since: time.Now()})
	text := fmt.Sprintf("Gateway %s has the address %s: the host of the server must resolve to it", w.object.Name,
		w.address)
	if w.address == "" {
		text = fmt.Sprintf("Gateway %s has no address after %s: clusters without a cloud provider need a load balancer such "+
			"as MetalLB", w.object.Name, gatewayTime)
	}
	w.run.Emit(event.Notice{Text: text})
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
