package wizard

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// dialog is a modal question. Its last option is the safe one; esc selects it.
type dialog struct {
	title   string
	text    string
	options []option
	at      int
}

// option is an answer of a dialog or an action of a screen.
type option struct {
	key   string // a single letter that selects it
	label string // its further lines are shown below it, muted
	run   func() (move, tea.Cmd)
}

// goTo returns an action that only moves.
func goTo(m move) func() (move, tea.Cmd) { return func() (move, tea.Cmd) { return m, nil } }

// openDialog shows a dialog with the cursor on the safe option.
func (s *session) openDialog(title, text string, options ...option) {
	s.dialog = &dialog{title: title, text: text, options: options, at: len(options) - 1}
}

// safeOption returns the last option.
func (d *dialog) safeOption() option { return d.options[len(d.options)-1] }

// answerDialog handles a key. The first answer closes the dialog.
func (s *session) answerDialog(name string) (move, tea.Cmd) {
	d := s.dialog
	switch name {
	case "up", "left", "shift+tab":
		d.at = (d.at + len(d.options) - 1) % len(d.options)
	case "down", "right", "tab":
		d.at = (d.at + 1) % len(d.options)
	case "esc":
		return s.choose(d.safeOption())
	case "enter":
		return s.choose(d.options[d.at])
	default:
		for _, o := range d.options {
			if o.key == name {
				return s.choose(o)
			}
		}
	}
	return move{}, nil
}

func (s *session) choose(o option) (move, tea.Cmd) {
	s.dialog = nil
	if o.run == nil {
		return move{}, nil
	}
	return o.run()
}

// dialogView renders the dialog.
func (s *session) dialogView(width, height int) string {
	p, _ := s.dialogPane(width, height)
	return p.view()
}

// dialogPane returns the dialog with the line of each option.
func (s *session) dialogPane(width, height int) (pane, []int) {
	d := s.dialog
	var starts []int
	var b strings.Builder
	b.WriteString(s.styles.Warn.Bold(true).Render(display.Wrap(d.title, width)) + "\n\n")
	if d.text != "" {
		b.WriteString(display.Wrap(d.text, width) + "\n\n")
	}
	for i, o := range d.options {
		starts = append(starts, lipgloss.Height(display.Wrap(b.String(), width))-1)
		b.WriteString(s.optionLine(o, i == d.at, width) + "\n")
	}
	p := pane{styles: s.styles}
	p.set(strings.TrimRight(b.String(), "\n"), width, height)
	p.scroll(len(p.lines))
	p.show(starts[d.at], starts[d.at]+1)
	return p, starts
}

// clickDialog selects the option in a line, and answers with the one that is selected
// already.
func (s *session) clickDialog(line, width, height int) (move, tea.Cmd) {
	d := s.dialog
	p, starts := s.dialogPane(width, height)
	at := -1
	for i, start := range starts {
		if line+p.offset >= start && line+p.offset < len(p.lines) {
			at = i
		}
	}
	switch {
	case at < 0:
		return move{}, nil
	case at == d.at:
		return s.choose(d.options[at])
	}
	d.at = at
	return move{}, nil
}

// optionIndent is how far an option's help is indented.
const optionIndent = 4

// optionLine returns an option's line. The selected option has a pointer as
// well as a color.
func (s *session) optionLine(o option, chosen bool, width int) string {
	label, help, _ := strings.Cut(o.label, "\n")
	if o.key != "" {
		label += " (" + o.key + ")"
	}
	line := "  " + label
	if chosen {
		line = s.styles.Selected.Render(display.GlyphPointer + " " + label)
	}
	if help != "" {
		help = display.Wrap(help, width-optionIndent)
		line += "\n" + s.styles.Muted.Render(lipgloss.NewStyle().PaddingLeft(optionIndent).Render(help))
	}
	return line
}
