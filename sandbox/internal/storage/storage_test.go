package storage

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

// serve runs a provisioner with a fake clientset.
func serve(t *testing.T, folders Folders) *fake.Clientset {
	t.Helper()
	client := fake.NewClientset()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, client, folders) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return client
}

func newClaim(mode corev1.PersistentVolumeAccessMode, annotations map[string]string) *corev1.PersistentVolumeClaim {
	class := ClassName
	return &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "claim", UID: "uid", Annotations: annotations},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: &class,
			AccessModes:      []corev1.PersistentVolumeAccessMode{mode},
		},
	}
}

func wait(t *testing.T, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !check(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come true", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestVolumeComesAndGoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "volumes")
	client := serve(t, Folders{Dir: dir, Node: "node"})
	claims, volumes := client.CoreV1().PersistentVolumeClaims("ns"), client.CoreV1().PersistentVolumes()
	claim, err := claims.Create(t.Context(), newClaim(corev1.ReadWriteOnce, nil), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wait(t, "the StorageClass", func() bool {
		class, err := client.StorageV1().StorageClasses().Get(t.Context(), ClassName, metav1.GetOptions{})
		return err == nil && class.Annotations["storageclass.kubernetes.io/is-default-class"] == "true"
	})
	claim.Annotations = map[string]string{selectedNode: "node"}
	if _, err := claims.Update(t.Context(), claim, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	var volume *corev1.PersistentVolume
	wait(t, "the volume", func() bool {
		volume, err = volumes.Get(t.Context(), "pvc-uid", metav1.GetOptions{})
		return err == nil
	})
	info, err := os.Stat(volume.Spec.Local.Path)
	if err != nil || info.Mode().Perm() != 0o777 {
		t.Fatalf("folder %s: %v, %v", volume.Spec.Local.Path, info, err)
	}
	if volume.Spec.NodeAffinity == nil || volume.Spec.ClaimRef.Name != "claim" {
		t.Errorf("volume %+v", volume.Spec)
	}
	volume.Status.Phase = corev1.VolumeReleased
	if _, err := volumes.Update(t.Context(), volume, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	wait(t, "the volume's end", func() bool {
		_, err := volumes.Get(t.Context(), "pvc-uid", metav1.GetOptions{})
		_, stat := os.Stat(volume.Spec.Local.Path)
		return err != nil && os.IsNotExist(stat)
	})
}

// TestClaimWaits verifies that a claim gets no volume before a pod uses it, and
// that an unsupported access mode causes an event.
func TestClaimWaits(t *testing.T) {
	client := serve(t, Folders{Dir: filepath.Join(t.TempDir(), "volumes"), Node: "node"})
	waiting := newClaim(corev1.ReadWriteOnce, nil)
	refused := newClaim(corev1.ReadWriteMany, map[string]string{selectedNode: "node"})
	refused.Name, refused.UID = "refused", "other"
	for _, claim := range []*corev1.PersistentVolumeClaim{waiting, refused} {
		if _, err := client.CoreV1().PersistentVolumeClaims("ns").Create(t.Context(), claim, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	wait(t, "the refusal's event", func() bool {
		events, err := client.CoreV1().Events("ns").List(t.Context(), metav1.ListOptions{})
		return err == nil && len(events.Items) == 1 && events.Items[0].Reason == "ProvisioningFailed" &&
			events.Items[0].InvolvedObject.Name == "refused"
	})
	volumes, err := client.CoreV1().PersistentVolumes().List(t.Context(), metav1.ListOptions{})
	if err != nil || len(volumes.Items) != 0 {
		t.Errorf("volumes %v, %v", volumes.Items, err)
	}
}

func TestSimulatedVolumeHasNoFolder(t *testing.T) {
	source, err := Folders{}.Create("pvc-1")
	if err != nil || source.HostPath == nil {
		t.Fatalf("source %+v, %v", source, err)
	}
	if _, err := os.Stat(source.HostPath.Path); err == nil {
		t.Errorf("%s was made", source.HostPath.Path)
	}
}
