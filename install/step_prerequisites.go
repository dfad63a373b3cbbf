package install

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// Prerequisite is a component that is installed before the release, with its own
// release in its own namespace, if the cluster lacks it.
type Prerequisite struct {
	prerequisite.Component
	Chart  *chart.Chart
	Values map[string]any
}

// prerequisitesStep installs what the release needs and the user agreed to. What
// exists in any form is not changed.
type prerequisitesStep struct{}

func (prerequisitesStep) name() string { return "prerequisites" }

// isNeeded makes the step optional.
func (prerequisitesStep) isNeeded(r *run) bool {
	return len(r.plan.Prerequisites) > 0 || r.plan.ClusterIssuer != nil || r.plan.Gateway != nil
}

func (prerequisitesStep) title(r *run) string {
	var what []string
	for _, p := range r.plan.Prerequisites {
		what = append(what, p.Title+" "+p.Chart.Info.Version)
	}
	for _, o := range []*unstructured.Unstructured{r.plan.Gateway, r.plan.ClusterIssuer} {
		if o != nil {
			what = append(what, o.GetKind()+" "+o.GetName())
		}
	}
	return "install " + strings.Join(what, ", ")
}

func (prerequisitesStep) run(ctx context.Context, r *run) error {
	for _, p := range r.plan.Prerequisites {
		if err := r.ensurePrerequisite(ctx, p); err != nil {
			return err
		}
	}
	if err := r.ensureGateway(ctx); err != nil {
		return err
	}
	return r.ensureIssuer(ctx)
}

// ensurePrerequisite installs a component, unless the cluster has it.
func (r *run) ensurePrerequisite(ctx context.Context, p Prerequisite) error {
	state, err := prerequisite.Find(ctx, r.client, p.Component)
	switch {
	case err != nil:
		return err
	case state.NeedsInstall():
		return r.installPrerequisite(ctx, p)
	case !state.Serves:
		return fmt.Errorf("%s is installed already in another form (%s), but without %s: set %s to a class that it serves",
			p.Title, state.Found, p.Serving(), p.ClassKey())
	}
	r.Emit(event.Notice{Text: fmt.Sprintf("%s is installed already (%s): it is not changed", p.Title, state.Found)})
	return nil
}

// LeftPrerequisite is something that the installer installed besides a release, and
// that an uninstall keeps.
type LeftPrerequisite struct {
	What    string
	Command string // removes it
}

// LeftPrerequisites returns what the installer installed besides releases. What the
// user cannot read is left out.
func (e *Engine) LeftPrerequisites(ctx context.Context) []LeftPrerequisite {
	client, err := e.Access.Client()
	if err != nil {
		return nil
	}
	var left []LeftPrerequisite
	for _, g := range e.ownGateways(ctx) {
		left = append(left, LeftPrerequisite{"Gateway " + g.GetName() + " in namespace " + g.GetNamespace(),
			fmt.Sprintf("kubectl delete gateway %s -n %s", g.GetName(), g.GetNamespace())})
		left = append(left, leftCertificates(ctx, client, g)...)
	}
	for _, issuer := range e.ownIssuers(ctx) {
		left = append(left, LeftPrerequisite{"ClusterIssuer " + issuer, "kubectl delete clusterissuer " + issuer})
	}
	for _, c := range prerequisite.All {
		if revisions, err := prerequisite.Revisions(ctx, client, c); err == nil && len(revisions) > 0 {
			left = append(left, LeftPrerequisite{fmt.Sprintf("%s, release %s in namespace %s, which other applications "+
				"may use", c.Title, c.Name, c.Name), c.UninstallCommand()})
		}
	}
	if prerequisite.OwnCRDs(ctx, client) {
		left = append(left, LeftPrerequisite{"the CRDs of the Gateway API; deleting them also deletes all Gateways and routes",
			"kubectl delete crd -l " + manifest.LabelManagedBy + "=" + manifest.Installer})
	}
	return append(left, leftNamespaces(ctx, client)...)
}

// leftCertificates returns the Secrets that cert-manager filled for a Gateway.
func leftCertificates(ctx context.Context, client kubernetes.Interface, g unstructured.Unstructured) []LeftPrerequisite {
	var left []LeftPrerequisite
	for _, name := range prerequisite.IssuedSecrets(g) {
		_, err := client.CoreV1().Secrets(g.GetNamespace()).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		left = append(left, LeftPrerequisite{fmt.Sprintf("Secret %s in namespace %s, with the private key of the "+
			"certificate that cert-manager issued", name, g.GetNamespace()),
			fmt.Sprintf("kubectl delete secret %s -n %s", name, g.GetNamespace())})
	}
	return left
}

// leftNamespaces returns the namespaces that the installer created for prerequisites.
func leftNamespaces(ctx context.Context, client kubernetes.Interface) []LeftPrerequisite {
	list, err := client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{
		LabelSelector: manifest.LabelManagedBy + "=" + manifest.Installer})
	if err != nil {
		return nil
	}
	var left []LeftPrerequisite
	for _, n := range list.Items {
		left = append(left, LeftPrerequisite{"namespace " + n.Name + ", which may contain something else",
			"kubectl delete namespace " + n.Name})
	}
	return left
}

// PendingPrerequisites returns the components of a list that the cluster lacks.
func (e *Engine) PendingPrerequisites(
	ctx context.Context, wanted []prerequisite.Component,
) ([]prerequisite.Component, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	client, err := e.Access.Client()
	if err != nil {
		return nil, err
	}
	var missing []prerequisite.Component
	for _, c := range wanted {
		state, err := prerequisite.Find(ctx, client, c)
		if err != nil {
			return nil, err
		}
		if state.NeedsInstall() {
			missing = append(missing, c)
		}
	}
	return missing, nil
}

// PendingIssuer returns the ClusterIssuer if an install has to create or update it, or
// nil: one that exists is only updated if the installer created it and it is not Ready.
func (e *Engine) PendingIssuer(
	ctx context.Context,
	wanted *unstructured.Unstructured,
) (*unstructured.Unstructured, error) {
	if wanted == nil {
		return nil, nil
	}
	found, err := e.issuer(ctx, wanted.GetName())
	if err != nil || found != nil && (!prerequisite.IsOwn(found.GetLabels()) || issuerCondition(found).isReady()) {
		return nil, err
	}
	return wanted, nil
}
