package wizard

import (
	"io"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// copyText puts text on the clipboard of the user's terminal, also over SSH (the
// sequence OSC 52, which some terminals ignore).
func (s *session) copyText(text string) tea.Cmd {
	return s.control(func(w io.Writer) { termenv.NewOutput(w).Copy(text) })
}

// ring rings the terminal's bell, to call a user who looks elsewhere.
func (s *session) ring() tea.Cmd {
	return s.control(func(w io.Writer) { _, _ = io.WriteString(w, "\a") })
}

// title sets the title of the terminal's window.
func (s *session) title(text string) tea.Cmd {
	if !s.options.Terminal.Styled {
		return nil
	}
	return tea.SetWindowTitle(text)
}

// control writes a sequence that draws nothing.
func (s *session) control(write func(io.Writer)) tea.Cmd {
	w := s.options.Output
	if w == nil || !s.options.Terminal.Styled {
		return nil
	}
	return func() tea.Msg {
		write(w)
		return nil
	}
}

// hyperlinks makes the address of the server clickable in a line of the screen.
// Terminals without hyperlinks show the address alone.
func (s *session) hyperlinks(line string) string {
	if s.options.Terminal.Styled {
		for _, url := range s.links {
			line = strings.ReplaceAll(line, url, ansi.SetHyperlink(url)+url+ansi.ResetHyperlink())
		}
	}
	return line
}
