package prerequisite

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestMain(m *testing.M) { testcluster.Main(m) }

// TestSupportOf reads flags, and a configuration file from a ConfigMap.
func TestSupportOf(t *testing.T) {
	c := testcluster.Start(t)
	namespace := c.Namespace(t)
	maps := c.Client(t).CoreV1().ConfigMaps(namespace)
	for name, content := range map[string]string{
		"current": "gatewayAPI: {enabled: true}", "previous": "enableGatewayAPI: true", "off": "gatewayAPI: {enabled: false}",
	} {
		_, err := maps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name},
			Data: map[string]string{"config.yaml": content}}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
	}
	const file = "--config=/var/cert-manager/config/config.yaml"
	for name, want := range map[string]struct {
		flag           string
		known, enabled bool
	}{
		"none":     {"--v=2", true, false},
		"flag":     {"--enable-gateway-api", true, true},
		"gate":     {"--feature-gates=A=false,ExperimentalGatewayAPISupport=true", true, false},
		"current":  {file, true, true},
		"previous": {file, true, true},
		"off":      {file, true, false},
		"missing":  {file, false, false},
	} {
		d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "cm", Namespace: namespace,
			Annotations: map[string]string{"meta.helm.sh/release-name": "certs"},
			Labels:      map[string]string{"app.kubernetes.io/version": "v1.19.0"}}}
		d.Spec.Template.Spec = corev1.PodSpec{
			Volumes: []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{
				ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}}}}},
			Containers: []corev1.Container{{Args: []string{want.flag},
				VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/var/cert-manager/config"}}}},
		}
		got, err := supportOf(t.Context(), c.Client(t), d)
		if err != nil || got.Known != want.known || got.Enabled != want.enabled {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if !strings.Contains(got.Remedy(), "helm upgrade certs "+CertManager.Ref+" --version v1.19.0") {
			t.Error(got.Remedy())
		}
	}
}

// TestSupportOf_gate accepts the feature gate only from versions that have no other setting.
func TestSupportOf_gate(t *testing.T) {
	for version, want := range map[string]GatewaySupport{
		"v1.14.7": {Known: true, Enabled: true}, "v1.15.0": {Known: true}, "v1.21.2": {Known: true}, "": {},
	} {
		d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app.kubernetes.io/version": version}}}
		d.Spec.Template.Spec.Containers = []corev1.Container{{
			Args: []string{"--feature-gates=A=false,ExperimentalGatewayAPISupport=true"}}}
		got, err := supportOf(t.Context(), nil, d)
		if err != nil || got.Known != want.Known || got.Enabled != want.Enabled {
			t.Errorf("%q: %+v, %v", version, got, err)
		}
	}
	old := GatewaySupport{Namespace: "certs", Deployment: "cm", release: "cm", version: "v1.14.7"}
	if !strings.Contains(old.Remedy(), "--feature-gates of Deployment cm in namespace certs") {
		t.Error(old.Remedy())
	}
}
