package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/sandbox/internal/simnode"
	"github.com/zenml-installer/zenml-installer/sandbox/standin"
)

func TestSimulatedNodes(t *testing.T) {
	s := up(t, "simulated", "--nodes", "simulated", "--count", "3")
	if s.State != "running" || s.Nodes.Kind != "simulated" || s.Nodes.Count != 3 {
		t.Fatalf("state %q, nodes %+v", s.State, s.Nodes)
	}
	for name, test := range map[string]func(*testing.T, *sandbox){
		"a pod of the stand-in serves and logs":    simulatedServer,
		"a migration succeeds or fails as it does": simulatedMigration,
		"the installer's database check":           simulatedCheck,
		"a missing Secret keeps a pod waiting":     simulatedMissingSecret,
		"a volume keeps what a server wrote":       simulatedVolume,
		"faults are played":                        simulatedFaults,
		"a job of another image completes":         simulatedJob,
	} {
		t.Run(name, func(t *testing.T) { test(t, s) })
	}
}

func simulatedServer(t *testing.T, s *sandbox) {
	s.create(t, s.pod("server", nil, nil))
	s.waitPhase(t, "server", corev1.PodRunning)
	s.waitLog(t, "server", "Application startup complete")
	if info := s.get(t, "server", "/api/v1/info"); !strings.Contains(info, `"database_type":"sqlite"`) {
		t.Errorf("info: %s", info)
	}
	if out, err := s.exec(t, "server", "id"); err == nil {
		t.Errorf("exec must be refused on simulated nodes, it wrote %q", out)
	}
}

func simulatedMigration(t *testing.T, s *sandbox) {
	for name, want := range map[string]struct {
		password string
		phase    corev1.PodPhase
		log      string
	}{
		"right": {password(t, s), corev1.PodSucceeded, "Database migration finished."},
		"wrong": {"not-the-password", corev1.PodFailed, "Access denied"},
	} {
		url := fmt.Sprintf(
			"mysql://%s:%s@%s:%d/%s",
			s.Database.User,
			want.password,
			s.Database.Host,
			s.Database.Port,
			s.Database.Name,
		)
		s.create(t, s.pod("migration-"+name, []string{"migrate-database"}, map[string]string{"ZENML_STORE_URL": url}))
		s.waitPhase(t, "migration-"+name, want.phase)
		if log := s.logs(t, "migration-"+name); !strings.Contains(log, want.log) {
			t.Errorf("log of the migration with the %s password: %s", name, log)
		}
	}
}

func simulatedCheck(t *testing.T, s *sandbox) {
	for name, want := range map[string]struct{ password, log string }{
		"right": {password(t, s), `"step":"done"`},
		"wrong": {"not-the-password", `"code":1045`},
	} {
		secret := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "check-" + name},
			StringData: map[string]string{"password": want.password},
		}
		if _, err := s.client.CoreV1().Secrets(namespace).Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
		pod := s.pod("check-"+name, nil, map[string]string{
			"ZENML_PREFLIGHT_HOST": s.Database.Host, "ZENML_PREFLIGHT_PORT": fmt.Sprint(s.Database.Port), "ZENML_PREFLIGHT_TLS": "off",
			"ZENML_PREFLIGHT_USER": s.Database.User, "ZENML_PREFLIGHT_DATABASE": s.Database.Name, "ZENML_PREFLIGHT_FILES": "/run/check",
		})
		pod.Spec.Containers[0].Command = []string{"python3", "-c", standin.CheckMarker + "main()"}
		pod.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "files", MountPath: "/run/check"}}
		pod.Spec.Volumes = []corev1.Volume{
			{
				Name:         "files",
				VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: secret.Name}},
			},
		}
		s.create(t, pod)
		s.waitPhase(t, pod.Name, corev1.PodSucceeded)
		if log := s.logs(t, pod.Name); !strings.Contains(log, want.log) {
			t.Errorf("the check with the %s password: %s", name, log)
		}
	}
}

func simulatedMissingSecret(t *testing.T, s *sandbox) {
	pod := s.pod("missing-secret", nil, nil)
	pod.Spec.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: "no-such-secret"},
	}}}
	s.create(t, pod)
	s.waitReason(t, "missing-secret", "CreateContainerConfigError")
}

// simulatedVolume replaces a server and expects the same server identity in its
// database.
func simulatedVolume(t *testing.T, s *sandbox) {
	s.claim(t, "kept")
	var identities []string
	for _, name := range []string{"first", "second"} {
		pod := s.pod(name, nil, nil)
		mount(pod, "kept", "/zenml/.zenconfig")
		s.create(t, pod)
		s.waitPhase(t, name, corev1.PodRunning)
		_, rest, _ := strings.Cut(s.get(t, name, "/api/v1/info"), `"id":"`)
		identity, _, _ := strings.Cut(rest, `"`)
		identities = append(identities, identity)
		now := int64(0)
		if err := s.client.CoreV1().Pods(namespace).Delete(t.Context(), name, metav1.DeleteOptions{GracePeriodSeconds: &now}); err != nil {
			t.Fatal(err)
		}
	}
	if identities[0] == "" || identities[0] != identities[1] {
		t.Errorf("server identities %q, want the same twice", identities)
	}
}

func simulatedFaults(t *testing.T, s *sandbox) {
	for fault, reason := range map[string]string{
		"crash": "CrashLoopBackOff", "oom": "CrashLoopBackOff", "pull-error": "ImagePullBackOff",
	} {
		pod := s.pod("fault-"+fault, nil, nil)
		pod.Labels = map[string]string{simnode.Fault: fault}
		s.create(t, pod)
		s.waitReason(t, pod.Name, reason)
	}
	pod := s.pod("unknown-tag", nil, nil)
	pod.Spec.Containers[0].Image = "docker.io/zenmldocker/zenml-server:no-such-tag"
	s.create(t, pod)
	s.waitReason(t, pod.Name, "ImagePullBackOff")
}

func simulatedJob(t *testing.T, s *sandbox) {
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{Name: "other"},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "other", Image: "example.com/other:1"}},
		}}},
	}
	if _, err := s.client.BatchV1().Jobs(namespace).Create(t.Context(), job, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, 20*time.Second, func(ctx context.Context) string {
		job, err := s.client.BatchV1().Jobs(namespace).Get(ctx, "other", metav1.GetOptions{})
		if err != nil {
			return err.Error()
		}
		if job.Status.Succeeded != 1 {
			return fmt.Sprintf("job: %+v", job.Status)
		}
		return ""
	})
}
