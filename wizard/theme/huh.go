package theme

import (
	"github.com/charmbracelet/huh"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// HuhTheme returns the styles of huh's fields. The screen draws their titles
// and frames itself.
func (s *Styles) HuhTheme() *huh.Theme {
	var t huh.Theme
	f := &t.Focused
	f.SelectSelector = s.Accent.SetString(display.GlyphPointer + " ")
	f.Option = s.Plain
	f.UnselectedOption = s.Plain
	f.SelectedOption = s.Selected
	f.TextInput.Cursor = s.Cursor
	f.TextInput.CursorText = s.CursorOff
	f.TextInput.Placeholder = s.Muted
	f.TextInput.Prompt = s.Accent
	f.TextInput.Text = s.Plain
	t.Blurred = t.Focused
	return &t
}
