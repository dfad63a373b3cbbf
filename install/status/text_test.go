package status

import (
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/install/inspect"
)

// TestTextWithoutPods says why there are no pods, and how to start them.
func TestTextWithoutPods(t *testing.T) {
	commands := Commands{Install: "install", Connect: "connect", Diagnose: "diagnose",
		Start: func(name string) string { return "scale " + name }}
	for name, test := range map[string]struct {
		seen inspect.Overview
		want []string
	}{
		"stopped": {inspect.Overview{Found: true, Deployment: "zenml"},
			[]string{"0 of 0 ready", "it is stopped: Deployment zenml has 0 replicas", "scale zenml"}},
		"none created": {inspect.Overview{Found: true, Deployment: "zenml", Desired: 1},
			[]string{"0 of 1 ready", "no pod was created, although Deployment zenml asks for 1", "diagnose"}},
		"deleted": {inspect.Overview{}, []string{"its Deployment does not exist", "diagnose"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := State{Status: "deployed", Release: "r"}
			s.add(test.seen)
			s.ServerError = noPods(test.seen)
			s.Next = s.next(commands, test.seen)
			var b strings.Builder
			if err := Text(&b, s, time.Now()); err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !strings.Contains(b.String(), want) {
					t.Errorf("no %q in\n%s", want, &b)
				}
			}
			if s.Healthy() || !strings.Contains(s.Problem(), "its server does not answer: "+s.ServerError) {
				t.Error(s.Problem())
			}
		})
	}
}

func TestExpiryText(t *testing.T) {
	now := time.Now()
	for in, want := range map[time.Duration]string{-time.Hour: "expired on ", 49 * time.Hour: ", in 2 days"} {
		if got := expiryText(now.Add(in), now); !strings.Contains(got, want) {
			t.Errorf("%s: %s", in, got)
		}
	}
}
