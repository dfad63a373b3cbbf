package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/zenml-installer/zenml-installer/install"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// The exit codes are public, because scripts and pipelines depend on them.
const (
	exitDone        = 0
	exitUnexpected  = 1
	exitUsage       = 2
	exitPreflight   = 3
	exitWarnings    = 4
	exitInstall     = 5
	exitChanges     = 6
	exitInterrupted = 130
)

// failure is an error with its exit code.
type failure struct {
	code     int
	err      error
	reported bool // already shown to the user, for example in a report
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// usage marks an error in the command line or the answers.
func usage(err error) error { return &failure{code: exitUsage, err: err} }

func usagef(format string, args ...any) error { return usage(fmt.Errorf(format, args...)) }

func exitCode(err error) int {
	var known *failure
	var faults answers.Faults
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &known):
		return known.code
	case errors.As(err, &faults):
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitUnexpected
}

// printError prints an error for the user, unless a report has shown it.
func printError(w io.Writer, err error) {
	var known *failure
	if err == nil || errors.As(err, &known) && known.reported {
		return
	}
	if exitCode(err) != exitInterrupted {
		printPrefixed(w, "Error", err.Error())
		return
	}
	if isBareCancel(err) {
		fmt.Fprintln(w, "Interrupted.")
		return
	}
	printPrefixed(w, "Interrupted", strings.TrimPrefix(withoutCancel(err.Error()), "interrupted "))
}

// withoutCancel removes from the text of an interruption that a context was canceled,
// which says nothing to the user.
func withoutCancel(text string) string {
	const said = "context canceled"
	return strings.TrimPrefix(strings.ReplaceAll(text, ": "+said, ""), said+"\n")
}

// isBareCancel reports whether an interruption has no further information.
func isBareCancel(err error) bool {
	cause := err
	for errors.Unwrap(cause) != nil {
		cause = errors.Unwrap(cause)
	}
	_, several := cause.(interface{ Unwrap() []error })
	return !several && err.Error() == cause.Error()
}

func printPrefixed(w io.Writer, word, text string) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) == 1 {
		fmt.Fprintln(w, word+": "+lines[0])
		return
	}
	fmt.Fprintln(w, word+":")
	for _, line := range lines {
		if strings.HasPrefix(line, " ") { // a command, which stays whole
			fmt.Fprintln(w, "  "+line)
		} else {
			fmt.Fprintln(w, indented(w, line))
		}
	}
}

// installError adds the exit code to an error of the install.
func installError(err error) error {
	var stopped *install.Interrupted
	var faults answers.Faults
	switch {
	case errors.As(err, &stopped), errors.Is(err, context.Canceled):
		return &failure{code: exitInterrupted, err: err}
	case errors.As(err, &faults):
		return usage(err)
	}
	return &failure{code: exitInstall, err: err}
}

// stoppedTransfer adds to an interruption what the next run does.
func stoppedTransfer(err error, state string) error {
	if !errors.Is(err, context.Canceled) {
		return err
	}
	return &failure{code: exitInterrupted, err: errors.New(state + ". Run the same command again: it continues")}
}
