package wizard

import "testing"

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
