package probepod

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"crypto/rand"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// lookScript is what the pod runs. Its first line tells programs that stand in
// for Python what to do.
//
//go:embed probe.py
var lookScript string

const (
	lookContainer = "look"
	lookFiles     = "/run/zenml-preflight"
	// lookSelector finds what this check has made, of any run.
	lookSelector = "app.kubernetes.io/managed-by=zenml-installer,app.kubernetes.io/component=preflight"
)

// podLook is one look from inside of the cluster: a pod, and the Secret with
// what of its secrets is not in the cluster yet.
type podLook struct {
	env    *check.Env
	client kubernetes.Interface
	pod    *corev1.Pod
	secret *corev1.Secret // nil when all it needs is in the cluster
	// differs says in what the pod is not as the server's own will be.
	differs string
}

// newPodLook prepares the objects. What keeps the check from being made is a
// skip.
func newPodLook(ctx context.Context, e *check.Env) (*podLook, error) {
	found, err := check.FindNamespace(ctx, e)
	if err != nil {
		return nil, check.ReadError(err, "namespace "+e.Namespace())
	}
	if found == nil {
		return nil, check.Skip("namespace %s does not exist yet, and no pod can be run in it; kubectl create namespace %s makes this check possible", e.Namespace(), e.Namespace())
	}
	rendered, err := e.Render(ctx)
	if err != nil {
		return nil, check.Skip("needs supply.render")
	}
	specs := release.PodSpecs(slices.Concat(manifest.Find(rendered.Objects, "Deployment", ""), rendered.Objects)) // the server's first
	if len(specs) == 0 || len(specs[0].Containers) == 0 {
		return nil, check.Skip("the chart renders no pod whose image could be used")
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	look := &podLook{env: e, client: client}
	if err := look.prepare(ctx, specs[0]); err != nil {
		return nil, err
	}
	return look, look.takeAccount(ctx, rendered, specs[0].ServiceAccountName)
}

func (l *podLook) prepare(ctx context.Context, server corev1.PodSpec) error {
	meta := metav1.ObjectMeta{
		Name: "zenml-preflight-" + strings.ToLower(rand.Text()[:8]), Namespace: l.env.Namespace(),
		Labels: map[string]string{
			// The server's own name, so that network policies for it apply;
			// another instance, so that its Service does not lead here.
			"app.kubernetes.io/name": "zenml", "app.kubernetes.io/instance": shortened(l.env.Release()) + "-preflight",
			"app.kubernetes.io/component": "preflight", "app.kubernetes.io/managed-by": "zenml-installer",
		},
	}
	files, err := l.files(ctx, meta)
	if err != nil {
		return err
	}
	l.pod = &corev1.Pod{ObjectMeta: meta, Spec: l.spec(server, files)}
	return nil
}

// shortened keeps a label's value below 63 characters with its suffix.
func shortened(text string) string { return strings.TrimRight(text[:min(len(text), 52)], "-._") }

// spec is that of the server's pod, as far as it decides what the pod reaches
// and whether it may run.
func (l *podLook) spec(server corev1.PodSpec, files []corev1.VolumeProjection) corev1.PodSpec {
	image, off := server.Containers[0], false
	deadline, now := int64(lookLimit.Seconds())+20, int64(0)
	amount := func(cpu, memory string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
	}
	spec := corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, ActiveDeadlineSeconds: &deadline, TerminationGracePeriodSeconds: &now,
		AutomountServiceAccountToken: &off, EnableServiceLinks: &off,
		ImagePullSecrets: server.ImagePullSecrets, SecurityContext: server.SecurityContext,
		NodeSelector: server.NodeSelector, Tolerations: server.Tolerations, Affinity: server.Affinity,
		HostAliases: server.HostAliases, DNSPolicy: server.DNSPolicy, DNSConfig: server.DNSConfig,
		Containers: []corev1.Container{{
			Name: lookContainer, Image: image.Image, ImagePullPolicy: image.ImagePullPolicy,
			Command: []string{"python3", "-c", lookScript}, Env: l.settings(),
			SecurityContext: restricted(image.SecurityContext),
			Resources:       corev1.ResourceRequirements{Requests: amount("10m", "64Mi"), Limits: amount("500m", "256Mi")},
		}},
	}
	if len(files) > 0 {
		spec.Volumes = []corev1.Volume{{Name: "files", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: files}}}}
		spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "files", MountPath: lookFiles, ReadOnly: true}}
	}
	return spec
}

// restricted adds to the server's own security context what Pod Security
// "restricted" asks of a container.
func restricted(own *corev1.SecurityContext) *corev1.SecurityContext {
	c := &corev1.SecurityContext{}
	if own != nil {
		c = own.DeepCopy()
	}
	no := false
	c.AllowPrivilegeEscalation = &no
	c.Capabilities = &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}
	if c.SeccompProfile == nil {
		c.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault}
	}
	return c
}

func (l *podLook) settings() []corev1.EnvVar {
	m := l.env.Answers.Database.MySQL
	mode := m.TLS.Mode
	if mode == "" {
		mode = answers.TLSOff
	}
	var all []corev1.EnvVar
	for _, s := range [][2]string{
		{"HOST", m.Host}, {"PORT", strconv.Itoa(m.Port)}, {"USER", m.User}, {"DATABASE", m.Name},
		{"TLS", mode}, {"AUTH", m.Auth}, {"FILES", lookFiles},
	} {
		all = append(all, corev1.EnvVar{Name: "ZENML_PREFLIGHT_" + s[0], Value: s[1]})
	}
	return all
}
