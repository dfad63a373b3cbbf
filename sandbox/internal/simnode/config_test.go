package simnode

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/kwok/pkg/apis/internalversion"
	"sigs.k8s.io/kwok/pkg/config"
)

// TestConfigIsKwoks parses the rendered configuration with kwok.
func TestConfigIsKwoks(t *testing.T) {
	data, err := Config{
		PodCIDR:        "10.244.0.0/16",
		NodeIP:         "127.0.0.1",
		KubeletPort:    10250,
		KubeletVersion: "v1.0.0",
	}.Render()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kwok.yaml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := config.Load(t.Context(), path)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	stages := config.FilterWithType[*internalversion.Stage](objects)
	if want := len(podStages()) + 2; len(stages) != want {
		t.Errorf("%d stages, want %d", len(stages), want)
	}
	options := config.FilterWithType[*internalversion.KwokConfiguration](objects)
	if len(options) != 1 || !options[0].Options.ManageAllNodes || options[0].Options.EnableDebuggingHandlers {
		t.Errorf("options %+v", options)
	}
}

func TestStandInImage(t *testing.T) {
	for image, want := range map[string]bool{
		"zenmldocker/zenml-server:1": true, "docker.io/zenmldocker/zenml-server": true, "mirror.example/a/zenmldocker/zenml-server@sha256:0": true,
		"zenmldocker/zenml-server-pro:1": false, "nginx": false, "notzenmldocker/zenml-server:1": false,
	} {
		if got := regexp.MustCompile(standInImage).MatchString(image); got != want {
			t.Errorf("%s: %t, want %t", image, got, want)
		}
	}
}

func TestTail(t *testing.T) {
	for count, want := range map[string]string{
		"": "a\nb\nc\n", "2": "b\nc\n", "1": "c\n", "0": "", "9": "a\nb\nc\n", "3": "a\nb\nc\n",
	} {
		if got := string(tail([]byte("a\nb\nc\n"), count)); got != want {
			t.Errorf("tailLines=%q: %q, want %q", count, got, want)
		}
	}
}

func TestTagOf(t *testing.T) {
	for image, want := range map[string]string{
		"a/b:1": "1", "h:5000/a/b": "", "h:5000/a/b:2": "2", "a/b:3@sha256:00": "3", "a/b": "",
	} {
		if got := tagOf(image); got != want {
			t.Errorf("%s: %q, want %q", image, got, want)
		}
	}
}

func secret(name string, data map[string]string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name}, Data: map[string][]byte{}}
	for key, value := range data {
		s.Data[key] = []byte(value)
	}
	return s
}

func TestEnvironment(t *testing.T) {
	client := fake.NewClientset(
		secret("all", map[string]string{"A": "from-secret", "B": "b"}),
		secret("one", map[string]string{"key": "picked"}),
	)
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "p"}}
	optional := true
	reference := func(name, key string, optional *bool) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{
			SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: name},
				Key:                  key,
				Optional:             optional,
			},
		}
	}
	container := corev1.Container{
		EnvFrom: []corev1.EnvFromSource{
			{
				Prefix:    "",
				SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "all"}},
			},
		},
		Env: []corev1.EnvVar{
			{Name: "A", Value: "own"},
			{Name: "C", ValueFrom: reference("one", "key", nil)},
			{Name: "D", Value: "$(A)-$(B)-$(UNKNOWN)"},
			{Name: "E", ValueFrom: reference("one", "missing", &optional)},
			{
				Name:      "F",
				ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}},
			},
		},
	}
	env, err := environment(t.Context(), client, pod, container)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"A": "own", "B": "b", "C": "picked", "D": "own-b-$(UNKNOWN)", "F": "p"} {
		if env[name] != want {
			t.Errorf("%s=%q, want %q", name, env[name], want)
		}
	}
	if _, found := env["E"]; found {
		t.Error("an optional key that is missing became a variable")
	}
	container.Env = []corev1.EnvVar{{Name: "X", ValueFrom: reference("one", "missing", nil)}}
	if _, err := environment(t.Context(), client, pod, container); err == nil {
		t.Error("a missing key is no error")
	}
}

func TestVolumes(t *testing.T) {
	dir := t.TempDir()
	client := fake.NewClientset(secret("certs", map[string]string{"ca": "PEM", "other": "x"}))
	volumes := &mounts{
		objects: objects{ctx: t.Context(), client: client, namespace: "ns"},
		pod:     filepath.Join(dir, "pod"),
		claims:  filepath.Join(dir, "claims"),
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "ns"}, Spec: corev1.PodSpec{Volumes: []corev1.Volume{
		{
			Name: "certs",
			VolumeSource: corev1.VolumeSource{
				Secret: &corev1.SecretVolumeSource{
					SecretName: "certs",
					Items:      []corev1.KeyToPath{{Key: "ca", Path: "ca.pem"}},
				},
			},
		},
		{
			Name: "data",
			VolumeSource: corev1.VolumeSource{
				PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "c"},
			},
		},
	}}}
	container := corev1.Container{
		VolumeMounts: []corev1.VolumeMount{
			{Name: "certs", MountPath: "/certs"},
			{Name: "data", MountPath: "/zenml/.zenconfig"},
		},
	}
	if err := volumes.layOut(pod, container); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"CA":    "/certs/ca.pem",
		"URL":   "sqlite:////zenml/.zenconfig/zenml.db",
		"OTHER": "/certsmith/x",
	}
	volumes.translate(env)
	if data, err := os.ReadFile(filepath.Clean(env["CA"])); err != nil || string(data) != "PEM" {
		t.Errorf("certificate at %s: %q, %v", env["CA"], data, err)
	}
	if want := "sqlite:///" + filepath.Join(dir, "claims", "ns", "c", "zenml.db"); env["URL"] != want {
		t.Errorf("URL %q, want %q", env["URL"], want)
	}
	if env["OTHER"] != "/certsmith/x" {
		t.Errorf("a path that only begins like a mount became %q", env["OTHER"])
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(env["CA"]), "other")); err == nil {
		t.Error("a key that no item names was laid out")
	}
}
