package install

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/install/connect"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/kube"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

// throughProxy is an engine that reaches the API server through a proxy.
func (b *bench) throughProxy() (*Engine, *testcluster.Proxy) {
	b.t.Helper()
	p := b.Proxy(b.t)
	flags := kube.NewFlags()
	*flags.KubeConfig = p.Kubeconfig(b.t)
	return &Engine{Access: kube.New(flags)}, p
}

const away = 8 * time.Second

// goAway makes the API server refuse connections for a while.
func goAway(p *testcluster.Proxy) {
	p.Refuse()
	time.AfterFunc(away, p.Accept)
}

func startOf(step string) func(event.Event) bool {
	return func(e event.Event) bool { s, ok := e.(event.StepStarted); return ok && s.Step == step }
}

func kindSeen(kind string) func(event.Event) bool {
	return func(e event.Event) bool { o, ok := e.(event.ObjectChanged); return ok && o.Kind == kind }
}

// TestAPIServerFaults lets the API server be away, slow and silent during an
// install: faults that pass are waited out, and nothing takes longer than the
// timeout.
func TestAPIServerFaults(t *testing.T) {
	for name, test := range map[string]struct {
		moment func(event.Event) bool
		fault  func(*testcluster.Proxy)
		told   string // what the run says
	}{
		"away for 8 s at the start":               {startOf("state"), goAway, "answers again, after"},
		"away for 8 s as the Secrets are written": {startOf("secrets"), goAway, "answers again, after"},
		"away for 8 s as Helm begins":             {startOf("release"), goAway, "answers again, after"},
		"away for 8 s while the migration works":  {kindSeen("Job"), goAway, "answers again, after"},
		"away for 8 s while the server starts":    {kindSeen("Pod"), goAway, "answers again, after"},
		"connections cut as Helm begins":          {startOf("release"), (*testcluster.Proxy).Cut, ""},
		"connections cut while the server starts": {kindSeen("Deployment"), (*testcluster.Proxy).Cut, ""},
		"silent for 30 s as Helm begins":          {startOf("release"), stall, ""},
		"300 ms slower from the start": {startOf("state"),
			func(p *testcluster.Proxy) { p.Delay(300 * time.Millisecond) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			engine, proxy := b.throughProxy()
			r := record(t)
			var once sync.Once
			outcome, err := engine.Apply(t.Context(), b.mysql("current", b.Database.Password.Reveal()), func(e event.Event) {
				r.observe(e)
				if test.moment(e) {
					once.Do(func() { test.fault(proxy) })
				}
			})
			if err != nil || outcome.Release.Status != "deployed" {
				t.Fatalf("%v\n%s", err, r)
			}
			if !strings.Contains(r.String(), test.told) {
				t.Errorf("no %q in\n%s", test.told, r)
			}
			t.Logf("FAULT %s | installed after %s", name, outcome.Duration.Round(time.Second))
			testUninstallWhileAway(t, b, engine, proxy)
		})
	}
}

func stall(p *testcluster.Proxy) {
	p.Stall()
	time.AfterFunc(30*time.Second, p.Continue)
}

// testUninstallWhileAway forwards a port and uninstalls, each with the API
// server away for a while.
func testUninstallWhileAway(t *testing.T, b *bench, engine *Engine, proxy *testcluster.Proxy) {
	t.Helper()
	r := record(t)
	proxy.Delay(0)
	goAway(proxy)
	tunnel, err := engine.Forward(t.Context(), connect.ForwardRequest{Namespace: b.namespace,
		Release: releaseName}, r.observe)
	if err != nil {
		t.Fatalf("forward: %v\n%s", err, r)
	}
	tunnel.Close()
	t.Logf("FAULT away for 8 s during connect | connected after %s", time.Since(r.begin).Round(time.Second))
	r = record(t)
	goAway(proxy)
	if _, err := engine.Uninstall(t.Context(), RemovalRequest{Namespace: b.namespace, Release: releaseName},
		r.observe); err != nil {
		t.Fatalf("uninstall: %v\n%s", err, r)
	}
	t.Logf("FAULT away for 8 s during uninstall | uninstalled after %s", time.Since(r.begin).Round(time.Second))
}

func TestAPIServerSilentForEver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	engine, proxy := b.throughProxy()
	plan := b.sqlite("current")
	plan.Timeout = 20 * time.Second
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	r := record(t)
	var once sync.Once
	_, err := engine.Apply(ctx, plan, func(e event.Event) {
		r.observe(e)
		if startOf("release")(e) {
			once.Do(proxy.Stall)
		}
	})
	took := time.Since(r.begin)
	var late *TimeoutError
	if !errors.As(err, &late) {
		t.Errorf("%v\n%s", err, r)
	}
	if took > plan.Timeout+closingTime+10*time.Second {
		t.Errorf("took %s with a timeout of %s", took, plan.Timeout)
	}
	t.Logf("FAULT silent for ever, timeout %s | ended after %s: %v", plan.Timeout, took.Round(time.Second), err)
}
