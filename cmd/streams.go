package cmd

import (
	"cmp"
	"io"
	"os"

	"golang.org/x/term"
)

// Streams is the program's surroundings: what it reads, writes and may ask of
// the environment. Data goes to Out, talk to Err.
type Streams struct {
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	Getenv func(string) (string, bool)
	// Program is the name by which the program was called; its own when empty.
	Program string
}

// System is the surroundings of a process.
func System() Streams {
	return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.LookupEnv, Program: os.Args[0]}
}

func (s Streams) program() string { return cmp.Or(s.Program, "zenml-installer") }

// Interactive tells whether a person sits at both ends: input and talk.
func (s Streams) Interactive() bool { return isTerminal(s.In) && isTerminal(s.Err) }

// Plain tells whether screens are out of place: a terminal that cannot move
// its cursor, or a person who asked for plain lines.
func (s Streams) Plain() bool {
	accessible, _ := s.Getenv("ACCESSIBLE")
	kind, _ := s.Getenv("TERM")
	return accessible != "" || kind == "dumb"
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// getenv is Getenv for those that do not tell unset from empty.
func (s Streams) getenv(name string) string {
	value, _ := s.Getenv(name)
	return value
}
