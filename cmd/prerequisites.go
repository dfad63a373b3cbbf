package cmd

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/zenml-installer/zenml-installer/install"
	installplan "github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/gatewayapi"
	"github.com/zenml-installer/zenml-installer/internal/prerequisite"
	"github.com/zenml-installer/zenml-installer/render/chart"
)

// prerequisites are what an install adds to the cluster before the release.
type prerequisites struct {
	components []install.Prerequisite
	crds       int                        // of the Gateway API
	gateway    *unstructured.Unstructured // nil for none
	issuer     *unstructured.Unstructured // nil for none
}

// findPrerequisites determines what the user agreed to install and the cluster lacks,
// and pulls its charts. A Gateway of somebody else needs nothing.
func (u *setup) findPrerequisites(ctx context.Context) (prerequisites, error) {
	var p prerequisites
	wanted := prerequisite.Gateway(u.answers)
	if foreign, err := u.engine.ForeignGateway(ctx, wanted); foreign || err != nil {
		return p, err
	}
	missing, err := u.engine.PendingPrerequisites(ctx, prerequisite.Wanted(u.answers))
	if err != nil {
		return p, err
	}
	for _, c := range missing {
		loaded, err := u.prerequisiteChart(ctx, c)
		if err != nil {
			return p, err
		}
		p.components = append(p.components, install.Prerequisite{Component: c, Chart: loaded, Values: c.Values(u.answers)})
	}
	if p.crds, err = u.engine.PendingCRDs(ctx, install.Plan{Prerequisites: p.components}); err != nil {
		return p, err
	}
	if p.gateway, err = u.engine.PendingGateway(ctx, wanted); err != nil {
		return p, err
	}
	p.issuer, err = u.engine.PendingIssuer(ctx, prerequisite.ClusterIssuer(u.answers))
	return p, err
}

// prerequisiteChart pulls the chart of a component.
func (u *setup) prerequisiteChart(ctx context.Context, c prerequisite.Component) (*chart.Chart, error) {
	ref, version := c.Pull()
	loaded, err := u.load(ctx, chart.Source{Ref: ref, Version: version, PlainHTTP: u.plainHTTP,
		Renderer: u.streams.Renderer})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	fault := answers.Fault{Key: "prerequisites.charts",
		Remedy: fmt.Sprintf("set prerequisites.charts to {%s: REFERENCE}, or install %s yourself: %s", c.Name, c.Title,
			c.InstallCommand())}
	var source *chart.SourceError
	switch {
	case errors.As(err, &source):
		bare := *source
		bare.Remedy = ""
		fault.Summary = fmt.Sprintf("cannot get the chart of %s: %v", c.Title, &bare)
	case err != nil:
		fault.Summary = fmt.Sprintf("cannot get the chart of %s: %v", c.Title, err)
	case loaded.Info.Name != c.Name:
		fault.Summary = fmt.Sprintf("%s is the chart %s, not %s", c.Ref, loaded.Info.Name, c.Name)
	default:
		return loaded, nil
	}
	return nil, usage(u.file.Locate(answers.Faults{fault}))
}

// checkPrerequisite pulls the chart of a component for the checks.
func (u *setup) checkPrerequisite(ctx context.Context, c prerequisite.Component) error {
	_, err := u.prerequisiteChart(ctx, c)
	var faults answers.Faults
	if errors.As(err, &faults) && len(faults) == 1 {
		return faultError{faults[0]}
	}
	return err
}

// faultError is a fault of an answer with its remedy apart.
type faultError struct{ answers.Fault }

func (e faultError) Error() string { return e.Summary }

// Remedy returns how to correct the answer.
func (e faultError) Remedy() string { return e.Fault.Remedy }

// sentences describe what is installed, with versions and sources.
func (p prerequisites) sentences() []string {
	var said []string
	if p.crds > 0 {
		said = append(said, fmt.Sprintf("Create %d CRDs of the Gateway API %s, which the installer contains.", p.crds,
			gatewayapi.Version))
	}
	for _, c := range p.components {
		text := fmt.Sprintf("Install %s %s from %s (release %s in namespace %s).", c.Title, c.Chart.Info.Version, c.Ref,
			c.Name, c.Name)
		if c.Retired != "" {
			text += fmt.Sprintf(" It was retired on %s and gets no security fixes.", c.Retired)
		}
		said = append(said, text)
	}
	if p.gateway != nil {
		class, _, _ := unstructured.NestedString(p.gateway.Object, "spec", "gatewayClassName")
		verb := "Create"
		if p.gateway.GetResourceVersion() != "" {
			verb = "Update"
		}
		said = append(said, fmt.Sprintf("%s Gateway %s of class %s in namespace %s, and wait until its controller accepts "+
			"it.", verb, p.gateway.GetName(), class, p.gateway.GetNamespace()))
	}
	if p.issuer != nil {
		server, _, _ := unstructured.NestedString(p.issuer.Object, "spec", "acme", "server")
		said = append(said, fmt.Sprintf("Create ClusterIssuer %s for %s, and wait until it is Ready.", p.issuer.GetName(),
			server))
	}
	return said
}

// installs returns what is installed for a plan.
func (p prerequisites) installs() []installplan.Install {
	var list []installplan.Install
	if p.crds > 0 {
		list = append(list, installplan.Install{Kind: "CustomResourceDefinition", Name: gatewayapi.Group,
			Version: gatewayapi.Version, Source: "zenml-installer"})
	}
	for _, c := range p.components {
		list = append(list, installplan.Install{Kind: "Release", Namespace: c.Name, Name: c.Name,
			Version: c.Chart.Info.Version, Source: c.Ref})
	}
	if p.gateway != nil {
		class, _, _ := unstructured.NestedString(p.gateway.Object, "spec", "gatewayClassName")
		list = append(list, installplan.Install{Kind: p.gateway.GetKind(), Namespace: p.gateway.GetNamespace(),
			Name: p.gateway.GetName(), Source: "GatewayClass " + class})
	}
	if p.issuer != nil {
		server, _, _ := unstructured.NestedString(p.issuer.Object, "spec", "acme", "server")
		list = append(list, installplan.Install{Kind: p.issuer.GetKind(), Name: p.issuer.GetName(), Source: server})
	}
	return list
}

// findLeft finds what an uninstall keeps besides the server: the prerequisites, and the
// namespace, which may contain something else.
func (r *removal) findLeft(ctx context.Context) {
	for _, l := range r.setup.engine.LeftPrerequisites(ctx) {
		r.left = append(r.left, leftover{l.What, l.Command})
	}
	if name := r.setup.answers.Cluster.Namespace; name != metav1.NamespaceDefault {
		r.left = append(r.left, leftover{"namespace " + name + ", which may contain something else",
			r.setup.kubectl("delete", "namespace", name)})
	}
}
