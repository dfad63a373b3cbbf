package proof

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// backupFolder is where the migration puts a backup made of files.
const backupFolder = "/backups"

// OnBackupVolume proves that the migration writes its backup to a claim as wanted.
func OnBackupVolume(claim string, wanted func(corev1.PersistentVolumeClaimSpec) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		return v.Migration != nil && v.claims(v.Migration, backupFolder, wanted)
	}}
}

// configFolder is where the server keeps its SQLite file.
const configFolder = "/zenml/.zenconfig"

// ClaimSize accepts claims of a size.
func ClaimSize(size string) func(corev1.PersistentVolumeClaimSpec) bool {
	return func(c corev1.PersistentVolumeClaimSpec) bool {
		return c.Resources.Requests.Storage().Cmp(Quantity(size)) == 0
	}
}

// ClaimClass accepts claims of a StorageClass.
func ClaimClass(class string) func(corev1.PersistentVolumeClaimSpec) bool {
	return func(c corev1.PersistentVolumeClaimSpec) bool {
		return c.StorageClassName != nil && *c.StorageClassName == class
	}
}

// OnVolume proves that the server's own folder is on a claim that is rendered
// and as wanted.
func OnVolume(claim string, wanted func(corev1.PersistentVolumeClaimSpec) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		return v.Server != nil && v.claims(v.Server, configFolder, wanted)
	}}
}

// claims reports whether a folder of the pod is on a rendered volume claim.
func (v *View) claims(p *Pod, folder string, wanted func(corev1.PersistentVolumeClaimSpec) bool) bool {
	name := p.claimAt(folder)
	if name == "" {
		return false
	}
	for _, o := range manifest.Find(v.Objects, "PersistentVolumeClaim", name) {
		var claim corev1.PersistentVolumeClaim
		if into(o, &claim) && (wanted == nil || wanted(claim.Spec)) {
			return true
		}
	}
	return false
}

// claimAt returns the name of the claim that is mounted at folder.
func (p *Pod) claimAt(folder string) string {
	for _, mount := range p.Main.VolumeMounts {
		if mount.MountPath != folder {
			continue
		}
		for _, volume := range p.Spec.Volumes {
			if volume.Name == mount.Name && volume.PersistentVolumeClaim != nil {
				return volume.PersistentVolumeClaim.ClaimName
			}
		}
	}
	return ""
}
