package wizard

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"rsc.io/qr"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// quietZone is the width of the empty frame that scanners need, in modules. The
// standard asks for 4; they read 2 on a screen, and 1 if there is no more space.
const quietZone = 2

// qrView shows the QR code of the public address alone, because nothing else fits beside
// it in a small window. Where the code does not fit, it says how large the window must be.
func (c *connecting) qrView(width, height int) string {
	url := c.publicURL()
	top := c.styles.Title.Render(display.Truncate(url, width)) + c.styles.Muted.Render("  r hides the code") + "\n"
	var code string
	for zone := quietZone; zone > 0; zone-- {
		code = qrCode(url, zone)
		if lipgloss.Height(code) <= height-1 && lipgloss.Width(code) <= width {
			return top + code
		}
	}
	if code == "" {
		return top + "\n" + display.Wrap("The address is too long for a QR code.", width)
	}
	frame := c.session.layout
	return top + "\n" + display.Wrap(fmt.Sprintf("The QR code needs a window of at least %d by %d characters. Enlarge "+
		"the window, or make its font smaller.", lipgloss.Width(code)+c.session.frameWidth(),
		lipgloss.Height(code)+1+frame.headRows+frame.keyRows), width)
}

// frameWidth is the number of columns around the body.
func (s *session) frameWidth() int {
	width := 3
	if s.rail {
		width += railWidth + 2
	}
	return width
}

// qrCode draws a QR code of text, two modules per character: dark ones are the
// terminal's background, so that it is readable on dark terminals. It returns ""
// if the text is too long.
func qrCode(text string, quietZone int) string {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return ""
	}
	light := func(x, y int) bool { return !code.Black(x, y) } // also outside of the code
	var lines []string
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		var b strings.Builder
		for x := -quietZone; x < code.Size+quietZone; x++ {
			b.WriteString(halves[light(x, y)][light(x, y+1)])
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

// halves are the characters for an upper and a lower module that is light.
var halves = map[bool]map[bool]string{
	true:  {true: "█", false: "▀"},
	false: {true: "▄", false: " "},
}
