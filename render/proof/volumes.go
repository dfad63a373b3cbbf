package proof

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// backupFolder is where the migration writes a file-based backup.
const backupFolder = "/backups"

// OnBackupVolume proves that the migration's backup folder is on a claim that
// satisfies wanted.
func OnBackupVolume(claim string, wanted func(corev1.PersistentVolumeClaimSpec) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		return v.Migration != nil && v.claims(v.Migration, backupFolder, wanted)
	}}
}

// configFolder is where the server stores its SQLite file.
const configFolder = "/zenml/.zenconfig"

// ClaimSize matches claims by size.
func ClaimSize(size string) func(corev1.PersistentVolumeClaimSpec) bool {
	return func(c corev1.PersistentVolumeClaimSpec) bool {
		return c.Resources.Requests.Storage().Cmp(Quantity(size)) == 0
	}
}

// ClaimClass matches claims by StorageClass.
func ClaimClass(class string) func(corev1.PersistentVolumeClaimSpec) bool {
	return func(c corev1.PersistentVolumeClaimSpec) bool {
		return c.StorageClassName != nil && *c.StorageClassName == class
	}
}

// OnVolume proves that the server's config folder is on a rendered claim that
// satisfies wanted.
func OnVolume(claim string, wanted func(corev1.PersistentVolumeClaimSpec) bool) Proof {
	return Proof{Claim: claim, Holds: func(v *View) bool {
		return v.Server != nil && v.claims(v.Server, configFolder, wanted)
	}}
}

// claims reports whether a folder of the pod is on a rendered claim that
// satisfies wanted.
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
