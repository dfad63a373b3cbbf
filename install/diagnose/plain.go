package diagnose

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// wrapWidth is where the server wraps tracebacks if its output is not a
// terminal.
const wrapWidth = 80

// frame matches the first line of a frame in a traceback without boxes.
var frame = regexp.MustCompile(`^\s*File ".*", line \d+`)

// Reader filters a server's log while it arrives. It removes colors, the frames
// of tracebacks (boxed or not) and notes after an exception that do not explain
// it. It joins the wrapped lines of the exception after a box, and masks
// passwords.
type Reader struct {
	afterBox bool
	// outside reports that the last line was not in a traceback without boxes.
	// The first lines of a log may be the end of a traceback.
	outside bool
	inNote  bool
	pending *string
}

// Next reads one line and returns the line that it completes, if any.
func (r *Reader) Next(line string) []string {
	line = ansi.Strip(line)
	if r.isFrame(line) {
		return r.Rest()
	}
	more := false
	if r.afterBox {
		line, more = continued(line)
	}
	if r.pending != nil {
		line = *r.pending + line
		r.pending = nil
	}
	if more {
		r.pending = &line
		return nil
	}
	return r.telling(line)
}

// Rest returns the last, possibly incomplete line, if any.
func (r *Reader) Rest() []string {
	if r.pending == nil {
		return nil
	}
	line := *r.pending
	r.pending = nil
	return r.telling(line)
}

// notes follow an exception without explaining it. Notes in brackets quote a
// statement and may span several lines.
var notes = []string{"(Background on this error at:", "For further information visit", "[SQL:", "[parameters:"}

func (r *Reader) telling(line string) []string {
	text := strings.TrimSpace(line)
	isNote := r.inNote || slices.ContainsFunc(notes, func(note string) bool { return strings.HasPrefix(text, note) })
	r.inNote = isNote && (r.inNote || strings.HasPrefix(text, "[")) && !strings.HasSuffix(text, "]")
	if isNote || text == "" {
		return nil
	}
	return []string{mask(line)}
}

func (r *Reader) isFrame(line string) bool {
	if isBox(line) {
		r.afterBox, r.outside = true, true
		return true
	}
	if strings.HasPrefix(line, "Traceback (most recent call last)") || frame.MatchString(line) {
		r.afterBox, r.outside = false, false
		return true
	}
	r.outside = r.outside || !strings.HasPrefix(line, " ")
	return !r.outside
}

func isBox(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	return strings.ContainsRune("╭│╰", first) && first != utf8.RuneError
}

// continued returns what a row of a paragraph contributes to it, and whether the
// paragraph continues: it is wrapped after a space, which is dropped from a row
// that is full, or within a word that fills the row.
func continued(row string) (text string, more bool) {
	switch {
	case strings.HasSuffix(row, " "):
		return row, true
	case utf8.RuneCountInString(row) != wrapWidth:
		return row, false
	case strings.Contains(row, " "):
		return row + " ", true
	}
	return row, true
}

// Plain returns the lines that a Reader keeps.
func Plain(lines []string) []string {
	var r Reader
	var plain []string
	for _, line := range lines {
		plain = append(plain, r.Next(line)...)
	}
	return append(plain, r.Rest()...)
}

// logPrefix matches the time, the level and the source in a line of the server's log.
var logPrefix = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \| (\w+) +\| [\w.]+:\w+:\d+ \| `)

// Message returns a line of the server's log without its time and source. It keeps a
// level other than INFO.
func Message(line string) string {
	prefix := logPrefix.FindStringSubmatch(line)
	switch {
	case prefix == nil:
		return line
	case prefix[1] == "INFO":
		return line[len(prefix[0]):]
	}
	return prefix[1] + ": " + line[len(prefix[0]):]
}

// LastLine returns the message of the last line that a Reader keeps, or "".
func LastLine(lines []string) string {
	plain := Plain(lines)
	if len(plain) == 0 {
		return ""
	}
	return Shorten(Message(plain[len(plain)-1]))
}

// innermost returns the code of the last frame in a log: the marked lines of a
// boxed traceback, otherwise the lines below the last file name.
func innermost(lines []string) string {
	for i, line := range slices.Backward(lines) {
		line = ansi.Strip(line)
		if _, code, found := strings.Cut(line, "❱"); found && isBox(line) {
			return code
		}
		if frame.MatchString(line) {
			return strings.Join(lines[i+1:], "\n")
		}
	}
	return ""
}
