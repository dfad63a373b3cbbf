package wizard

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestASCIIScreens(t *testing.T) {
	for _, name := range []string{"guard", "database", "database-source", "help", "review-failed", "install", "connect-active"} {
		p := newPerson(t, func(o *Options) { o.Terminal.ASCII = true })
		// What scenes wait for may be drawn otherwise; the model is the same.
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
