package install

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/action"
	helmchart "helm.sh/helm/v3/pkg/chart"
	helmkube "helm.sh/helm/v3/pkg/kube"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/watch"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/internal/runlock"
	"github.com/zenml-installer/zenml-installer/internal/transport"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// installPrerequisite installs a component, or finishes what a previous run began.
func (r *run) installPrerequisite(ctx context.Context, p Prerequisite) error {
	if p.GatewayClass != "" {
		if err := r.ensureGatewayAPI(ctx); err != nil {
			return err
		}
	}
	if err := r.requireNamespace(ctx, p.Name, p.Title); err != nil {
		return err
	}
	lock, err := acquire(ctx, r.Emit, runlock.Request{Client: r.client, Namespace: p.Name, Release: p.Name, Wait: true})
	if err != nil {
		return err
	}
	err = r.installLocked(ctx, p)
	releaseLock(ctx, lock, false) // its status shows the next run what to finish
	if err != nil {
		return fmt.Errorf("install %s: %w", p.Title, err)
	}
	return nil
}

// requireNamespace creates a namespace for something that is installed, unless it exists.
// An uninstall recognizes it by its label.
func (r *run) requireNamespace(ctx context.Context, name, content string) error {
	_, err := r.client.CoreV1().Namespaces().Create(ctx,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name,
			Labels: map[string]string{manifest.LabelManagedBy: manifest.Installer}}},
		metav1.CreateOptions{FieldManager: manifest.Installer})
	if err == nil || apierrors.IsAlreadyExists(err) {
		return nil
	}
	if apierrors.IsForbidden(err) { // it may exist
		if _, getErr := r.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{}); getErr == nil {
			return nil
		}
	}
	return fmt.Errorf("create namespace %s for %s: %w", name, content, transport.WithoutURL(err))
}

// installLocked installs a component after another run that installs it has ended.
func (r *run) installLocked(ctx context.Context, p Prerequisite) error {
	release, err := r.engine.Release(ctx, p.Name, p.Name)
	switch {
	case err != nil:
		return err
	case release == nil || release.Gone():
	case !release.isPrerequisite():
		return fmt.Errorf("release %s/%s exists with status %s: it is not from this installer. Finish or remove it: %s",
			p.Name, p.Name, release.Status, p.UninstallCommand())
	case release.Status == "deployed":
		r.Emit(event.Notice{Text: "another run has installed " + p.Title})
		return nil
	default:
		r.Emit(event.Notice{Text: fmt.Sprintf("a previous run left %s %s: finishing its installation", p.Title,
			release.Status)})
		if err := r.markFailed(ctx, release); err != nil {
			return err
		}
	}
	return r.helmPrerequisite(ctx, p, release != nil)
}

// helmPrerequisite installs the chart with Helm, and ends the run if waiting cannot
// help.
func (r *run) helmPrerequisite(ctx context.Context, p Prerequisite, replace bool) error {
	rendered, err := p.Chart.Render(ctx, chart.RenderRequest{
		Release: p.Name, Namespace: p.Name, Values: tree.Clone(p.Values),
		KubeVersion: r.capabilities.KubeVersion.Version, APIVersions: slices.Clone(r.capabilities.APIVersions),
	})
	if err != nil {
		return err
	}
	r.watch = watch.New(watch.Config{
		Client: r.client, Namespace: p.Name, Objects: rendered.Objects, Redactor: r.redactor, Emit: r.Emit, Fail: r.fail,
		Adapt: p.adapt,
	})
	r.watch.Start(ctx)
	defer r.watch.Stop()
	config, err := r.engine.writeConfig(ctx, p.Name, &prerequisiteWaiter{helmWaiter{run: r, ctx: ctx}})
	if err != nil {
		return err
	}
	install := action.NewInstall(config)
	install.Namespace, install.ReleaseName, install.Replace = p.Name, p.Name, replace
	install.Wait, install.Timeout = true, r.plan.Timeout
	install.Labels = map[string]string{prerequisite.Label: "true"}
	err = p.Chart.WithHelm(func(loaded *helmchart.Chart) error {
		_, err := install.RunWithContext(context.WithoutCancel(ctx), loaded, tree.Clone(p.Values)) // its waits end with ctx
		return err
	})
	if err != nil {
		return prerequisiteError(err)
	}
	r.awaitLoadBalancers(ctx, p, rendered.Objects)
	return nil
}

func prerequisiteError(err error) error {
	if owner := ownershipError(err); owner != nil {
		return owner
	}
	return transport.WithoutURL(err)
}

// isPrerequisite reports whether the installer created the release as a prerequisite.
func (r *Release) isPrerequisite() bool { return r.stored.Labels[prerequisite.Label] == "true" }

// adapt replaces a remedy about the server by one about the component.
func (p Prerequisite) adapt(f *diagnose.Fault) {
	what := "prerequisites.imageRegistry or prerequisites.values." + p.Name
	switch {
	case strings.Contains(f.Remedy, "server.resources"):
		what = "the resources in prerequisites.values." + p.Name + ", or add a node"
	case f.Remedy != "" && !strings.Contains(f.Remedy, "server.") && !strings.Contains(f.Remedy, "database."):
		return
	}
	f.Remedy = fmt.Sprintf("correct %s, and run the same command again: it finishes the installation of %s", what, p.Title)
}

// prerequisiteWaiter waits for the pods of a component. It does not wait for the
// addresses of Services, which clusters without a load balancer never assign.
type prerequisiteWaiter struct{ helmWaiter }

func (w *prerequisiteWaiter) ready(resources helmkube.ResourceList, withJobs bool) error {
	var waited helmkube.ResourceList
	for _, info := range resources {
		if kind := kindOf(info); kind != "Service" && kind != "Ingress" {
			waited = append(waited, info)
		}
	}
	return w.helmWaiter.ready(waited, withJobs)
}

// balancerTime limits the wait for the address of a load balancer, which most clouds
// assign within a minute.
const balancerTime = time.Minute

// awaitLoadBalancers waits until the Services of a controller have an address. An
// address that is still missing is no error: the wait for the server names it.
func (r *run) awaitLoadBalancers(ctx context.Context, p Prerequisite, objects []manifest.Object) {
	for _, o := range manifest.Find(objects, "Service", "") {
		ctx, cancel := context.WithTimeout(ctx, balancerTime)
		var at string
		err := poll.Until(ctx, pollEvery, func() (bool, error) {
			s, err := r.client.CoreV1().Services(p.Name).Get(ctx, o.GetName(), metav1.GetOptions{})
			if err != nil || s.Spec.Type != corev1.ServiceTypeLoadBalancer {
				return true, nil //nolint:nilerr // the controller runs
			}
			for _, a := range s.Status.LoadBalancer.Ingress {
				at = a.IP + a.Hostname
			}
			return at != "", nil
		})
		cancel()
		switch {
		case at != "":
			r.Emit(event.Notice{Text: fmt.Sprintf("%s has the address %s: the host of the server must resolve to it",
				p.Title, at)})
		case err != nil:
			r.Emit(event.Notice{Text: fmt.Sprintf("Service %s of %s has no address after %s: clusters without a cloud "+
				"provider need a load balancer such as MetalLB", o.GetName(), p.Title, balancerTime)})
		}
	}
}
