package render

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// placement writes where the pods run and what stands on them.
func placement(d *draft) {
	s := d.a.Server
	if len(s.PodAnnotations) > 0 {
		d.setTop("podAnnotations", s.PodAnnotations, "server.podAnnotations").
			prove(serverShows("the pods have the annotations", func(p *pod) bool { return includes(p.annotations, s.PodAnnotations) }))
	}
	if len(s.NodeSelector) > 0 {
		d.setTop("nodeSelector", s.NodeSelector, "server.nodeSelector").
			prove(podsShow("the pods have the node selector", func(p *pod) bool { return maps.Equal(p.spec.NodeSelector, s.NodeSelector) }))
	}
	if len(s.Tolerations) > 0 {
		d.setTop("tolerations", s.Tolerations, "server.tolerations").
			prove(podsShow("the pods have the tolerations", func(p *pod) bool { return covers(p.raw["tolerations"], s.Tolerations) }))
	}
	if len(s.Affinity) > 0 {
		d.setTop("affinity", s.Affinity, "server.affinity").
			prove(serverShows("the server has the affinity", func(p *pod) bool { return covers(p.raw["affinity"], s.Affinity) }))
	}
}

// serviceAccount writes the identity of the pods.
func serviceAccount(d *draft) {
	a := d.a.Server.ServiceAccount
	if a.Name != "" || a.Existing || len(a.Annotations) > 0 {
		d.commentTop("serviceAccount", "The identity of the pods (server.serviceAccount).")
	}
	if a.Existing {
		d.setTop("serviceAccount.create", false, "server.serviceAccount.existing").prove(noneOf("ServiceAccount"))
	}
	if a.Name != "" {
		d.setTop("serviceAccount.name", a.Name, "server.serviceAccount.name").
			prove(serverShows("the server runs as service account "+a.Name, func(p *pod) bool { return p.spec.ServiceAccountName == a.Name }),
				// the migration runs before the chart's own account is there, as NAME-db-migration
				podsShow("the migration's service account is named after "+a.Name, func(p *pod) bool { return strings.HasPrefix(p.spec.ServiceAccountName, a.Name) }))
	}
	if len(a.Annotations) > 0 {
		d.setTop("serviceAccount.annotations", a.Annotations, "server.serviceAccount.annotations").prove(proof{
			claim: "the service accounts of the server and the migration have the annotations",
			holds: func(v *view) bool {
				return v.all(func(p *pod) bool {
					found := manifest.Find(v.objects, "ServiceAccount", p.spec.ServiceAccountName)
					return len(found) == 1 && includes(found[0].GetAnnotations(), a.Annotations)
				})
			},
		})
	}
}

// resources writes what the pods ask for and may use at most.
func resources(d *draft) {
	server, migration := d.a.Server.Resources, d.a.Server.MigrationResources
	if len(server.Requests)+len(server.Limits) > 0 {
		d.commentTop("resources", "Of each server pod (server.resources).")
	}
	if len(migration.Requests)+len(migration.Limits) > 0 {
		d.commentTop("resourcesMigrationPod", "Of the migration's pod (server.migrationResources).")
	}
	ofServer := func(v *view) *pod { return v.server }
	ofMigration := func(v *view) *pod { return v.migration }
	requests := func(r corev1.ResourceRequirements) corev1.ResourceList { return r.Requests }
	limits := func(r corev1.ResourceRequirements) corev1.ResourceList { return r.Limits }
	d.amounts("resources.requests", "server.resources.requests", server.Requests, ofServer, requests)
	d.amounts("resources.limits", "server.resources.limits", server.Limits, ofServer, limits)
	d.amounts("resourcesMigrationPod.requests", "server.migrationResources.requests", migration.Requests, ofMigration, requests)
	d.amounts("resourcesMigrationPod.limits", "server.migrationResources.limits", migration.Limits, ofMigration, limits)
}

func (d *draft) amounts(name, key string, want map[string]string, of func(*view) *pod, list func(corev1.ResourceRequirements) corev1.ResourceList) {
	if len(want) == 0 {
		return
	}
	d.setTop(name, want, key).prove(proof{
		claim: "the container has " + name,
		holds: func(v *view) bool {
			p := of(v)
			return p != nil && !slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(resource string) bool {
				have, ok := list(p.main.Resources)[corev1.ResourceName(resource)]
				return !ok || have.Cmp(quantityOf(want[resource])) != 0
			})
		},
	})
}
