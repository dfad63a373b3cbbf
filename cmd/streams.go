package cmd

import (
	"cmp"
	"io"
	"os"

	"golang.org/x/term"
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

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// columns is the width of a terminal; zero if it does not say.
func columns(w io.Writer) int {
	f, ok := w.(*os.File)
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
