package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	helmchart "helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	helmregistry "helm.sh/helm/v3/pkg/registry"
	helmrelease "helm.sh/helm/v3/pkg/release"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// ingressClassTemplate is the class in the chart of a controller.
const ingressClassTemplate = `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: {{ .Release.Name }}}
spec: {controller: example.com/{{ .Release.Name }}}
---`

// controllerTemplate has the other objects of a controller's chart.
const controllerTemplate = `
apiVersion: v1
kind: Service
metadata: {name: controller}
spec: {type: {{ .Values.service.type }}, selector: {app: controller}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller}
spec:
  selector: {matchLabels: {app: controller}}
  template:
    metadata: {labels: {app: controller}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: controller, image: {{ .Values.image }}, command: [zenml, pause]}]
`

// controller returns a small chart with the shape of a controller's, pulled from the
// sandbox's registry. It has a name of its own, because controllers are recognized in
// the whole cluster.
func (b *bench) controller(image string) Prerequisite {
	b.t.Helper()
	return b.pushed(ingressClassTemplate+controllerTemplate, image)
}

// pushed returns the chart of a controller with a template, pulled from the registry.
func (b *bench) pushed(template, image string) Prerequisite {
	b.t.Helper()
	name := b.Namespace(b.t)
	made := &helmchart.Chart{
		Metadata:  &helmchart.Metadata{APIVersion: "v2", Name: "traefik", Version: "1.2.3"},
		Templates: []*helmchart.File{{Name: "templates/controller.yaml", Data: []byte(template)}},
	}
	archive, err := chartutil.Save(made, b.t.TempDir())
	if err != nil {
		b.t.Fatal(err)
	}
	client, err := helmregistry.NewClient(helmregistry.ClientOptPlainHTTP())
	if err != nil {
		b.t.Fatal(err)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		b.t.Fatal(err)
	}
	repository := b.Registry + "/" + name + "/traefik"
	if _, err := client.Push(data, repository+":1.2.3"); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		_ = b.Client(b.t).NetworkingV1().IngressClasses().Delete(context.Background(), name, metav1.DeleteOptions{})
	})
	c := prerequisite.Traefik
	c.Name, c.Class, c.Controller, c.Group = name, name, "example.com/"+name, ""
	c.Ref, c.Version = "oci://"+repository, "1.2.3"
	loaded, err := chart.Load(b.t.Context(), chart.Source{Ref: c.Ref, Version: c.Version})
	if err != nil {
		b.t.Fatal(err)
	}
	return Prerequisite{Component: c, Chart: loaded,
		Values: map[string]any{"image": image, "service": map[string]any{"type": "ClusterIP"}}}
}

// notice reports whether an event is a notice with a text.
func notice(text string) func(event.Event) bool {
	return func(e event.Event) bool {
		n, is := e.(event.Notice)
		return is && strings.Contains(n.Text, text)
	}
}

// TestApply_prerequisite installs a controller once, and never changes it again.
func TestApply_prerequisite(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	p := b.controller(b.Charts["current"].Image)
	p.Values["service"] = map[string]any{"type": "LoadBalancer"}
	plan.Prerequisites = []Prerequisite{p}
	go b.assignAddress(b.Client(t).CoreV1().Services(p.Name))
	_, r := b.apply(plan)
	r.until("the address", notice("has the address 192.0.2.7"))
	if _, err := b.Client(t).NetworkingV1().IngressClasses().Get(t.Context(), p.Class, metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
	first := b.prerequisiteRelease(p)
	if first.Status != "deployed" || !first.isPrerequisite() {
		t.Errorf("release %+v", first)
	}
	pending, err := b.engine.PendingPrerequisites(t.Context(), []prerequisite.Component{p.Component})
	if err != nil || len(pending) > 0 {
		t.Errorf("pending: %v, %v", pending, err)
	}
	_, r = b.apply(plan)
	r.until("left unchanged", notice("is installed already (IngressClass "+p.Class))
	if again := b.prerequisiteRelease(p); again.Revision != 1 {
		t.Errorf("revision %d: it was upgraded", again.Revision)
	}
}

// TestApply_unfinishedPrerequisite names the fault of a controller, and finishes its
// installation after a fault and after a kill.
func TestApply_unfinishedPrerequisite(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	p := b.controller("no.such.registry.test/controller:1")
	plan.Prerequisites = []Prerequisite{p}
	begin := time.Now()
	_, err := b.engine.Apply(t.Context(), plan, record(t).observe)
	var fault *diagnose.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.Remedy, "prerequisites.imageRegistry") {
		t.Fatalf("ended with %v", err)
	}
	t.Logf("named after %s: %v", time.Since(begin).Round(time.Second), fault)
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("named after %s", took)
	}
	if release, err := b.engine.Release(t.Context(), b.namespace, releaseName); err != nil || release != nil {
		t.Errorf("the server was installed without its prerequisite: %+v %v", release, err)
	}
	b.kill(p)
	plan.Prerequisites[0].Values["image"] = b.Charts["current"].Image
	_, r := b.apply(plan)
	r.until("finished", notice("a previous run left Traefik pending-install"))
	if release := b.prerequisiteRelease(p); release.Status != "deployed" {
		t.Errorf("release %+v", release)
	}
}

// TestApply_otherForm does not install a controller a second time.
func TestApply_otherForm(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.controller(b.Charts["current"].Image)
	other := &networkingv1.IngressClass{ObjectMeta: metav1.ObjectMeta{Name: p.Name + "-other"},
		Spec: networkingv1.IngressClassSpec{Controller: p.Controller}}
	classes := b.Client(t).NetworkingV1().IngressClasses()
	if _, err := classes.Create(t.Context(), other, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = classes.Delete(afterwards(t.Context()), other.Name, metav1.DeleteOptions{}) })
	plan := b.sqlite("current")
	plan.Prerequisites = []Prerequisite{p}
	_, err := b.engine.Apply(t.Context(), plan, record(t).observe)
	if err == nil || !strings.Contains(err.Error(), "set expose.ingress.class") || !strings.Contains(err.Error(),
		other.Name) {
		t.Errorf("ended with %v", err)
	}
	if release, err := b.engine.Release(t.Context(), p.Name, p.Name); err != nil || release != nil {
		t.Errorf("installed %+v %v", release, err)
	}
}

func (b *bench) prerequisiteRelease(p Prerequisite) *Release {
	b.t.Helper()
	release, err := b.engine.Release(b.t.Context(), p.Name, p.Name)
	if err != nil || release == nil {
		b.t.Fatalf("no release of the prerequisite: %v", err)
	}
	return release
}

// kill leaves the release of a prerequisite as a killed run does.
func (b *bench) kill(p Prerequisite) {
	b.t.Helper()
	release := b.prerequisiteRelease(p)
	config, err := b.engine.readConfig(b.t.Context(), p.Name)
	if err != nil {
		b.t.Fatal(err)
	}
	release.stored.SetStatus(helmrelease.StatusPendingInstall, "killed")
	if err := config.Releases.Update(release.stored); err != nil {
		b.t.Fatal(err)
	}
}

// assignAddress gives the controller's Service an address, as a cloud does.
func (b *bench) assignAddress(services corev1client.ServiceInterface) {
	for b.t.Context().Err() == nil {
		s, err := services.Get(b.t.Context(), "controller", metav1.GetOptions{})
		if err == nil {
			s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "192.0.2.7"}}
			_, err = services.UpdateStatus(b.t.Context(), s, metav1.UpdateOptions{})
		}
		if err == nil {
			return
		}
		if !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) && b.t.Context().Err() == nil {
			b.t.Error(fmt.Errorf("assign an address: %w", err))
			return
		}
		time.Sleep(pollEvery)
	}
}
