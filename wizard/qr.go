package wizard

import (
	"strings"

	"rsc.io/qr"
)

// quietZone is the width of the empty frame that scanners need, in modules. The
// standard asks for 4; they read 2 on a screen.
const quietZone = 2

// qrCode draws a QR code of text, two modules per character: dark ones are the
// terminal's background, so that it is readable on dark terminals. It returns ""
// if the text is too long.
func qrCode(text string) string {
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
