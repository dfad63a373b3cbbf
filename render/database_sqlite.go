package render

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// configFolder is where the server keeps its SQLite file.
const configFolder = "/zenml/.zenconfig"

// sqlite writes the server's own file database, on a volume or not.
func sqlite(d *draft) {
	db := d.a.Database
	if db.Type != answers.SQLiteDatabase {
		return
	}
	d.proveOnly("database.type", noMySQL())
	if !db.SQLite.Persistent {
		return
	}
	if !d.supports("database.persistence", "database.sqlite.persistent", "cannot keep SQLite on a volume") {
		return
	}
	d.needsGroup = "database.sqlite.persistent"
	d.comment("database", "SQLite on a volume of its own, so that it outlives the pod (database.sqlite). The volume stays when the release is removed.")
	d.set("database.persistence.enabled", true, "database.type", "database.sqlite.persistent").prove(onVolume("SQLite is on a volume", nil))
	d.set("database.persistence.size", db.SQLite.Size, "database.sqlite.size").prove(onVolume("the volume is "+db.SQLite.Size, claimsSize(db.SQLite.Size)))
	if class := db.SQLite.StorageClass; class != "" {
		d.set("database.persistence.storageClassName", class, "database.sqlite.storageClass").prove(onVolume("the volume's class is "+class, claimsClass(class)))
	}
}

func noMySQL() proof {
	p := podsLack("ZENML_STORE_URL")
	p.claim = "no database URL is set and no migration Job is there"
	without := p.holds
	p.holds = func(v *view) bool { return v.migration == nil && without(v) }
	return p
}

func claimsSize(size string) func(corev1.PersistentVolumeClaimSpec) bool {
	return func(c corev1.PersistentVolumeClaimSpec) bool {
		return c.Resources.Requests.Storage().Cmp(quantityOf(size)) == 0
	}
}

func claimsClass(class string) func(corev1.PersistentVolumeClaimSpec) bool {
	return func(c corev1.PersistentVolumeClaimSpec) bool {
		return c.StorageClassName != nil && *c.StorageClassName == class
	}
}

// onVolume proves that the server's own folder is on a claim that is rendered
// and as wanted.
func onVolume(claim string, wanted func(corev1.PersistentVolumeClaimSpec) bool) proof {
	return proof{claim: claim, holds: func(v *view) bool {
		return v.server != nil && v.claims(v.server, configFolder, wanted)
	}}
}

// claims tells whether a folder of the pod is on a rendered volume claim.
func (v *view) claims(p *pod, folder string, wanted func(corev1.PersistentVolumeClaimSpec) bool) bool {
	name := p.claimAt(folder)
	if name == "" {
		return false
	}
	for _, o := range manifest.Find(v.objects, "PersistentVolumeClaim", name) {
		var claim corev1.PersistentVolumeClaim
		if into(o, &claim) && (wanted == nil || wanted(claim.Spec)) {
			return true
		}
	}
	return false
}

// claimAt returns the name of the claim that is mounted at folder.
func (p *pod) claimAt(folder string) string {
	for _, mount := range p.main.VolumeMounts {
		if mount.MountPath != folder {
			continue
		}
		for _, volume := range p.spec.Volumes {
			if volume.Name == mount.Name && volume.PersistentVolumeClaim != nil {
				return volume.PersistentVolumeClaim.ClaimName
			}
		}
	}
	return ""
}
