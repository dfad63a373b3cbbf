package cmd

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// picturesDir names the folder for the screenshots of the guided install, set
// by make pictures.
const picturesDir = "ZENML_TEST_PICTURES"

// picture saves the current screen as an SVG, if screenshots are requested.
func (term *terminal) picture(name string) {
	term.t.Helper()
	dir := os.Getenv(picturesDir)
	if dir == "" {
		return
	}
	svg := drawScreen(term.tmux("capture-pane", "-e", "-p"))
	if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(svg), 0o644); err != nil {
		term.t.Fatal(err)
	}
}

const (
	cellWidth, lineHeight = 8.4, 18
	margin                = 14
	ink, paper            = "#d0d0d0", "#1c1c1c"
)

// drawScreen converts a screen with colors (SGR sequences) to SVG.
func drawScreen(screen string) string {
	lines := strings.Split(strings.TrimRight(screen, "\n"), "\n")
	var body strings.Builder
	pen := newPen()
	widest := 0
	for i, line := range lines {
		column := 0
		for _, run := range pen.runs(line) {
			n := utf8.RuneCountInString(run.text)
			if strings.TrimSpace(run.text) != "" {
				fmt.Fprintf(&body, `<text x="%.1f" y="%d" xml:space="preserve" textLength="%.1f"%s>%s</text>`+"\n",
					margin+float64(column)*cellWidth, margin+(i+1)*lineHeight-4, float64(n)*cellWidth, run.style,
					html.EscapeString(run.text))
			}
			column += n
		}
		widest = max(widest, column)
	}
	width, height := 2*margin+float64(widest)*cellWidth, 2*margin+len(lines)*lineHeight
	return fmt.Sprintf(
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="ui-monospace, Menlo, 'DejaVu Sans Mono', monospace" font-size="14" fill="%s">
<rect width="100%%" height="100%%" rx="8" fill="%s"/>
%s</svg>
`,
		width,
		height,
		ink,
		paper,
		body.String(),
	)
}

// pen is the current text style.
type pen struct {
	color       string
	bold, faint bool
}

type run struct{ text, style string }

func newPen() *pen { return &pen{} }

var sgr = regexp.MustCompile(`\x1b\[([0-9;:]*)m`)

func (p *pen) runs(line string) []run {
	var runs []run
	at := 0
	for _, m := range sgr.FindAllStringSubmatchIndex(line, -1) {
		runs = append(runs, run{line[at:m[0]], p.style()})
		p.take(strings.FieldsFunc(line[m[2]:m[3]], func(r rune) bool { return r == ';' || r == ':' }))
		at = m[1]
	}
	return append(runs, run{line[at:], p.style()})
}

func (p *pen) style() string {
	var s string
	if p.color != "" {
		s += fmt.Sprintf(` fill="%s"`, p.color)
	}
	if p.bold {
		s += ` font-weight="bold"`
	}
	if p.faint {
		s += ` opacity="0.65"`
	}
	return s
}

var sixteen = []string{
	"#1c1c1c", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d0d0d0",
	"#7f7f7f", "#ff7b86", "#b5e890", "#ffd68a", "#7fc4ff", "#e19bf0", "#7fe0e8", "#ffffff",
}

func (p *pen) take(codes []string) {
	if len(codes) == 0 {
		*p = pen{}
	}
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i])
		switch {
		case n == 0:
			*p = pen{}
		case n == 1:
			p.bold = true
		case n == 2:
			p.faint = true
		case n == 22:
			p.bold, p.faint = false, false
		case n >= 30 && n <= 37:
			p.color = sixteen[n-30]
		case n >= 90 && n <= 97:
			p.color = sixteen[n-82]
		case n == 39:
			p.color = ""
		case (n == 38 || n == 48) && i+2 < len(codes) && codes[i+1] == "5":
			if c, _ := strconv.Atoi(codes[i+2]); n == 38 {
				p.color = indexed(c)
			}
			i += 2
		case (n == 38 || n == 48) && i+4 < len(codes) && codes[i+1] == "2":
			if n == 38 {
				p.color = fmt.Sprintf("rgb(%s,%s,%s)", codes[i+2], codes[i+3], codes[i+4])
			}
			i += 4
		}
	}
}

// indexed returns a color of the 256-color palette.
func indexed(n int) string {
	level := func(v int) int {
		if v == 0 {
			return 0
		}
		return 55 + 40*v
	}
	switch {
	case n < 16:
		return sixteen[n]
	case n < 232:
		n -= 16
		return fmt.Sprintf("rgb(%d,%d,%d)", level(n/36), level(n/6%6), level(n%6))
	}
	gray := 8 + 10*(n-232)
	return fmt.Sprintf("rgb(%d,%d,%d)", gray, gray, gray)
}

func TestDrawScreen(t *testing.T) {
	svg := drawScreen("\x1b[1;38;5;99mZenML\x1b[0m <b>\n")
	for _, want := range []string{">ZenML</text>", `fill="rgb(135,95,255)"`, `font-weight="bold"`, "&lt;b&gt;"} {
		if !strings.Contains(svg, want) {
			t.Errorf("missing %q in %s", want, svg)
		}
	}
}
