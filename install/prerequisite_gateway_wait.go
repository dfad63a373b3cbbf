package install

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
)

const (
	gatewayTime   = 5 * time.Minute  // how long a controller may take; those of clouds create a load balancer first
	addressTime   = time.Minute      // how long an accepted Gateway may have no address
	gatewaySilent = 20 * time.Second // after it the run says what it waits for
	gatewayMargin = 5 * time.Second  // before the run's timeout, to name the fault
)

// gatewayWait is the wait for the controller of the Gateway.
type gatewayWait struct {
	run      *run
	object   event.Object
	begin    time.Time
	limit    time.Duration
	told     bool
	accepted time.Time // zero if it is not accepted
	address  string
}

// awaitGateway waits until a controller accepts the listeners of the Gateway. A missing
// certificate is no fault: cert-manager requests it from now on. A missing address is none
// either: the wait for the server names it.
func (r *run) awaitGateway(ctx context.Context) error {
	w := gatewayWait{run: r, begin: time.Now(), limit: gatewayTime, object: event.Object{Kind: "Gateway",
		Namespace: r.plan.Gateway.GetNamespace(), Name: r.plan.Gateway.GetName()}}
	if deadline, ok := ctx.Deadline(); ok {
		w.limit = max(0, min(w.limit, time.Until(deadline)-gatewayMargin))
	}
	r.Emit(event.ObjectChanged{Object: w.object, State: event.Progressing, Message: "waiting for its controller",
		Since: time.Now()})
	limited, cancel := context.WithTimeout(ctx, w.limit)
	defer cancel()
	err := pollPatiently(limited, func() (bool, error) { return w.look(limited) })
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case !w.accepted.IsZero():
		w.tell()
		return nil
	case limited.Err() == nil:
		return err
	}
	return &diagnose.Fault{Object: w.object,
		Summary: fmt.Sprintf("no controller has accepted it in %s", w.limit.Round(time.Second)),
		Remedy: "check that the controller of GatewayClass " + w.class() + " runs, or correct prerequisites.gateway.class, " +
			"and run the same command again"}
}

func (w *gatewayWait) class() string {
	class, _, _ := unstructured.NestedString(w.run.plan.Gateway.Object, "spec", "gatewayClassName")
	return class
}

// look reads what the controller reports. A rejection that persists ends the wait.
func (w *gatewayWait) look(ctx context.Context) (bool, error) {
	g, err := w.run.engine.gateway(ctx, w.object.Namespace, w.object.Name)
	if err != nil || g == nil {
		return false, err
	}
	now := acceptance(g, w.run.plan.Gateway)
	switch {
	case !now.Works() || now.Outdated:
		w.accepted = time.Time{}
	case w.accepted.IsZero():
		w.accepted = time.Now()
	}
	w.address = gatewayapi.StatusOf(g).Address()
	if now.Rejection != "" && time.Since(w.begin) > issuerGrace {
		return false, &endOfWait{&diagnose.Fault{Object: w.object, Summary: "its controller rejects it",
			Reason: now.Rejection,
			Remedy: "correct prerequisites.gateway.class or the controller, and run the same command again"}}
	}
	w.explain()
	return !w.accepted.IsZero() && (w.address != "" || time.Since(w.accepted) > addressTime), nil
}

// explain says once what a long wait is for.
func (w *gatewayWait) explain() {
	if w.told || time.Since(w.begin) < gatewaySilent {
		return
	}
	w.told = true
	text := fmt.Sprintf("waiting up to %s for the controller of GatewayClass %s to accept Gateway %s",
		w.limit.Round(time.Second), w.class(), w.object.Name)
	if !w.accepted.IsZero() {
		text = fmt.Sprintf("waiting up to %s for an address of Gateway %s", addressTime, w.object.Name)
	}
	w.run.Emit(event.Notice{Text: text})
}

// tell reports the accepted Gateway and its address.
func (w *gatewayWait) tell() {
	w.run.Emit(event.ObjectChanged{Object: w.object, State: event.Ready, Since: time.Now()})
	text := fmt.Sprintf("Gateway %s has the address %s: the host of the server must resolve to it", w.object.Name,
		w.address)
	if w.address == "" {
		text = fmt.Sprintf("Gateway %s has no address after %s: clusters without a cloud provider need a load balancer such "+
			"as MetalLB", w.object.Name, time.Since(w.accepted).Round(time.Second))
	}
	w.run.Emit(event.Notice{Text: text})
}
