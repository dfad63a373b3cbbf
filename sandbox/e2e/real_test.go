package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/realnode"
)

func TestRealNode(t *testing.T) {
	needReal(t)
	s := up(t, "real", "--nodes", "real")
	if s.State != "running" || s.Nodes.Kind != "real" {
		t.Fatalf("state %q, nodes %q", s.State, s.Nodes.Kind)
	}
	for name, test := range map[string]func(*testing.T, *sandbox){
		"a pod serves, logs, forwards and executes": realServer,
		"a volume is writable as user 1000":         realVolume,
		"an unknown tag is not found":               realUnknownTag,
		"a pod reaches the database on the host":    realDatabase,
		"up again prints the same kubeconfig":       upAgain,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func realServer(t *testing.T, s *sandbox) {
	s.create(t, s.pod("server", nil, nil))
	s.waitPhase(t, "server", corev1.PodRunning)
	s.waitLog(t, "server", "Application startup complete")
	if info := s.get(t, "server", "/api/v1/info"); !strings.Contains(info, `"database_type":"sqlite"`) {
		t.Errorf("info: %s", info)
	}
	if out, err := s.exec(t, "server", "sleep", "0"); err != nil {
		t.Errorf("exec: %v\n%s", err, out)
	}
}

// realVolume runs a server with SQLite on a volume, with and without fsGroup.
func realVolume(t *testing.T, s *sandbox) {
	user, nonRoot := int64(1000), true
	for _, group := range []*int64{nil, &user} {
		name := fmt.Sprintf("volume-%t", group != nil)
		s.claim(t, name)
		pod := s.pod(name, nil, map[string]string{"ZENML_CONFIG_PATH": "/data"})
		pod.Spec.SecurityContext = &corev1.PodSecurityContext{RunAsUser: &user, RunAsNonRoot: &nonRoot, FSGroup: group}
		mount(pod, name, "/data")
		s.create(t, pod)
		s.waitPhase(t, name, corev1.PodRunning)
		s.waitLog(t, name, "Application startup complete")
		folder := volumeFolder(t, s, name)
		database := filepath.Join(folder, "local_stores", "default_zen_store", "zenml.db")
		info, err := os.Stat(database)
		if err != nil {
			t.Fatal(err)
		}
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 1000 {
			t.Errorf("the database file belongs to user %d, want 1000", owner)
		}
		s.removeWithClaim(t, name, folder)
	}
}

func volumeFolder(t *testing.T, s *sandbox, claim string) string {
	t.Helper()
	bound, err := s.client.CoreV1().PersistentVolumeClaims(namespace).Get(t.Context(), claim, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	volume, err := s.client.CoreV1().PersistentVolumes().Get(t.Context(), bound.Spec.VolumeName, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return volume.Spec.Local.Path
}

// removeWithClaim deletes pod and claim, and waits until the volume's folder is
// deleted.
func (s *sandbox) removeWithClaim(t *testing.T, name, folder string) {
	t.Helper()
	now := int64(0)
	if err := s.client.CoreV1().Pods(namespace).Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
		t.Fatal(err)
	}
	if err := s.client.CoreV1().PersistentVolumeClaims(namespace).Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 30*time.Second, func(context.Context) string {
		if _, err := os.Stat(folder); !os.IsNotExist(err) {
			return fmt.Sprintf("folder %s of a deleted claim is still there (%v)", folder, err)
		}
		return ""
	})
}

func realUnknownTag(t *testing.T, s *sandbox) {
	pod := s.pod("unknown-tag", nil, nil)
	pod.Spec.Containers[0].Image = "zenmldocker/zenml-server:no-such-tag"
	s.create(t, pod)
	s.waitReason(t, "unknown-tag", "ErrImagePull", "ImagePullBackOff")
	eventually(t, 10*time.Second, func(ctx context.Context) string {
		events, err := s.client.CoreV1().
			Events(namespace).
			List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=unknown-tag"})
		if err != nil {
			return err.Error()
		}
		for _, event := range events.Items {
			if strings.Contains(event.Message, "not found") {
				return ""
			}
		}
		return "no event says that the image was not found"
	})
}

// realDatabase migrates the sandbox's database from a pod, by address and by
// name.
func realDatabase(t *testing.T, s *sandbox) {
	for name, host := range map[string]string{"by-address": s.Database.Host, "by-name": realnode.HostName} {
		url := fmt.Sprintf(
			"mysql://%s:%s@%s:%d/%s",
			s.Database.User,
			password(t, s),
			host,
			s.Database.Port,
			s.Database.Name,
		)
		s.create(t, s.pod(name, []string{"migrate-database"}, map[string]string{"ZENML_STORE_URL": url}))
		s.waitPhase(t, name, corev1.PodSucceeded)
	}
}

func upAgain(t *testing.T, s *sandbox) {
	stdout, stderr, err := command(t, "up", "--name", s.Name)
	if err != nil || strings.TrimSpace(stdout) != s.Kubeconfig {
		t.Errorf("up again: %v, %q\n%s", err, stdout, stderr)
	}
	if _, _, err := command(t, "up", "--name", s.Name, "--nodes", "simulated"); err == nil {
		t.Error("up with other nodes than those that run must fail")
	}
}
