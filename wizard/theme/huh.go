package theme

import "github.com/charmbracelet/huh"

// Form returns the look of huh's fields. They are drawn without a title,
// which the screen draws itself, and without a frame.
func (l *Styles) HuhTheme() *huh.Theme {
	var t huh.Theme
	f := &t.Focused
	f.SelectSelector = l.Accent.SetString(Pointer + " ")
	f.Option = l.Plain
	f.UnselectedOption = l.Plain
	f.SelectedOption = l.Selected
	f.TextInput.Cursor = l.Cursor
	f.TextInput.CursorText = l.CursorOff
	f.TextInput.Placeholder = l.Muted
	f.TextInput.Prompt = l.Accent
	f.TextInput.Text = l.Plain
	t.Blurred = t.Focused
	return &t
}
