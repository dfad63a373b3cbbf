package prerequisite

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/transport"
)

// GatewaySupport is whether a cert-manager issues certificates for Gateways.
type GatewaySupport struct {
	Known                 bool // its configuration was found
	Enabled               bool
	Namespace, Deployment string

	release, version string // of Helm, empty without it
}

// gate is the feature gate that enables the support before cert-manager 1.15. Since then it
// is on by default, and only permits the support.
const gate = "ExperimentalGatewayAPISupport=true"

// isGated reports whether the version of cert-manager has no other setting than the gate.
// An unknown version is not known to be.
func (s GatewaySupport) isGated() (gated, known bool) {
	v, err := semver.NewVersion(s.version)
	return err == nil && v.Major() == 1 && v.Minor() < 15, err == nil
}

// Remedy describes how to enable the support.
func (s GatewaySupport) Remedy() string {
	if gated, _ := s.isGated(); gated {
		return fmt.Sprintf("add %s to the flag --feature-gates of Deployment %s in namespace %s", gate, s.Deployment,
			s.Namespace)
	}
	if s.release == "" || s.version == "" {
		return fmt.Sprintf("add the flag --enable-gateway-api to Deployment %s in namespace %s", s.Deployment, s.Namespace)
	}
	return fmt.Sprintf("enable it: helm upgrade %s %s --version %s --namespace %s --reset-then-reuse-values "+
		"--set config.enableGatewayAPI=true", s.release, CertManager.Ref, s.version, s.Namespace)
}

// FindGatewaySupport reads the flags and the configuration of the cluster's cert-manager.
func FindGatewaySupport(ctx context.Context, client kubernetes.Interface) (GatewaySupport, error) {
	for _, selector := range []string{
		"app.kubernetes.io/name=cert-manager,app.kubernetes.io/component=controller", "app=cert-manager",
	} {
		list, err := client.AppsV1().Deployments("").List(ctx, metav1.ListOptions{LabelSelector: selector})
		switch {
		case apierrors.IsForbidden(err):
			return GatewaySupport{}, nil
		case err != nil:
			return GatewaySupport{}, fmt.Errorf("read the Deployment of cert-manager: %w", transport.WithoutURL(err))
		case len(list.Items) > 0:
			return supportOf(ctx, client, &list.Items[0])
		}
	}
	return GatewaySupport{}, nil
}

func supportOf(ctx context.Context, client kubernetes.Interface, d *appsv1.Deployment) (GatewaySupport, error) {
	s := GatewaySupport{Known: true, Namespace: d.Namespace, Deployment: d.Name,
		release: d.Annotations["meta.helm.sh/release-name"], version: d.Labels["app.kubernetes.io/version"]}
	pod := d.Spec.Template.Spec
	for _, container := range pod.Containers {
		args := slices.Concat(container.Command, container.Args)
		if slices.ContainsFunc(args, enablesGateways) {
			s.Enabled = true
			return s, nil
		}
		if gated, known := s.isGated(); slices.ContainsFunc(args, setsGate) && (gated || !known) {
			s.Known, s.Enabled = known, gated
			return s, nil
		}
		file := configFile(args)
		if file == "" {
			continue
		}
		content, err := mounted(ctx, client, d.Namespace, pod, container, file)
		if err != nil {
			return s, err
		}
		s.Known, s.Enabled = content != "", configEnablesGateways(content)
	}
	return s, nil
}

// enablesGateways reports whether a flag enables the support.
func enablesGateways(flag string) bool {
	return flag == "--enable-gateway-api" || flag == "--enable-gateway-api=true"
}

func setsGate(flag string) bool {
	return strings.HasPrefix(flag, "--feature-gates=") && strings.Contains(flag, gate)
}

func configFile(args []string) string {
	for _, arg := range args {
		if file, is := strings.CutPrefix(arg, "--config="); is {
			return file
		}
	}
	return ""
}

// mounted returns the content of a file that a container mounts from a ConfigMap, or ""
// if it cannot be read.
func mounted(
	ctx context.Context, client kubernetes.Interface, namespace string, pod corev1.PodSpec, c corev1.Container, file string,
) (string, error) {
	dir, name := path.Split(file)
	at := slices.IndexFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return path.Clean(m.MountPath) == path.Clean(dir) })
	if at < 0 {
		return "", nil
	}
	for _, v := range pod.Volumes {
		if v.Name != c.VolumeMounts[at].Name || v.ConfigMap == nil {
			continue
		}
		found, err := client.CoreV1().ConfigMaps(namespace).Get(ctx, v.ConfigMap.Name, metav1.GetOptions{})
		if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("read the configuration of cert-manager: %w", transport.WithoutURL(err))
		}
		return found.Data[name], nil
	}
	return "", nil
}

// configEnablesGateways reads the field of cert-manager 1.20 and the one that it replaces.
func configEnablesGateways(content string) bool {
	var config struct {
		EnableGatewayAPI bool                   `yaml:"enableGatewayAPI"`
		GatewayAPI       struct{ Enabled bool } `yaml:"gatewayAPI"`
	}
	_ = yaml.Unmarshal([]byte(content), &config) // cert-manager does not start with an invalid one
	return config.EnableGatewayAPI || config.GatewayAPI.Enabled
}
