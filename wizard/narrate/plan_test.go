package narrate

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/plan"
	"github.com/zenml-installer/zenml-installer/wizard/theme"
)

func TestPlan(t *testing.T) {
	styles := theme.New(theme.Terminal{})
	p := plan.Plan{Objects: []plan.Object{
		{Kind: "Secret", Name: "zenml-server", Action: plan.Unchanged},
		{Kind: "Deployment", Name: "zenml-server", Action: plan.Change, RestartsPods: true,
			Image: &plan.ImageChange{From: "zenml:1", To: "zenml:2"}, Diff: "--- cluster\n+++ plan\n-a\n+b\n"},
		{Kind: "Job", Name: "migration", Action: plan.Run},
		{Kind: "Ingress", Name: "zenml-server", Action: plan.Create, AfterActivation: true},
	}, Notes: []string{"No permission for a dry run."}}
	certManager := plan.Install{Kind: "Release", Name: "cert-manager", Version: "v1.2.3", Source: "oci://example.com/c"}
	r := plan.Report{Revision: 4, Installs: []plan.Install{certManager}, Steps: []string{"Upgrade the release."},
		Prerequisites: []plan.Prerequisite{
			{Check: "expose.class", Status: "fail", Message: "there is no IngressClass nginx", Remedy: "install it"},
			{Check: "cluster.nodes", Status: "warn", Message: "one node is old"}}}
	text := Plan(styles, r.With(p, false))
	for _, want := range []string{
		"  1. Upgrade the release.\n", "Warnings about the cluster\n    cluster.nodes: one node is old\n\n",
		"Missing prerequisites\n    expose.class: there is no IngressClass nginx\n        install it",
		"= leave   Secret zenml-server\n", "~ change  Deployment zenml-server: its pods are replaced; image zenml:1 -> zenml:2\n",
		"    -a\n    +b\n", "* hook    Job migration", "Not compared\n    No permission",
		"+ create  Ingress zenml-server: after the activation\n",
		"Installed before the release\n    Release cert-manager v1.2.3 from oci://example.com/c\n",
		"Plan: 1 created, 1 changed, 0 deleted, 1 unchanged, 1 hook run. Nothing has been changed.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing %q in\n%s", want, text)
		}
	}
	p.Objects, r.Installs = p.Objects[:1], nil
	if text := Plan(styles, r.With(p, false)); !strings.Contains(text, "Nothing would change.") ||
		!strings.Contains(text, "record revision 5") {
		t.Error(text)
	}
	for name, changed := range map[string]plan.Report{
		"values": {Revision: 4, Values: []string{"~ a: 1 -> 2"}}, "new release": {},
	} {
		if changed.With(p, false).UpToDate {
			t.Errorf("%s: up to date", name)
		}
	}
	if r.With(p, true).UpToDate {
		t.Error("another chart: up to date")
	}
}
