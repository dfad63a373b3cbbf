package cmd

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/zenml-installer/zenml-installer/internal/poll"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// onlooker watches a server from outside the cluster, through its node port.
type onlooker struct {
	client    kubernetes.Interface
	node      string
	namespace string

	mu        sync.Mutex
	unclaimed time.Duration   // while it was reachable without an admin
	claimed   bool            // it was reachable with an admin
	pods      map[string]bool // the UIDs of the server's pods
}

// look watches until the returned function is called.
func look(t *testing.T, c *testcluster.Cluster, namespace string) (*onlooker, func()) {
	t.Helper()
	o := &onlooker{client: c.Client(t), namespace: namespace, pods: map[string]bool{}}
	nodes, err := o.client.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range nodes.Items[0].Status.Addresses {
		if a.Type == corev1.NodeInternalIP {
			o.node = a.Address
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		last := time.Now()
		_ = poll.Until(ctx, 20*time.Millisecond, func() (bool, error) { // until ctx ends
			o.once(ctx, time.Since(last))
			last = time.Now()
			return false, nil
		})
	})
	return o, func() { cancel(); done.Wait() }
}

// once looks at the pods and at the node port, if there is one.
func (o *onlooker) once(ctx context.Context, since time.Duration) {
	pods, err := o.client.CoreV1().Pods(o.namespace).List(ctx,
		metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=zenml"})
	if err != nil {
		return
	}
	services, err := o.client.CoreV1().Services(o.namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range pods.Items {
		o.pods[string(p.UID)] = true
	}
	for _, s := range services.Items {
		if port := s.Spec.Ports[0].NodePort; port > 0 {
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			info, err := zenml.Client{Base: "http://" + net.JoinHostPort(o.node, strconv.Itoa(int(port)))}.Info(ctx)
			cancel()
			o.claimed = o.claimed || err == nil && info.Active
			if err == nil && !info.Active {
				o.unclaimed += max(since, time.Millisecond)
			}
		}
	}
}

// stagedArgs installs with SQLite behind a node port.
func (p *place) stagedArgs(c *testcluster.Cluster, generation, namespace string, more ...string) []string {
	return slices.Concat([]string{"install", "--yes", "-n", namespace, "--force", "--output", p.dir + "/values.yaml",
		"--skip", "cluster.admission", "--answer", "database.type=sqlite"}, exposedAs("node-port"),
		chartFlags(c, generation), more)
}

var activatedByAPI = []string{"--answer", "admin.activate=auto", "--answer", "admin.username=admin", "--answer",
	"admin.password=env:ZENML_ADMIN_PASSWORD", "--answer", "admin.through=api"}

// TestExposedOnlyAfterActivation measures from outside the cluster how long a server
// is reachable without an admin: not at all if it is exposed after its activation,
// which restarts no pod. The measure sees a server that is exposed at once.
func TestExposedOnlyAfterActivation(t *testing.T) {
	c := testcluster.Start(t)
	if !c.RealNodes {
		t.Skip("needs nodes that run containers")
	}
	for _, generation := range []string{"current", "legacy"} {
		t.Run(generation, func(t *testing.T) {
			t.Parallel()
			p, namespace := newPlace(t).at(c), c.Namespace(t)
			p.env["ZENML_ADMIN_PASSWORD"] = adminPassword
			o, end := look(t, c, namespace)
			p.runs(p.stagedArgs(c, generation, namespace, activatedByAPI...)...).
				want(t, exitDone, "activated with admin admin", "The server is exposed.", "zenml login http://"+o.node)
			o.waitFor(func() bool { return o.claimed })
			end()
			t.Logf("UNCLAIMED %s | exposed without an admin for %s; %d pods", generation, o.unclaimed, len(o.pods))
			if o.unclaimed > 0 || !o.claimed || len(o.pods) != 1 {
				t.Errorf("unclaimed for %s, claimed: %t, pods %v", o.unclaimed, o.claimed, o.pods)
			}
			if s := p.status(namespace); s.Closed || s.Revision != 2 {
				t.Errorf("%+v", s)
			}
			p.runs(p.stagedArgs(c, generation, namespace, activatedByAPI...)...).want(t, exitDone,
				"with the same values")
		})
	}
	t.Run("immediately", func(t *testing.T) {
		t.Parallel()
		p, namespace := newPlace(t).at(c), c.Namespace(t)
		o, end := look(t, c, namespace)
		p.runs(p.stagedArgs(c, "current", namespace)...).want(t, exitDone, "not activated: the first person to open it")
		o.waitFor(func() bool { return o.unclaimed > 0 })
		end()
		t.Logf("UNCLAIMED immediately | exposed without an admin for %s", o.unclaimed)
		if o.unclaimed == 0 {
			t.Error("the measure does not see a server without an admin")
		}
	})
}

// waitFor waits up to a minute until something was seen; what it was is checked later.
func (o *onlooker) waitFor(seen func() bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = poll.Until(ctx, 100*time.Millisecond, func() (bool, error) {
		o.mu.Lock()
		defer o.mu.Unlock()
		return seen(), nil
	})
}

// TestClosedServerIsOpenedLater leaves a server closed, and lets connect expose it as
// soon as somebody has activated it.
func TestClosedServerIsOpenedLater(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	p, namespace := newPlace(t).at(c), c.Namespace(t)
	args := p.stagedArgs(c, "current", namespace, "--answer", "expose.after=activation")
	p.runs(args...).want(t, exitDone, "not exposed until it is activated")
	if s := p.status(namespace); !s.Closed || s.Server.URL != "" {
		t.Errorf("%+v", s)
	}
	p.runs("status", "-n", namespace).want(t, exitDone, "closed: not exposed until the server is activated")
	p.runs(args...).want(t, exitDone, "not exposed until it is activated") // the next run goes on

	command := exec.CommandContext(t.Context(), os.Args[0], "connect", "-n", namespace, "--no-open",
		"--port", freePort(t),
		"--kubeconfig", p.env["KUBECONFIG"])
	command.Env = append(os.Environ(), asInstaller+"=1")
	talk := &lockedBuffer{}
	command.Stderr = talk
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	talk.waitFor(t, "Create the admin account")
	client := zenml.Client{Base: c.Forward(t, namespace, c.ServerPod(t, namespace))}
	err := client.Activate(t.Context(), zenml.Activation{Username: "admin", Password: secret.New(adminPassword)})
	if err != nil {
		t.Fatal(err)
	}
	talk.waitFor(t, "The server is exposed.")
	talk.waitFor(t, "Press Ctrl-C")
	_ = command.Process.Signal(os.Interrupt)
	if err := command.Wait(); err != nil {
		t.Errorf("%v\n%s", err, talk)
	}
	if s := p.status(namespace); s.Closed || !strings.HasPrefix(s.Server.URL, "http://") {
		t.Errorf("%+v", s)
	}
	secrets, err := c.Client(t).CoreV1().Secrets(namespace).Get(t.Context(), "zenml-server-opening",
		metav1.GetOptions{})
	if err == nil {
		t.Errorf("the mark of a closed server remains: %v", secrets.Labels)
	}
}

// lockedBuffer collects what a process writes while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuffer) waitFor(t *testing.T, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	err := poll.Until(ctx, 50*time.Millisecond, func() (bool, error) { return strings.Contains(l.String(), text), nil })
	if err != nil {
		t.Fatalf("no %q in\n%s", text, l)
	}
}
