package standin

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Colors of the console's log levels.
const (
	infoColour  = "\x1b[37m"
	errorColour = "\x1b[31m"
	resetColour = "\x1b[0m"
)

// width is where the server wraps tracebacks if its output is not a terminal.
const width = 80

// Log writes lines like the server: in color even if the output is not a
// terminal, and with boxed tracebacks. The server's environment can disable
// both.
type Log struct {
	out   io.Writer
	plain bool // no colors
	rich  bool // boxed tracebacks
}

// NewLog returns a log configured by env.
func NewLog(env Env, out io.Writer) Log {
	plain, _ := env.truth("ZENML_LOGGING_COLORS_DISABLED", false)
	rich, err := env.truth("ZENML_ENABLE_RICH_TRACEBACK", true)
	return Log{out: out, plain: plain, rich: rich || err != nil}
}

// Info writes a message from the function where.
func (l Log) Info(where, format string, args ...any) {
	l.write(infoColour, "INFO", where, format, args)
}

// Error writes an error message from the function where.
func (l Log) Error(where, format string, args ...any) {
	l.write(errorColour, "ERROR", where, format, args)
}

// Print writes a line without level and color, like commands.
func (l Log) Print(line string) { _, _ = fmt.Fprintln(l.out, line) }

func (l Log) write(color, level, where, format string, args []any) {
	reset, now := resetColour, strings.Replace(time.Now().UTC().Format("2006-01-02 15:04:05.000"), ".", ",", 1)
	if l.plain {
		color, reset = "", ""
	}
	_, _ = fmt.Fprintf(
		l.out,
		"%s%s | %-8s | %s | %s%s\n",
		color,
		now,
		level,
		where,
		fmt.Sprintf(format, args...),
		reset,
	)
}

// traceback writes an error like Python, with the exception at the end.
func (l Log) traceback(where string, err error) {
	class, text := "RuntimeError", err.Error()
	var py *pyError
	if errors.As(err, &py) {
		class, text = py.class, py.text
	}
	if strings.HasPrefix(class, "sqlalchemy.") {
		text += "\n(Background on this error at: https://sqlalche.me/e/20/e3q8)"
	}
	if !l.rich {
		_, _ = fmt.Fprintf(
			l.out,
			"Traceback (most recent call last):\n  File \"%s\", line 1, in %s\n%s: %s\n",
			frameFile,
			where,
			class,
			text,
		)
		return
	}
	short := class[strings.LastIndex(class, ".")+1:]
	_, _ = io.WriteString(l.out, box(where)+wrap(short+": "+text))
}

// frameFile is the file name in the stand-in's tracebacks.
const frameFile = "/usr/local/lib/python3/dist-packages/standin/server.py"

// frames is the number of frames in a boxed traceback: real ones are hundreds
// of lines long.
const frames = 16

// box returns the frames of a traceback.
func box(where string) string {
	var out strings.Builder
	title := " Traceback (most recent call last) "
	side := (width - 2 - len(title)) / 2
	fmt.Fprintf(&out, "╭%s%s%s╮\n", strings.Repeat("─", side), title, strings.Repeat("─", width-2-len(title)-side))
	for frame := range frames {
		first := frame*9 + 1
		if frame > 0 {
			out.WriteString(boxed(""))
		}
		out.WriteString(boxed(fmt.Sprintf("%s:%d", frameFile, first+3)))
		out.WriteString(boxed("in " + where))
		out.WriteString(boxed(""))
		for line := first; line < first+7; line++ {
			mark := " "
			if line == first+3 {
				mark = "❱"
			}
			out.WriteString(boxed(fmt.Sprintf("%s %3d │   step_%d()", mark, line, line)))
		}
	}
	fmt.Fprintf(&out, "╰%s╯\n", strings.Repeat("─", width-2))
	return out.String()
}

// boxed is one line of a box.
func boxed(text string) string {
	return fmt.Sprintf("│ %-*s │\n", width-4, text)
}

// wrap breaks lines at spaces. A space before a break remains at the end of its
// line.
func wrap(text string) string {
	var out strings.Builder
	for _, line := range strings.Split(text, "\n") {
		used := 0
		for _, word := range strings.SplitAfter(line, " ") {
			if used > 0 && used+len([]rune(strings.TrimRight(word, " "))) > width {
				out.WriteString("\n")
				used = 0
			}
			for runes := []rune(word); len(runes) > 0; {
				part := runes[:min(len(runes), width)]
				out.WriteString(string(part))
				used += len(part)
				if runes = runes[len(part):]; len(runes) > 0 {
					out.WriteString("\n")
					used = 0
				}
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}
