package cmd

import (
	"cmp"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/zenml-installer/zenml-installer/internal/display"
)

// Streams is the environment of the program: its input, outputs and environment
// variables. Data goes to Out, messages to Err.
type Streams struct {
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	Getenv func(string) (string, bool)
	// ReadFile reads the files that answers refer to. Main sets it if it is nil.
	ReadFile func(path string) ([]byte, error)
	files    *secretFiles // what ReadFile reads with, if Main set it
	// Renderer is the program that renders charts in a process of its own; empty
	// means in this process.
	Renderer string
	// Program is the name by which the program was called; empty means the
	// default.
	Program string
}

// System returns the streams of the process.
func System() Streams {
	self, _ := os.Executable() // "" renders in this process
	return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.LookupEnv, Program: os.Args[0],
		Renderer: self}
}

func (s Streams) program() string { return cmp.Or(s.Program, "zenml-installer") }

// Interactive reports whether both input and messages are on a terminal.
func (s Streams) Interactive() bool { return isTerminal(s.In) && isTerminal(s.Err) }

// Plain reports whether screens must be avoided: on a terminal that cannot move
// its cursor, or if the user asked for plain lines.
func (s Streams) Plain() bool {
	accessible, _ := s.Getenv("ACCESSIBLE")
	kind, _ := s.Getenv("TERM")
	return accessible != "" || kind == "dumb"
}

// safe keeps control sequences of servers, charts and answers from the terminal, and wraps
// sentences to its width. Data that goes elsewhere is not changed.
func (s Streams) safe() Streams {
	messages := s.Err
	s.Err = display.NewSafe(messages).Wrapped(func() int { return columns(messages) })
	if isTerminal(s.Out) {
		s.Out = display.NewSafe(s.Out)
	}
	return s
}

// styled returns the writer for text with colors.
func styled(w io.Writer) io.Writer {
	if safe, ok := w.(*display.Safe); ok {
		return safe.Styled()
	}
	return w
}

// destination returns the destination itself, for screens and what asks the user.
func destination(w io.Writer) io.Writer {
	if safe, ok := w.(*display.Safe); ok {
		return safe.Unwrap()
	}
	return w
}

func isTerminal(stream any) bool {
	if w, ok := stream.(io.Writer); ok {
		stream = destination(w)
	}
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// indented returns a sentence as an item of a list, wrapped to the width of a terminal.
func indented(w io.Writer, sentence string) string {
	if width := columns(w); width > 0 {
		return display.Indent("  "+sentence, width)
	}
	return "  " + sentence
}

// columns is the width of a terminal; zero if it does not say.
func columns(w io.Writer) int {
	f, ok := destination(w).(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// getenv is Getenv for callers that treat unset as empty.
func (s Streams) getenv(name string) string {
	value, _ := s.Getenv(name)
	return value
}
