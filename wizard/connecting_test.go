package wizard

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/zenml-installer/zenml-installer/install/connect"
)

func TestReconnect(t *testing.T) {
	p := newPerson(t).throughCluster().toReview().sees("in 1.2s").press("enter")
	p.stage.finish <- nil
	p.sees("Server ready", "Opened the browser")
	p.stage.gone <- struct{}{}
	p.sees("Not connected to the server: the namespace is gone", "Connect again").press("t").sees("Server ready")
	if len(p.stage.opened) != 1 {
		t.Errorf("the browser was opened %d times", len(p.stage.opened))
	}
	p.press("o").until("the browser", func() bool {
		p.stage.mu.Lock()
		defer p.stage.mu.Unlock()
		return len(p.stage.opened) == 2
	})
}

func TestConnectDescribesServer(t *testing.T) {
	p := newPerson(t)
	p.stage.server = Server{
		Address: connect.Address{URL: "https://zenml.example.com"}, ClientAdvice: "your zenml client is older",
		SSH: "ssh -N -L 8080:127.0.0.1:8080 me@build-host",
	}
	p.throughCluster().toReview().sees("in 1.2s").press("enter")
	p.handle(tea.WindowSizeMsg{Width: 100, Height: 50})
	p.stage.finish <- nil
	p.sees("From other machines: https://zenml.example.com", "zenml login https://zenml.example.com",
		"your zenml client is older", "me@build-host")
	p.press("c").sees("Copied https://zenml.example.com").press("r").sees("▄▄▄▄▄").press("r")
}

// TestActivationExposesServer leads with the public address once the activation has
// exposed a closed server.
func TestActivationExposesServer(t *testing.T) {
	const public = "https://zenml.example.com"
	p := newPerson(t)
	p.stage.server, p.stage.exposed = Server{Closed: true}, &connect.Address{URL: public}
	p.throughCluster().toReview().sees("in 1.2s").press("enter")
	p.handle(tea.WindowSizeMsg{Width: 100, Height: 50})
	p.stage.finish <- nil
	p.sees("Server ready at http://", "The server is not exposed until it is activated.")
	p.stage.activate <- nil
	p.sees("Server exposed at "+public, "On this machine, also at http://", "zenml login "+public,
		"The local address works")
	for _, old := range []string{"not exposed until", "Server ready", "zenml login http://"} {
		if strings.Contains(p.screen(), old) {
			t.Errorf("the screen still says %q:\n%s", old, p.screen())
		}
	}
	p.press("c").sees("Copied " + public)
}

// TestAddressAwaitsCertificate names the certificate that is being issued, and shows the
// address and the login for it only when it is there.
func TestAddressAwaitsCertificate(t *testing.T) {
	const public = "https://zenml.example.com"
	p := newPerson(t)
	p.stage.server, p.stage.settled = Server{Closed: true}, make(chan connect.Address, 1)
	p.stage.exposed = &connect.Address{URL: public, AwaitsCertificate: true,
		Trouble: "Certificate zenml-tls: not issued yet"}
	p.throughCluster().toReview().sees("in 1.2s").press("enter")
	p.handle(tea.WindowSizeMsg{Width: 100, Height: 50})
	p.stage.finish <- nil
	p.sees("The server is not exposed until it is activated.")
	p.stage.activate <- nil
	p.sees("Waiting for the certificate of "+public, "not issued yet", "zenml login http://127.0.0.1:8080")
	if strings.Contains(p.screen(), "zenml login "+public) {
		t.Errorf("the screen shows a login that fails:\n%s", p.screen())
	}
	p.press("c").sees("Copied http://127.0.0.1:8080")
	p.stage.server.Address = *p.stage.exposed
	p.stage.gone <- struct{}{}
	p.sees("the namespace is gone").press("t").sees("Waiting for the certificate of " + public)
	p.stage.settled <- connect.Address{URL: public, NoVerify: true}
	p.sees("Server exposed at "+public, "zenml login "+public+" --no-verify-ssl", "does not trust its certificate")
	p.press("c").sees("Copied " + public)
}
