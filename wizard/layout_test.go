package wizard

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/google/go-cmp/cmp"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/kube"
)

var update = flag.Bool("update", false, "rewrite the golden views")

var sizes = [][2]int{{80, 24}, {120, 40}, {200, 60}}

// scenes open every screen in each state with a different layout.
var scenes = map[string]func(*person){
	"start": func(p *person) { p.sees("https://127.0.0.1:16443").press("esc").sees("Try it out").searched() },
	"start-releases": func(p *person) {
		p.stage.releases = someReleases
		p.sees("https://127.0.0.1:16443").press("esc").sees("Try it out", "in namespace ml").searched()
	},
	"start-release": func(p *person) {
		p.stage.releases = someReleases
		p.sees("https://127.0.0.1:16443").press("esc").sees("in namespace ml").press("v").sees("Uninstall")
	},
	"guard-repair": func(p *person) { repairs(p) },
	"cluster":      func(p *person) { p.sees("https://127.0.0.1:16443") },
	"guard": func(p *person) {
		p.sees("https://127.0.0.1:16443").to(guardKey).sees("Yes, install into")
	},
	"guard-unreachable": func(p *person) {
		p.stage.describeErr = fmt.Errorf("Get \"https://127.0.0.1:16443/version\": dial tcp 127.0.0.1:16443: " +
			"connect: connection refused")
		p.sees("https://127.0.0.1:16443").press("up", "enter", "shift+tab", "down", "enter")
		p.to(guardKey).sees("connection refused")
	},
	"database":       func(p *person) { p.throughCluster() },
	"database-fault": func(p *person) { p.throughCluster().press("down", "enter", "localhost", "enter") },
	"database-password": func(p *person) {
		p.throughCluster().throughMySQL().press("shift+tab")
	},
	"database-source": func(p *person) {
		p.throughCluster().throughMySQL().press("shift+tab", "ctrl+u", "secret:zenml-db/password")
	},
	"help":   func(p *person) { p.throughCluster().press("?") },
	"access": func(p *person) { p.throughCluster().to("expose.type") },
	"admin":  func(p *person) { p.throughCluster().to("admin.activate").press("down", "enter", "enter") },
	"advanced": func(p *person) {
		p.throughCluster().throughMySQL().toAdvanced().press("down", "down", "enter").sees("Pool size")
	},
	"advanced-search": func(p *person) {
		p.throughCluster().throughMySQL().toAdvanced().press("backup").sees("/ backup")
	},
	"advanced-setting": func(p *person) {
		p.throughCluster().toAdvanced().press("tolerations", "enter", "[{key: gpu").sees("Tolerations")
	},
	"review": func(p *person) { p.throughCluster().throughMySQL().toReview().sees("in 1.2s") },
	"review-answers": func(p *person) {
		p.throughCluster().throughMySQL().toReview().sees("in 1.2s").press("tab").sees("Database")
	},
	"review-checks": func(p *person) {
		p.throughCluster().toReview().sees("in 1.2s").press("tab", "tab").sees("5 passed a shows them")
	},
	"review-checks-all": func(p *person) {
		p.stage.failing = true
		p.throughCluster().throughMySQL().toReview().sees("in 1.2s").press("tab", "tab", "a").sees("passed the")
	},
	"review-no-plan": func(p *person) {
		p.stage.failing, p.stage.prepareErr = true, errors.New("MySQL refuses user zenml (error 1045)")
		p.throughCluster().throughMySQL().toReviewWithoutPlan().sees("1 failed", "in 1.2s", "There is no plan")
	},
	"running": running,
	"review-failed": func(p *person) {
		p.stage.failing = true
		p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s")
	},
	"review-anyway": func(p *person) {
		p.stage.failing = true
		p.throughCluster().throughMySQL().toReview().sees("1 failed", "in 1.2s").press("i")
	},
	"review-unproved": func(p *person) {
		p.stage.notices = []string{"secrets.permissions makes a secret zenml/preflight-… in AWS Secrets Manager, " +
			"us-east-1, uses it and removes it (--read-only does not)"}
		p.throughCluster().throughMySQL().toReview().sees("1 skipped", "in 1.2s").press("i")
	},
	"review-upgrade": func(p *person) {
		p.stage.changes = []string{"~ server.database.poolSize: 5 -> 7", "- server.jwtSecretKey: ••••••"}
		p.throughCluster().toReview().sees("Changes to the release", "in 1.2s")
	},
	"install": func(p *person) { atInstall(p) },
	"install-again": func(p *person) {
		p.stage.typical = 35 * time.Second
		atInstall(p).sees("0s, usually 35s", "0s in all, usually 1m10s")
	},
	"install-events": func(p *person) {
		atInstall(p).press("e")
		for n, reason := range []string{"Scheduled", "FailedMount", "Pulling"} {
			p.m.screen().update(installMsg{event.Reported{ID: reason, Warning: n == 1, Reason: reason, Count: n + 1,
				Object:  event.Object{Kind: "Pod", Name: "zenml-server-6f7b9-x2k4p"},
				Message: "what the kubelet reports about the pod, in a sentence that may be longer than a line",
				At:      time.Date(2026, 11, 23, 12, 0, n, 0, time.Local)}})
		}
	},
	"install-stop": func(p *person) {
		atInstall(p).press("ctrl+c")
	},
	"install-failed": func(p *person) {
		atInstall(p)
		p.stage.finish <- &diagnose.Fault{
			Object:   event.Object{Kind: "Pod", Name: "zenml-server-6f7b9-x2k4p"},
			Summary:  "the image zenmldocker/zenml-server:0.98.1 cannot be pulled: it is not in the registry",
			Evidence: []string{`Failed to pull image "zenmldocker/zenml-server:0.98.1": manifest unknown`},
			Remedy:   "check server.image in the answers, or that the tag was pushed to your mirror",
		}
		p.sees("The install failed")
	},
	"connect": func(p *person) { connected(p) },
	"connect-active": func(p *person) {
		connected(p).stage.activate <- nil
		p.sees("The server is activated")
	},
	"connect-refused": func(p *person) {
		connected(p).stage.activate <- fmt.Errorf("PUT /api/v1/activate answered 500: internal error")
		p.sees("Activate again")
	},
	"connect-claimed": func(p *person) {
		p.m.responses.Type("admin.activate", answers.ActivateAuto)
		p.m.responses.Type("admin.password", "env:PASSWORD")
		atInstall(p).stage.finish <- nil
		p.sees("Activating the server").stage.activate <- fmt.Errorf("%w: 401", ErrOtherAdmin)
		p.sees("Use that account")
	},
}

func running(p *person) {
	p.stage.hold = make(chan struct{})
	p.throughCluster().toReview().sees("running the API server answers")
}

func atInstall(p *person) *person {
	return p.throughCluster().throughMySQL().toReview().sees("in 1.2s").press("enter").sees("Running upgrade")
}

func connected(p *person) *person {
	atInstall(p).stage.finish <- nil
	return p.sees("Server ready", "Opened the browser", "attached to pod")
}

func TestGoldenViews(t *testing.T) {
	for name, lead := range scenes {
		t.Run(name, func(t *testing.T) {
			p := newPerson(t)
			lead(p)
			for _, size := range sizes {
				p.handle(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				view := p.m.View()
				requireFits(t, view, size[0], size[1])
				golden(t, fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), view)
			}
		})
	}
}

// requireFits checks that a view is exactly as large as the window.
func requireFits(t *testing.T, view string, width, height int) {
	t.Helper()
	lines := strings.Split(view, "\n")
	if len(lines) > height {
		t.Errorf("%d lines in a window of %d", len(lines), height)
	}
	for _, line := range lines {
		if w := lipgloss.Width(line); w > width {
			t.Errorf("a line of %d columns in a window of %d: %q", w, width, line)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	lines := strings.Split(got, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got = strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run go test ./wizard -update to rewrite it):\n%s", path, diff)
	}
}

// A key press must be handled within 16 ms. The test uses the best of several
// keys, because test machines may be slow and shared.
func TestKeyLatency(t *testing.T) {
	p := newPerson(t).throughCluster().throughMySQL().press("shift+tab")
	p.handle(tea.WindowSizeMsg{Width: 200, Height: 60})
	best := time.Hour
	for range 20 {
		begin := time.Now()
		p.m.Update(keyMsgs("a")[0])
		p.m.View()
		best = min(best, time.Since(begin))
	}
	if best > 16*time.Millisecond {
		t.Errorf("a key takes %s", best)
	}
	t.Logf("a key takes %s", best)
}

func TestASCIIScreens(t *testing.T) {
	for _, name := range []string{
		"guard", "database", "database-source", "help", "review-failed", "install", "connect-active",
	} {
		p := newPerson(t, func(o *Options) { o.Terminal.ASCII = true })
		// Scenes wait for texts that ASCII replaces, but the model is the same.
		scenes[name](p)
		for _, size := range sizes {
			p.handle(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			view := p.m.View()
			requireFits(t, view, size[0], size[1])
			if i := strings.IndexFunc(view, func(r rune) bool { return r > 126 }); i >= 0 {
				t.Errorf("%s: %q", name, view[i:min(i+40, len(view))])
			}
		}
	}
}

// TestControlSequencesAreNotDrawn plants escape sequences in everything that comes
// from outside: the kubeconfig, the release, the plan, errors, logs and events.
func TestControlSequencesAreNotDrawn(t *testing.T) {
	const planted = "PLANTED\x1b]0;owned\x07\x1b[2J\u009b1mEND"
	p := newPerson(t, func(o *Options) {
		s := o.Engine.(*stage)
		s.contexts = []kube.Context{{Name: "c" + planted, Server: "https://127.0.0.1:1/" + planted, User: planted,
			Current: true}}
		s.existing = &Existing{Chart: planted, Status: planted, Note: planted}
		s.importErr = errors.New(planted)
		s.changes, s.notices = []string{planted}, []string{planted}
		s.found = map[string][]answers.Option{
			"cluster.namespace": {{Value: "zenml-server", Title: planted, Help: planted}},
		}
	})
	p.sees("https://127.0.0.1:1/PLANTED").to(guardKey).sees("with the defaults").press("down", "enter")
	p.sees("Cannot read")
	p.press("end", "enter").toReview().sees("in 1.2s").press("tab", "tab", "tab", "tab", "tab")
	p.press("u").sees("PLANTED").press("up", "enter").sees("Running upgrade")
	p.m.screen().(*installing).progress.add(event.LogLine{Pod: planted, Line: planted}, p.m.now())
	p.press("l", "l")
	p.stage.finish <- &diagnose.Fault{Object: event.Object{Kind: "Pod", Name: planted}, Summary: planted,
		Evidence: []string{planted}, Remedy: planted}
	p.sees("The upgrade failed", "PLANTED")
	for _, view := range p.views {
		if strings.ContainsAny(view, "\x1b\x07\u009b") {
			t.Fatalf("control sequences reach the terminal:\n%q", view)
		}
	}
}
