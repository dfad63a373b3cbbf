package values

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// placement sets node selection, tolerations, affinity, labels and annotations.
func placement(d *draft) {
	s := d.a.Server
	if len(s.PodAnnotations) > 0 {
		d.setTop("podAnnotations", s.PodAnnotations, "server.podAnnotations").
			prove(proof.Server("the pods have the annotations", func(p *proof.Pod) bool { return proof.Includes(p.Annotations, s.PodAnnotations) }))
	}
	if len(s.NodeSelector) > 0 {
		d.setTop("nodeSelector", s.NodeSelector, "server.nodeSelector").
			prove(proof.Pods("the pods have the node selector", func(p *proof.Pod) bool { return maps.Equal(p.Spec.NodeSelector, s.NodeSelector) }))
	}
	if len(s.Tolerations) > 0 {
		d.setTop("tolerations", s.Tolerations, "server.tolerations").
			prove(proof.Pods("the pods have the tolerations", func(p *proof.Pod) bool { return tree.Covers(p.Raw["tolerations"], s.Tolerations) }))
	}
	if len(s.Affinity) > 0 {
		d.setTop("affinity", s.Affinity, "server.affinity").
			prove(proof.Server("the server has the affinity", func(p *proof.Pod) bool { return tree.Covers(p.Raw["affinity"], s.Affinity) }))
	}
}

// serviceAccount sets the pods' service account.
func serviceAccount(d *draft) {
	a := d.a.Server.ServiceAccount
	if a.Name != "" || a.Existing || len(a.Annotations) > 0 {
		d.commentTop("serviceAccount", "The identity of the pods (server.serviceAccount).")
	}
	if a.Existing {
		d.setTop("serviceAccount.create", false, "server.serviceAccount.existing").prove(proof.NoneOf("ServiceAccount"))
	}
	if a.Name != "" {
		d.setTop("serviceAccount.name", a.Name, "server.serviceAccount.name").
			prove(proof.Server("the server runs as service account "+a.Name, func(p *proof.Pod) bool { return p.Spec.ServiceAccountName == a.Name }),
				// the migration Job runs before the chart's service account
				// exists, as NAME-db-migration
				proof.Pods("the migration's service account is named after "+a.Name, func(p *proof.Pod) bool { return strings.HasPrefix(p.Spec.ServiceAccountName, a.Name) }),
			)
	}
	if len(a.Annotations) > 0 {
		d.setTop("serviceAccount.annotations", a.Annotations, "server.serviceAccount.annotations").prove(proof.Proof{
			Claim: "the service accounts of the server and the migration have the annotations",
			Holds: func(v *proof.View) bool {
				return v.All(func(p *proof.Pod) bool {
					found := manifest.Find(v.Objects, "ServiceAccount", p.Spec.ServiceAccountName)
					return len(found) == 1 && proof.Includes(found[0].GetAnnotations(), a.Annotations)
				})
			},
		})
	}
}

// resources sets the resource requests and limits.
func resources(d *draft) {
	server, migration := d.a.Server.Resources, d.a.Server.MigrationResources
	if len(server.Requests)+len(server.Limits) > 0 {
		d.commentTop("resources", "Resources of each server pod (server.resources).")
	}
	if len(migration.Requests)+len(migration.Limits) > 0 {
		d.commentTop("resourcesMigrationPod", "Resources of the migration pod (server.migrationResources).")
	}
	ofServer := func(v *proof.View) *proof.Pod { return v.Server }
	ofMigration := func(v *proof.View) *proof.Pod { return v.Migration }
	requests := func(r corev1.ResourceRequirements) corev1.ResourceList { return r.Requests }
	limits := func(r corev1.ResourceRequirements) corev1.ResourceList { return r.Limits }
	d.amounts("resources.requests", "server.resources.requests", server.Requests, ofServer, requests)
	d.amounts("resources.limits", "server.resources.limits", server.Limits, ofServer, limits)
	d.amounts(
		"resourcesMigrationPod.requests",
		"server.migrationResources.requests",
		migration.Requests,
		ofMigration,
		requests,
	)
	d.amounts("resourcesMigrationPod.limits", "server.migrationResources.limits", migration.Limits, ofMigration, limits)
}

func (d *draft) amounts(
	name, key string,
	want map[string]string,
	of func(*proof.View) *proof.Pod,
	list func(corev1.ResourceRequirements) corev1.ResourceList,
) {
	if len(want) == 0 {
		return
	}
	d.setTop(name, want, key).prove(proof.Proof{
		Claim: "the container has " + name,
		Holds: func(v *proof.View) bool {
			p := of(v)
			return p != nil && !slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(resource string) bool {
				have, ok := list(p.Main.Resources)[corev1.ResourceName(resource)]
				return !ok || have.Cmp(proof.Quantity(want[resource])) != 0
			})
		},
	})
}
