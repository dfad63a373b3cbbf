package install

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/testgateway"
)

// gatewayClassTemplate is the class in the chart of a controller.
const gatewayClassTemplate = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: {{ .Release.Name }}}
spec: {controllerName: example.com/{{ .Release.Name }}}
---`

// ownCRDs selects the CRDs that the installer created.
var ownCRDs = metav1.ListOptions{LabelSelector: manifest.LabelManagedBy + "=" + manifest.Installer}

// TestApply_gateway installs the CRDs, a controller and a Gateway once, and never changes
// them again. It is not parallel: the CRDs are for the whole cluster.
func TestApply_gateway(t *testing.T) {
	b := newBench(t)
	testgateway.Lock(t, b.Cluster)
	crds := b.Dynamic(t).Resource(prerequisite.CRDs)
	t.Cleanup(func() { b.removeCRDs(crds) })
	plan := b.sqlite("current")
	p := b.pushed(gatewayClassTemplate+controllerTemplate, b.Charts["current"].Image)
	p.Class, p.GatewayClass = "", p.Name
	plan.Prerequisites = []Prerequisite{p}
	plan.Gateway = b.gatewayOf(p.GatewayClass)
	plan.Values["server"].(map[string]any)["gateway"] = map[string]any{"enabled": true, "gatewayRef": map[string]any{
		"name": plan.Gateway.GetName(), "namespace": plan.Gateway.GetNamespace()}}
	if n, err := b.engine.PendingCRDs(t.Context(), plan); err != nil || n < 5 {
		t.Fatalf("%d CRDs are pending, %v", n, err)
	}
	if dry, err := b.engine.DryRun(t.Context(), plan); err != nil || len(manifest.Find(dry.Objects, "HTTPRoute",
		"")) != 1 {
		t.Errorf("dry run: %v", err)
	}
	report := b.controllerOf(plan.Gateway)
	go report(`{"type": "Accepted", "status": "False", "reason": "Invalid", "message": "no such port"}`)
	_, err := b.engine.Apply(t.Context(), plan, record(t).observe)
	var fault *diagnose.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Reason, "no such port") {
		t.Fatalf("ended with %v", err)
	}
	b.addsListener(plan.Gateway)
	pending, err := b.engine.PendingGateway(t.Context(), plan.Gateway)
	if err != nil || pending == nil || pending.GetResourceVersion() == "" {
		t.Fatalf("a rejected Gateway is not pending: %v, %v", pending, err)
	}
	plan.Gateway = pending
	b.acceptWhenAsked(plan)
	b.keepsListener(plan.Gateway)
	b.leavesGateway(plan)

	_, r := b.apply(plan)
	r.until("left unchanged", notice("Gateway shared exists: it is not changed"))
	if foreign, err := b.engine.ForeignGateway(t.Context(), plan.Gateway); err != nil || foreign {
		t.Errorf("foreign: %t, %v", foreign, err)
	}
	b.foreignAPI(crds)
}

// acceptWhenAsked applies the plan, and accepts the Gateway when the run waits for its
// controller.
func (b *bench) acceptWhenAsked(plan Plan) {
	b.t.Helper()
	r, report := record(b.t), b.controllerOf(plan.Gateway)
	_, err := b.engine.Apply(b.t.Context(), plan, func(e event.Event) {
		if o, is := e.(event.ObjectChanged); is && o.Message == "waiting for its controller" {
			go report(`{"type": "Accepted", "status": "True", "reason": "Accepted", "message": ""}`)
		}
		r.observe(e)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	r.until("the address", notice("Gateway shared has the address 192.0.2.9"))
}

// addsListener adds a listener, an annotation and a finalizer to the Gateway, as its user
// may.
func (b *bench) addsListener(wanted *unstructured.Unstructured) {
	b.t.Helper()
	const patch = `[
		{"op": "add", "path": "/spec/listeners/-", "value": {"name": "shop", "port": 8080, "protocol": "HTTP"}},
		{"op": "add", "path": "/metadata/annotations/example.com~1team", "value": "web"},
		{"op": "add", "path": "/metadata/finalizers", "value": ["example.com/keep"]},
		{"op": "replace", "path": "/spec/gatewayClassName", "value": "wrong"}]`
	gateways := b.Dynamic(b.t).Resource(gatewayapi.Gateways).Namespace(wanted.GetNamespace())
	b.t.Cleanup(func() {
		_, _ = gateways.Patch(afterwards(b.t.Context()), wanted.GetName(), types.JSONPatchType,
			[]byte(`[{"op": "remove", "path": "/metadata/finalizers"}]`), metav1.PatchOptions{})
	})
	_, err := gateways.Patch(b.t.Context(), wanted.GetName(), types.JSONPatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
}

// keepsListener expects the corrected class and what the user added.
func (b *bench) keepsListener(wanted *unstructured.Unstructured) {
	b.t.Helper()
	found, err := b.engine.gateway(b.t.Context(), wanted.GetNamespace(), wanted.GetName())
	if err != nil || found == nil {
		b.t.Fatalf("Gateway %v, %v", found, err)
	}
	class, _, _ := unstructured.NestedString(found.Object, "spec", "gatewayClassName")
	want, _, _ := unstructured.NestedString(wanted.Object, "spec", "gatewayClassName")
	if names := prerequisite.ListenerNames(found); class != want || !slices.Contains(names, "shop") ||
		found.GetAnnotations()["example.com/team"] != "web" || len(found.GetFinalizers()) != 1 {
		b.t.Errorf("class %s, listeners %v, %v %v", class, names, found.GetAnnotations(), found.GetFinalizers())
	}
}

// leavesGateway expects that nothing is pending, and that an uninstall names everything.
func (b *bench) leavesGateway(plan Plan) {
	b.t.Helper()
	pending, err := b.engine.PendingGateway(b.t.Context(), plan.Gateway)
	if n, crdErr := b.engine.PendingCRDs(b.t.Context(), plan); pending != nil || n != 0 {
		b.t.Errorf("pending: %v %d, %v", pending, n, errors.Join(err, crdErr))
	}
	var left []string
	for _, l := range b.engine.LeftPrerequisites(b.t.Context()) {
		left = append(left, l.What+": "+l.Command)
	}
	for _, want := range []string{
		"kubectl delete gateway shared -n " + plan.Gateway.GetNamespace(),
		"kubectl delete namespace " + plan.Gateway.GetNamespace(),
		"kubectl delete crd -l app.kubernetes.io/managed-by=zenml-installer",
	} {
		if all := strings.Join(left, "\n"); !strings.Contains(all, want) {
			b.t.Errorf("%q is missing in\n%s", want, all)
		}
	}
}

// foreignAPI expects that the CRDs of somebody else are never completed.
func (b *bench) foreignAPI(crds dynamic.ResourceInterface) {
	b.t.Helper()
	ctx := b.t.Context()
	name := gatewayapi.GatewayClasses.Resource + "." + gatewayapi.Group
	class, err := crds.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := crds.Delete(ctx, "tlsroutes."+gatewayapi.Group, metav1.DeleteOptions{}); err != nil {
		b.t.Fatal(err)
	}
	b.eventually("tlsroutes are not served", func() (bool, error) {
		unserved, err := prerequisite.UnservedResources(ctx, b.Client(b.t))
		return len(unserved) == 1 && unserved[0] == "tlsroutes.v1", err
	})
	if missing, err := prerequisite.MissingCRDs(ctx, b.Client(b.t)); err != nil || len(missing) != 1 {
		b.t.Errorf("%d of the installer's own CRDs are missing, %v", len(missing), err)
	}
	class.SetLabels(nil)
	if _, err := crds.Update(ctx, class, metav1.UpdateOptions{}); err != nil {
		b.t.Fatal(err)
	}
	if missing, err := prerequisite.MissingCRDs(ctx, b.Client(b.t)); err != nil || len(missing) != 0 {
		b.t.Errorf("%d CRDs would be added to those of somebody else, %v", len(missing), err)
	}
	class.SetLabels(map[string]string{manifest.LabelManagedBy: manifest.Installer})
	class.SetResourceVersion("")
	if err := crds.Delete(ctx, class.GetName(), metav1.DeleteOptions{}); err != nil {
		b.t.Fatal(err)
	}
}

// gatewayOf returns a Gateway with plain HTTP in a namespace that does not exist.
func (b *bench) gatewayOf(class string) *unstructured.Unstructured {
	var a answers.Answers
	a.Cluster.Namespace = b.namespace
	a.Expose.Type, a.Expose.Host.Name = answers.ByGateway, "zenml.example.com"
	a.Expose.Gateway = answers.Gateway{Name: "shared", Namespace: b.namespace + "-gateway"}
	a.Prerequisites.Gateway = answers.GatewayToMake{Create: true, Class: class}
	b.t.Cleanup(func() {
		_ = b.Client(b.t).CoreV1().Namespaces().Delete(context.Background(), a.Expose.Gateway.Namespace,
			metav1.DeleteOptions{})
	})
	return prerequisite.Gateway(a)
}

// controllerOf returns a function that sets a condition and an address of the Gateway, as
// a controller does.
func (b *bench) controllerOf(wanted *unstructured.Unstructured) func(condition string) {
	b.t.Helper()
	gateways := b.Dynamic(b.t).Resource(gatewayapi.Gateways).Namespace(wanted.GetNamespace())
	return func(condition string) { b.report(gateways, wanted.GetName(), condition) }
}

func (b *bench) report(gateways dynamic.ResourceInterface, name, condition string) {
	status := &unstructured.Unstructured{}
	err := status.UnmarshalJSON([]byte(`{"apiVersion": "v1", "kind": "Status", "status": {"addresses": [
		{"type": "IPAddress", "value": "192.0.2.9"}], "conditions": [` + condition + `]}}`))
	if err != nil {
		b.t.Error(err)
		return
	}
	conditions, _, _ := unstructured.NestedSlice(status.Object, "status", "conditions")
	conditions[0].(map[string]any)["lastTransitionTime"] = time.Now().UTC().Format(time.RFC3339)
	_ = unstructured.SetNestedSlice(status.Object, conditions, "status", "conditions")
	_ = poll.Until(b.t.Context(), pollEvery, func() (bool, error) {
		g, err := gateways.Get(b.t.Context(), name, metav1.GetOptions{})
		if err == nil {
			g.Object["status"] = status.Object["status"]
			_, err = gateways.UpdateStatus(b.t.Context(), g, metav1.UpdateOptions{})
		}
		return err == nil, nil
	})
}

// removeCRDs removes the CRDs with all of their objects.
func (b *bench) removeCRDs(crds dynamic.ResourceInterface) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.t.Context()), time.Minute)
	defer cancel()
	if err := crds.DeleteCollection(ctx, metav1.DeleteOptions{}, ownCRDs); err != nil {
		b.t.Error(err)
	}
	err := poll.Until(ctx, pollEvery, func() (bool, error) {
		list, err := crds.List(ctx, ownCRDs)
		return err == nil && len(list.Items) == 0, nil
	})
	if err != nil {
		b.t.Error("the CRDs remain:", err)
	}
}
