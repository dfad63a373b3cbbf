package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/transport/spdy"
)

const namespace = "default"

// pod returns a pod of the stand-in's image with the given command and environment.
func (s *sandbox) pod(name string, args []string, env map[string]string) *corev1.Pod {
	container := corev1.Container{
		Name: "zenml", Image: s.Charts[0].Image, ImagePullPolicy: corev1.PullAlways, Args: args,
		Ports: []corev1.ContainerPort{{ContainerPort: 8080}},
	}
	for name, value := range env {
		container.Env = append(container.Env, corev1.EnvVar{Name: name, Value: value})
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{container}, RestartPolicy: corev1.RestartPolicyNever},
	}
}

func (s *sandbox) create(t *testing.T, pod *corev1.Pod) {
	t.Helper()
	if _, err := s.client.CoreV1().Pods(namespace).Create(t.Context(), pod, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// waitPhase waits until a pod is in the phase and, if running, ready.
func (s *sandbox) waitPhase(t *testing.T, name string, phase corev1.PodPhase) {
	t.Helper()
	eventually(t, 30*time.Second, func(ctx context.Context) string {
		pod, err := s.client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err.Error()
		}
		if pod.Status.Phase != phase || phase == corev1.PodRunning && !ready(pod) {
			return fmt.Sprintf(
				"pod %s is %s, want %s: %+v",
				name,
				pod.Status.Phase,
				phase,
				pod.Status.ContainerStatuses,
			)
		}
		return ""
	})
}

func ready(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// waitReason waits until a pod's container waits for the given reason.
func (s *sandbox) waitReason(t *testing.T, name string, reasons ...string) {
	t.Helper()
	eventually(t, 20*time.Second, func(ctx context.Context) string {
		pod, err := s.client.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err.Error()
		}
		for _, status := range pod.Status.ContainerStatuses {
			for _, reason := range reasons {
				if status.State.Waiting != nil && status.State.Waiting.Reason == reason {
					return ""
				}
			}
		}
		return fmt.Sprintf("pod %s: %+v, want %v", name, pod.Status.ContainerStatuses, reasons)
	})
}

func (s *sandbox) logs(t *testing.T, name string) string {
	t.Helper()
	data, err := s.client.CoreV1().Pods(namespace).GetLogs(name, &corev1.PodLogOptions{}).DoRaw(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// startsWithin is a server's start timeout in a pod; the real one imports its
// packages first.
const startsWithin = 2 * time.Minute

// waitLog waits until a pod's log contains text.
func (s *sandbox) waitLog(t *testing.T, name, text string) {
	t.Helper()
	eventually(t, startsWithin, func(ctx context.Context) string {
		data, err := s.client.CoreV1().Pods(namespace).GetLogs(name, &corev1.PodLogOptions{}).DoRaw(ctx)
		if err != nil || !strings.Contains(string(data), text) {
			return fmt.Sprintf("log of %s lacks %q (%v):\n%s", name, text, err, data)
		}
		return ""
	})
}

// get requests path from a pod's server through a port-forward.
func (s *sandbox) get(t *testing.T, name, path string) string {
	t.Helper()
	transport, upgrader, err := spdy.RoundTripperFor(s.config)
	if err != nil {
		t.Fatal(err)
	}
	url := s.client.CoreV1().
		RESTClient().
		Post().
		Resource("pods").
		Namespace(namespace).
		Name(name).
		SubResource("portforward").
		URL()
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, url)
	stop, readied := make(chan struct{}), make(chan struct{})
	forwarder, err := portforward.New(dialer, []string{"0:8080"}, stop, readied, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- forwarder.ForwardPorts() }()
	defer func() {
		close(stop)
		t.Logf("ended: %v", <-ended)
	}()
	select {
	case <-readied:
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
	}
	ports, err := forwarder.GetPorts()
	if err != nil {
		t.Fatal(err)
	}
	return fetch(t, fmt.Sprintf("http://127.0.0.1:%d%s", ports[0].Local, path))
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v\n%s", url, response.Status, err, body)
	}
	return string(body)
}

// exec runs a command in a pod and returns its output and error.
func (s *sandbox) exec(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	request := s.client.CoreV1().
		RESTClient().
		Post().
		Resource("pods").
		Namespace(namespace).
		Name(name).
		SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: args, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := remotecommand.NewSPDYExecutor(s.config, http.MethodPost, request.URL())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = executor.StreamWithContext(t.Context(), remotecommand.StreamOptions{Stdout: &out, Stderr: &out})
	return out.String(), err
}

// claim creates a PersistentVolumeClaim of the default class.
func (s *sandbox) claim(t *testing.T, name string) {
	t.Helper()
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")},
			},
		},
	}
	if _, err := s.client.CoreV1().PersistentVolumeClaims(namespace).Create(t.Context(), claim, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// mount mounts a claim into a pod's container.
func mount(pod *corev1.Pod, claim, path string) {
	pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: claim, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim},
	}})
	container := &pod.Spec.Containers[0]
	container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: claim, MountPath: path})
}
