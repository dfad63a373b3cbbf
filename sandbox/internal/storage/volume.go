package storage

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// provision creates the volume of a pending claim.
func (p *Provisioner) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	if claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil || claim.Spec.StorageClassName == nil {
		return nil
	}
	class, err := p.client.StorageV1().StorageClasses().Get(ctx, *claim.Spec.StorageClassName, metav1.GetOptions{})
	if err != nil {
		return ignoreMissing(err)
	}
	if class.Provisioner != provisionerName || !due(class, claim) {
		return nil
	}
	if reason := refuse(claim); reason != "" {
		p.events.Event(claim, corev1.EventTypeWarning, "ProvisioningFailed", reason)
		return nil
	}
	name := "pvc-" + string(claim.UID)
	source, err := p.folders.Create(name)
	if err != nil {
		p.events.Event(claim, corev1.EventTypeWarning, "ProvisioningFailed", err.Error())
		return err
	}
	_, err = p.client.CoreV1().
		PersistentVolumes().
		Create(ctx, volume(name, claim, class, source, p.folders.Node), metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create volume %s: %w", name, err)
	}
	p.events.Event(claim, corev1.EventTypeNormal, "ProvisioningSucceeded", "created volume "+name)
	return nil
}

// due reports whether the claim can get its volume: with WaitForFirstConsumer,
// when the scheduler has chosen a node for its pod.
func due(class *storagev1.StorageClass, claim *corev1.PersistentVolumeClaim) bool {
	if class.VolumeBindingMode == nil || *class.VolumeBindingMode == storagev1.VolumeBindingImmediate {
		return true
	}
	return claim.Annotations[selectedNode] != ""
}

// refuse returns why a claim is not supported, or "".
func refuse(claim *corev1.PersistentVolumeClaim) string {
	for _, mode := range claim.Spec.AccessModes {
		if mode != corev1.ReadWriteOnce && mode != corev1.ReadWriteOncePod {
			return fmt.Sprintf("access mode %s is not offered: use ReadWriteOnce", mode)
		}
	}
	if claim.Spec.VolumeMode != nil && *claim.Spec.VolumeMode == corev1.PersistentVolumeBlock {
		return "block volumes are not offered: use volumeMode Filesystem"
	}
	return ""
}

func volume(
	name string,
	claim *corev1.PersistentVolumeClaim,
	class *storagev1.StorageClass,
	source corev1.PersistentVolumeSource,
	node string,
) *corev1.PersistentVolume {
	reclaim := corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		reclaim = *class.ReclaimPolicy
	}
	pv := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedBy: provisionerName}},
		Spec: corev1.PersistentVolumeSpec{
			AccessModes: claim.Spec.AccessModes,
			Capacity: corev1.ResourceList{
				corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage],
			},
			ClaimRef: &corev1.ObjectReference{
				APIVersion: "v1",
				Kind:       "PersistentVolumeClaim",
				Namespace:  claim.Namespace,
				Name:       claim.Name,
				UID:        claim.UID,
			},
			PersistentVolumeReclaimPolicy: reclaim,
			PersistentVolumeSource:        source,
			StorageClassName:              class.Name,
		},
	}
	if node != "" {
		pv.Spec.NodeAffinity = onNode(node)
	}
	return pv
}

func onNode(node string) *corev1.VolumeNodeAffinity {
	match := corev1.NodeSelectorRequirement{
		Key:      corev1.LabelHostname,
		Operator: corev1.NodeSelectorOpIn,
		Values:   []string{node},
	}
	return &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{match}}},
	}}
}

// reclaim removes the folder and the object of a volume whose claim was deleted.
func (p *Provisioner) reclaim(ctx context.Context, pv *corev1.PersistentVolume) error {
	if pv.Annotations[provisionedBy] != provisionerName || pv.Status.Phase != corev1.VolumeReleased ||
		pv.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete {
		return nil
	}
	if err := p.folders.Remove(pv.Name); err != nil {
		p.events.Event(pv, corev1.EventTypeWarning, "VolumeFailedDelete", err.Error())
		return err
	}
	return ignoreMissing(p.client.CoreV1().PersistentVolumes().Delete(ctx, pv.Name, metav1.DeleteOptions{}))
}
