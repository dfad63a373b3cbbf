package cmd

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	corev1client "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

func exposedAs(kind string) []string {
	return []string{"--answer", "expose.type=" + kind}
}

// The printed address of an exposed server must respond.
func TestInstallPrintsNodePort(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	r := p.install(c, "current", "minimal.yaml", namespace, exposedAs("node-port")...).want(t, exitDone)
	service, err := c.Client(t).CoreV1().Services(namespace).Get(t.Context(), "zenml-server", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	line, found := strings.CutPrefix(strings.TrimSpace(r.out), "zenml login ")
	if !found || !strings.HasSuffix(line, ":"+strconv.Itoa(int(service.Spec.Ports[0].NodePort))) ||
		strings.Contains(r.out, "127.0.0.1") {
		t.Fatalf("got %s, the node's port is %d", r.out, service.Spec.Ports[0].NodePort)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // kube-proxy may be slow
	defer cancel()
	if info, err := connect.WaitForServer(ctx, zenml.Client{Base: line}); err != nil || info.Version == "" {
		t.Errorf("%s is unreachable: %v", line, err)
	}
	if s := p.status(namespace); s.Server.URL != line {
		t.Errorf("status shows %q", s.Server.URL)
	}
	p.runs("status", "-n", namespace).want(t, exitDone, "url            "+line)
}

// Without exposure the address of the port-forward is printed with the command
// that opens it.
func TestInstallPrintsConnectCommand(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	port := freePort(t)
	r := p.install(c, "current", "minimal.yaml", namespace, "--port", port).want(t, exitDone)
	if r.out != "zenml login http://127.0.0.1:"+port+"\n" {
		t.Errorf("got %s", r.out)
	}
	command := "`zenml-installer connect --kubeconfig " + c.Kubeconfig + " -n " + namespace + " --port " + port + "`"
	if !strings.Contains(r.err, command) {
		t.Errorf("missing %s in %s", command, r.err)
	}
	p.runs("status", "-n", namespace).want(t, exitDone, "none (connect with zenml-installer connect ")
}

// A client with another version than the server is reported, with the command
// that installs the matching version.
func TestInstallComparesClient(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	python := p.file("python3", "#!/bin/sh\necho 0.84.3\n")
	client := p.file("zenml", "#!"+python+"\n")
	for _, program := range []string{python, client} {
		if err := os.Chmod(program, 0o700); err != nil { //nolint:gosec // it must be executable
			t.Fatal(err)
		}
	}
	p.env["PATH"] = p.dir
	version := c.Charts["current"].Version
	p.install(c, "current", "minimal.yaml", namespace).want(t, exitDone, "The zenml client on this machine is 0.84.3, "+
		"older than the server ("+version+")", `pip install "zenml==`+version+`"`)
}

// The address of a load balancer is printed once it has one; until then the
// output says that it has none.
func TestInstallPrintsLoadBalancerAddress(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	services := c.Client(t).CoreV1().Services(namespace)
	balanced := make(chan error, 1)
	go func() { balanced <- balance(t.Context(), services, corev1.LoadBalancerIngress{IP: "192.0.2.7"}) }()
	r := p.install(c, "current", "minimal.yaml", namespace,
		append(exposedAs("load-balancer"), "--warn-only", "expose")...).want(t, exitDone)
	if err := <-balanced; err != nil || r.out != "zenml login http://192.0.2.7\n" {
		t.Errorf("%v: got %s", err, r.out)
	}
	if s := p.status(namespace); s.Server.URL != "http://192.0.2.7" {
		t.Errorf("status shows %q", s.Server.URL)
	}
	if err := balance(t.Context(), services); err != nil {
		t.Fatal(err)
	}
	p.runs("status", "-n", namespace).want(t, exitDone, "unknown: Service zenml-server has no address yet; check "+
		"with: kubectl -n "+namespace+" get service zenml-server")
}

// balance assigns addresses to the server's Service as a cloud load balancer
// does, once the Service exists.
func balance(ctx context.Context, services corev1client.ServiceInterface, at ...corev1.LoadBalancerIngress) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		service, err := services.Get(ctx, "zenml-server", metav1.GetOptions{})
		if err == nil {
			service.Status.LoadBalancer.Ingress = at
			_, err = services.UpdateStatus(ctx, service, metav1.UpdateOptions{})
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return err
		}
	}
}
