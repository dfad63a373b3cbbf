package cluster

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

// noPod is the name of a pod that does not exist.
const noPod = "zenml-installer-preflight"

// checkPortForward upgrades a connection to a running pod, as a port-forward
// does, and closes it. It opens no stream, so the pod is not affected.
func checkPortForward(ctx context.Context, e *check.Env) (string, error) {
	pod, err := forwardablePod(ctx, e)
	if err != nil {
		return "", err
	}
	endpoint, err := forwardEndpoint(e, pod)
	if err != nil {
		return "", err
	}
	config, err := e.Cluster.UpgradeConfig(ctx)
	if err != nil {
		return "", err
	}
	conn, err := kube.DialPortForward(ctx, config, endpoint)
	name := pod.Namespace + "/" + pod.Name
	switch {
	case err == nil:
		return "tried with pod " + name, conn.Close()
	case pod.Name == noPod && strings.Contains(err.Error(), "not found"):
		return "the API server answers; there is no running pod to try", nil
	case kube.IsUpgradeRefused(err):
		return "", upgradeFault(config.Host, err)
	}
	return "", &check.Fault{
		Summary: fmt.Sprintf("the port-forward to pod %s fails: %s", name, check.Reason(err)),
		Remedy:  fmt.Sprintf("see whether kubectl can: kubectl -n %s port-forward pod/%s :80", pod.Namespace, pod.Name),
		Err:     err,
	}
}

func upgradeFault(host string, err error) *check.Fault {
	_, answer, _ := strings.Cut(err.Error(), "unable to upgrade connection: ")
	found := "a proxy between this machine and " + host + " rejects the port-forward"
	if strings.Contains(answer, "Upgrade request required") {
		found = "a proxy between this machine and " + host + " removes the Upgrade header of the port-forward"
	} else if words := check.FirstWords([]byte(answer)); words != "" {
		found += ": " + words
	}
	return &check.Fault{
		Summary: found, Err: err,
		Remedy: "bypass the proxy: export NO_PROXY=" + hostOf(host) +
			"\nor allow WebSocket upgrades in the proxy in front of the API server" +
			"\nor reach the server through an Ingress or a Gateway: expose.type",
	}
}

// forwardablePod returns a running pod that the user can forward to, in the
// server's namespace or the control plane's; otherwise a pod that does not
// exist.
func forwardablePod(ctx context.Context, e *check.Env) (*corev1.Pod, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	running := metav1.ListOptions{
		Limit: 1, FieldSelector: fields.OneTermEqualSelector("status.phase", string(corev1.PodRunning)).String(),
	}
	var allowed string
	for _, namespace := range []string{e.Namespace(), metav1.NamespaceSystem} {
		forward := authorizationv1.ResourceAttributes{
			Verb: "create", Resource: "pods", Subresource: "portforward", Namespace: namespace,
		}
		if ok, err := check.Allowed(ctx, e, forward); err != nil {
			return nil, err
		} else if !ok {
			continue
		}
		allowed = namespace
		if found, err := client.CoreV1().Pods(namespace).List(ctx, running); err == nil && len(found.Items) > 0 {
			return &found.Items[0], nil
		}
	}
	if allowed == "" {
		return nil, check.Skip(
			"you cannot create pods/portforward in namespace %s; cluster.permissions prints the Role",
			e.Namespace(),
		)
	}
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: allowed, Name: noPod}}, nil
}

func forwardEndpoint(e *check.Env, pod *corev1.Pod) (*url.URL, error) {
	client, err := e.Cluster.Client()
	if err != nil {
		return nil, err
	}
	request := client.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(pod.Namespace).Name(pod.Name).SubResource("portforward")
	return request.URL(), nil
}
