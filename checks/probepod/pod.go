package probepod

import (
	"context"
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"crypto/rand"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

// probeScript is what the pod runs. Its first line is a marker for test images that
// have no Python.
//
//go:embed probe.py
var probeScript string

const (
	databaseID    = "database.in-cluster"
	containerName = "probe"
	filesPath     = "/run/zenml-preflight"
	// selector matches what this check created in any run.
	selector = "app.kubernetes.io/managed-by=zenml-installer,app.kubernetes.io/component=preflight"
)

// task is what a probe pod does.
type task struct {
	check    string // the id
	unknown  string // what is unknown without a result
	script   string
	settings []corev1.EnvVar
	// files are the secrets of the pod; nil for none.
	files func(context.Context, *probePod, metav1.ObjectMeta) ([]corev1.VolumeProjection, error)
	// needsAccount means that the pod needs the server's own ServiceAccount.
	needsAccount bool
	// pass selects the server's variables that the pod gets, too; nil for none.
	pass func(name string) bool
}

// probePod is a pod and the Secret with those secrets that are not in the
// cluster yet.
type probePod struct {
	task
	env    *check.Env
	client kubernetes.Interface
	pod    *corev1.Pod
	secret *corev1.Secret // nil if all its secrets are in the cluster
	// deadline owns the pod and the Secret; nil if the user cannot create Jobs.
	deadline *batchv1.Job
	ttl      int32 // of the deadline, in seconds
	// account is the server's ServiceAccount, if the pod needs it and it does not exist.
	account *corev1.ServiceAccount
	// differs describes how the pod differs from the server's pods.
	differs string
	// indirect means that the difference can cause a fault that the server does not have.
	indirect bool
	started  bool // the container has run
}

// newProbePod prepares the objects. Whatever prevents the check is a skip.
func newProbePod(ctx context.Context, e *check.Env, t task) (*probePod, error) {
	rendered, err := e.Render(ctx)
	if err != nil {
		return nil, check.Skip("needs supply.render")
	}
	specs := serverSpecs(rendered)
	if len(specs) == 0 || len(specs[0].Containers) == 0 {
		return nil, check.Skip("the chart renders no pod with an image to use")
	}
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	probe := &probePod{task: t, env: e, client: client, ttl: deadlineSeconds}
	if err := probe.prepare(ctx, specs[0]); err != nil {
		return nil, err
	}
	if err := probe.passVariables(ctx, rendered, specs[0].Containers[0]); err != nil {
		return nil, err
	}
	if t.needsAccount {
		probe.pod.Annotations = identityAnnotations(rendered)
		return probe, probe.useServerAccount(ctx, rendered, specs[0].ServiceAccountName)
	}
	return probe, probe.setServiceAccount(ctx, rendered, specs[0].ServiceAccountName)
}

// serverSpecs returns the rendered pods, the server's first.
func serverSpecs(r check.Rendered) []corev1.PodSpec {
	return release.PodSpecs(slices.Concat(manifest.Find(r.Objects, "Deployment", ""), r.Objects))
}

func (p *probePod) prepare(ctx context.Context, server corev1.PodSpec) error {
	meta := metav1.ObjectMeta{
		Name: "zenml-preflight-" + strings.ToLower(rand.Text()[:8]), Namespace: p.env.Namespace(),
		Labels: map[string]string{
			// The server's name, so that its network policies apply; another
			// instance, so that its Service does not select this pod.
			"app.kubernetes.io/name": "zenml", "app.kubernetes.io/instance": shortened(p.env.Release()) + "-preflight",
			"app.kubernetes.io/component": "preflight", "app.kubernetes.io/managed-by": "zenml-installer",
		},
	}
	var files []corev1.VolumeProjection
	if p.files != nil {
		var err error
		if files, err = p.files(ctx, p, meta); err != nil {
			return err
		}
	}
	p.pod = &corev1.Pod{ObjectMeta: meta, Spec: p.spec(server, files)}
	return nil
}

// shortened truncates a label value so that it fits 63 characters with a
// suffix.
func shortened(text string) string { return strings.TrimRight(text[:min(len(text), 52)], "-._") }

// spec copies from the server's pod what determines whether the pod runs and
// what it can reach.
func (p *probePod) spec(server corev1.PodSpec, files []corev1.VolumeProjection) corev1.PodSpec {
	image, off := server.Containers[0], false
	deadline, now := int64(probeLimit.Seconds())+20, int64(0)
	amount := func(cpu, memory string) corev1.ResourceList {
		return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu),
			corev1.ResourceMemory: resource.MustParse(memory)}
	}
	spec := corev1.PodSpec{
		RestartPolicy: corev1.RestartPolicyNever, ActiveDeadlineSeconds: &deadline, TerminationGracePeriodSeconds: &now,
		AutomountServiceAccountToken: &off, EnableServiceLinks: &off,
		ImagePullSecrets: server.ImagePullSecrets, SecurityContext: server.SecurityContext,
		NodeSelector: server.NodeSelector, Tolerations: server.Tolerations, Affinity: server.Affinity,
		HostAliases: server.HostAliases, DNSPolicy: server.DNSPolicy, DNSConfig: server.DNSConfig,
		Containers: []corev1.Container{
			{
				Name:            containerName,
				Image:           image.Image,
				ImagePullPolicy: image.ImagePullPolicy,
				Command:         []string{"python3", "-c", p.script},
				Env:             slices.Clone(p.settings),
				SecurityContext: restricted(image.SecurityContext),
				Resources: corev1.ResourceRequirements{
					Requests: amount("10m", "64Mi"),
					Limits:   amount("500m", "256Mi"),
				},
			},
		},
	}
	if len(files) > 0 {
		spec.Volumes = []corev1.Volume{
			{
				Name:         "files",
				VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: files}},
			},
		}
		spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "files", MountPath: filesPath, ReadOnly: true}}
	}
	return spec
}

// restricted adds to the server's security context what the Pod Security level
// "restricted" requires of a container.
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

// databaseTask logs in to the database.
func databaseTask(e *check.Env) task {
	return task{check: databaseID, unknown: "whether pods can reach the database is unknown", script: probeScript,
		settings: databaseSettings(e), files: databaseFiles}
}

func databaseSettings(e *check.Env) []corev1.EnvVar {
	m := e.Answers.Database.MySQL
	mode := m.TLS.Mode
	if mode == "" {
		mode = answers.TLSOff
	}
	var all []corev1.EnvVar
	for _, s := range [][2]string{
		{"HOST", m.Host}, {"PORT", strconv.Itoa(m.Port)}, {"USER", m.User}, {"DATABASE", m.Name},
		{"TLS", mode}, {"AUTH", m.Auth}, {"FILES", filesPath},
	} {
		all = append(all, corev1.EnvVar{Name: "ZENML_PREFLIGHT_" + s[0], Value: s[1]})
	}
	return all
}
