package wizard

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

var mashed = []string{
	"enter", "enter", "enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "pgup", "pgdown",
	"home", "end", "backspace", "f1", "?", "r", "i", "w", "y", "n", "e", "o", "q", "t", "a", "k", "x", " ", "ü", "界", "0", "env:A", "secret:",
}

// Thousands of keys, window sizes and pastes at random: nothing panics, no
// view is larger than its window, and no secret shows.
func TestRandomKeys(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			p := newPerson(t)
			if seed%2 == 0 {
				p.throughCluster().throughMySQL()
			}
			p.stage.failing = seed%3 == 0
			width, height := 80, 24
			for range 600 {
				switch n := random.IntN(100); {
				case n < 4:
					width, height = 1+random.IntN(220), 1+random.IntN(70)
					p.handle(tea.WindowSizeMsg{Width: width, Height: height})
				case n < 6:
					p.handle(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("paste\nof two\tlines"), Paste: true})
				case n < 7:
					select {
					case p.stage.finish <- nil:
					default:
					}
				case n < 9 && p.m.at == stepInstall:
					p.press("ctrl+c")
				default:
					p.press(mashed[random.IntN(len(mashed))])
				}
				p.drain()
				if p.gone {
					p = newPerson(t)
					p.handle(tea.WindowSizeMsg{Width: width, Height: height})
				}
				requireFits(t, p.m.View(), width, height)
			}
			p.noCanary()
		})
	}
}

// drain handles pending messages without waiting.
func (p *person) drain() {
	for {
		select {
		case msg := <-p.msgs:
			p.handle(msg)
		default:
			return
		}
	}
}

// noCanary fails if any view so far contains the typed secret.
func (p *person) noCanary() {
	p.t.Helper()
	for _, view := range p.views {
		if strings.Contains(view, canary) {
			p.t.Fatalf("a view contains the secret\n%s", view)
		}
	}
}

func TestResizeKeepsInput(t *testing.T) {
	p := newPerson(t).throughCluster().press("down", "enter").to("database.mysql.host")
	for i, r := range "db.example.com" {
		p.press(string(r))
		for _, size := range [][2]int{{80, 24}, {1, 1}, {200, 60}, {30, 8}, {100, 10 + i}, {131, 3}} {
			p.handle(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			requireFits(t, p.m.View(), size[0], size[1])
		}
	}
	p.handle(tea.WindowSizeMsg{Width: 80, Height: 24})
	p.sees("db.example.com")
}

func TestTypedSecretIsNeverShown(t *testing.T) {
	p := newPerson(t)
	p.throughCluster().throughMySQL().press("shift+tab", "?", "f1", "x").toReview()
	p.sees("in 1.2s").press("end", "home", "enter").sees("Running upgrade")
	p.stage.finish <- nil
	p.sees("Server ready")
	p.noCanary()
}
