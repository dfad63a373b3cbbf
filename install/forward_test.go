package install

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kubestatus"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/zenml"
)

// TestForwardPortInUse requests a port that is in use and checks for leaks. It
// is not parallel, because goroutines of other tests would count.
func TestForwardPortInUse(t *testing.T) {
	b := newBench(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	port := taken.Addr().(*net.TCPAddr).Port
	ignore := goleak.IgnoreCurrent()
	_, err = b.engine.Forward(
		t.Context(),
		connect.ForwardRequest{Namespace: b.namespace, Release: releaseName, LocalPort: port},
		nil,
	)
	var inUse *connect.PortInUseError
	if !errors.As(err, &inUse) || inUse.Port != port {
		t.Fatal(err)
	}
	if err := goleak.Find(ignore, ofHTTP[0], ofHTTP[1]); err != nil {
		t.Error(err)
	}
}

// ofHTTP ignores net/http's idle connections.
var ofHTTP = [2]goleak.Option{
	goleak.IgnoreTopFunction(
		"net/http.(*persistConn).readLoop",
	), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"),
}

func TestForwardWithoutPod(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	begin := time.Now()
	_, err := b.engine.Forward(t.Context(), connect.ForwardRequest{Namespace: b.namespace, Release: releaseName}, nil)
	var none *connect.NoPodError
	if !errors.As(err, &none) || time.Since(begin) > 5*time.Second {
		t.Fatal(err, time.Since(begin))
	}
}

// TestForwardSurvivesReplacedPods replaces the pod behind a tunnel, gracefully
// and by force: the port stays open, no connection is refused, and requests
// succeed as soon as a pod is ready.
func TestForwardSurvivesReplacedPods(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	plan := b.sqlite("current")
	b.apply(plan)
	r := record(t)
	tunnel, err := b.engine.Forward(
		t.Context(),
		connect.ForwardRequest{Namespace: b.namespace, Release: releaseName},
		r.observe,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer tunnel.Close()
	url, port := tunnel.URL(), tunnel.Port()
	client := zenml.Client{Base: url, HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	if _, err := connect.WaitForServer(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	now := int64(0)
	for name, options := range map[string]metav1.DeleteOptions{"gently": {}, "by force": {GracePeriodSeconds: &now}} {
		old := b.serverPod()
		if err := b.Client(t).CoreV1().Pods(b.namespace).Delete(t.Context(), old.Name, options); err != nil {
			t.Fatal(err)
		}
		r.until("another pod is looked for", func(e event.Event) bool {
			n, ok := e.(event.Notice)
			return ok && strings.Contains(n.Text, old.Name+" is terminating")
		})
		begin := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := client.Info(ctx) // a single attempt: it waits for the next pod
		cancel()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, r)
		}
		if tunnel.URL() != url || tunnel.Port() != port {
			t.Errorf("%s: the port changed from %d to %d", name, port, tunnel.Port())
		}
		t.Logf("%s: answered again after %.1f s", name, time.Since(begin).Seconds())
	}
	select {
	case <-tunnel.Done():
		t.Error("the tunnel has ended", tunnel.Err())
	default:
	}
}

func (b *bench) serverPod() corev1.Pod {
	b.t.Helper()
	var found corev1.Pod
	b.eventually("a server pod serves", func() (bool, error) {
		pods, err := b.Client(b.t).
			CoreV1().
			Pods(b.namespace).
			List(b.t.Context(), metav1.ListOptions{LabelSelector: manifest.LabelInstance + "=" + releaseName})
		if err != nil {
			return false, err
		}
		for _, p := range pods.Items {
			if kubestatus.Serving(&p) {
				found = p
				return true, nil
			}
		}
		return false, nil
	})
	return found
}

// TestForwardLeavesNothing ends a tunnel in both ways and checks for leaks. It
// is not parallel, because goroutines of other tests would count.
func TestForwardLeavesNothing(t *testing.T) {
	b := newBench(t)
	b.apply(b.sqlite("current"))
	ignore := goleak.IgnoreCurrent()
	for _, end := range []string{"close", "cancel"} {
		ctx, cancel := context.WithCancel(t.Context())
		tunnel, err := b.engine.Forward(ctx, connect.ForwardRequest{Namespace: b.namespace, Release: releaseName}, nil)
		if err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{}
		if _, err := connect.WaitForServer(ctx, zenml.Client{Base: tunnel.URL(),
			HTTP: &http.Client{Transport: transport}}); err != nil {
			t.Fatal(err)
		}
		if end == "close" {
			tunnel.Close()
		} else {
			cancel()
		}
		<-tunnel.Done()
		if got, want := tunnel.Err(), map[string]error{"close": nil, "cancel": context.Canceled}[end]; !errors.Is(
			got,
			want,
		) {
			t.Errorf("%s: %v", end, got)
		}
		tunnel.Close()
		cancel()
		transport.CloseIdleConnections()
		if _, err := net.DialTimeout("tcp", strings.TrimPrefix(tunnel.URL(), "http://"), time.Second); err == nil {
			t.Errorf("%s: the port is still open", end)
		}
	}
	if err := goleak.Find(ignore, ofHTTP[0], ofHTTP[1]); err != nil {
		t.Error(err)
	}
}

// TestForwardThroughProxy forwards through a proxy with and without support for
// WebSockets, and drops the connection.
func TestForwardThroughProxy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.apply(b.sqlite("current"))
	b.forwardRefused()
	for want, noWebSocket := range map[string]bool{"websocket": false, "spdy/3.1": true} {
		proxy := b.proxy(noWebSocket)
		r := record(t)
		tunnel, err := proxy.engine(t).
			Forward(t.Context(), connect.ForwardRequest{Namespace: b.namespace, Release: releaseName}, r.observe)
		if err != nil {
			t.Errorf("%s: %v, upgrades %v", want, err, proxy.asked())
			continue
		}
		client := zenml.Client{
			Base: tunnel.URL(),
			HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		}
		if _, err := client.Info(t.Context()); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if asked := proxy.asked(); asked[len(asked)-1] != want {
			t.Errorf("upgrades: %v, want %s", asked, want)
		}
		proxy.drop()
		r.until(
			"the loss is told",
			func(e event.Event) bool { n, ok := e.(event.Notice); return ok && strings.Contains(n.Text, "lost") },
		)
		if _, err := client.Info(t.Context()); err != nil {
			t.Errorf("%s, after the loss: %v\n%s", want, err, r)
		}
		tunnel.Close()
	}
}

// forwardRefused connects through a proxy that rejects upgrades.
func (b *bench) forwardRefused() {
	b.t.Helper()
	proxy := b.proxy(false)
	proxy.noUpgrade = true
	request := connect.ForwardRequest{Namespace: b.namespace, Release: releaseName}
	_, err := proxy.engine(b.t).Forward(b.t.Context(), request, record(b.t).observe)
	var refused *connect.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "refuses the port-forward") {
		b.t.Errorf("through a proxy without upgrades: %v", err)
	}
}

// TestConnectEarly connects to the server while it is installed and while it is
// upgraded: the new server answers before the run has ended, and the tunnel stays.
func TestConnectEarly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, generation := range []string{"legacy", "current"} {
		plan := b.sqlite(generation)
		before := b.podUIDs()
		answered := make(chan map[types.UID]bool, 1)
		early := connect.StartEarly(t.Context(), b.engine.Access, connect.EarlyRequest{
			ForwardRequest: connect.ForwardRequest{Namespace: b.namespace, Release: releaseName},
			Open: func(ctx context.Context, r connect.ForwardRequest) (*connect.Tunnel, error) {
				return b.engine.Forward(ctx, r, func(e event.Event) { t.Errorf("%s: %v", generation, e) })
			},
			Answered: func(context.Context, *connect.Tunnel, zenml.Info) { answered <- b.podUIDs() },
		})
		b.apply(plan)
		tunnel := early.Take()
		if tunnel == nil {
			t.Fatalf("%s: the server did not answer before it was ready", generation)
		}
		isNew := func(uid types.UID) bool { return !before[uid] }
		if pods := <-answered; !slices.ContainsFunc(slices.Collect(maps.Keys(pods)), isNew) {
			t.Errorf("%s: a pod of the previous revision answered", generation)
		}
		if _, err := (zenml.Client{Base: tunnel.URL()}).Info(t.Context()); err != nil {
			t.Errorf("%s: %v", generation, err)
		}
		tunnel.Close() // it would report the next upgrade
	}
}

// podUIDs returns the UIDs of the release's pods.
func (b *bench) podUIDs() map[types.UID]bool {
	b.t.Helper()
	pods, err := b.Client(b.t).CoreV1().Pods(b.namespace).List(b.t.Context(),
		metav1.ListOptions{LabelSelector: manifest.LabelInstance + "=" + releaseName})
	if err != nil {
		b.t.Error(err)
		return nil
	}
	found := map[types.UID]bool{}
	for _, p := range pods.Items {
		found[p.UID] = true
	}
	return found
}

// TestConnectEarlyWithoutServer takes no tunnel if nothing was installed.
func TestConnectEarlyWithoutServer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	early := connect.StartEarly(t.Context(), b.engine.Access, connect.EarlyRequest{
		ForwardRequest: connect.ForwardRequest{Namespace: b.namespace, Release: releaseName},
		Open: func(ctx context.Context, r connect.ForwardRequest) (*connect.Tunnel, error) {
			return b.engine.Forward(ctx, r, nil)
		},
		Answered: func(context.Context, *connect.Tunnel, zenml.Info) { t.Error("something answered") },
	})
	time.Sleep(time.Second)
	if tunnel := early.Take(); tunnel != nil {
		tunnel.Close()
		t.Error("there is a tunnel to nothing")
	}
}
