package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install"
)

// TestPrintError verifies that interruptions are printed with all available
// information.
func TestPrintError(t *testing.T) {
	stopped := &install.Interrupted{Step: "release", Next: "the next run starts from the beginning",
		Err: context.Canceled}
	for _, test := range []struct {
		err  error
		code int
		says string
	}{
		{nil, exitDone, ""},
		{context.Canceled, exitInterrupted, "Interrupted.\n"},
		{&failure{code: exitInterrupted, err: context.Canceled}, exitInterrupted, "Interrupted.\n"},
		{fmt.Errorf("http://127.0.0.1:1: %w (last answer: %w)", context.Canceled, errors.New("GET /api/v1/info "+
			"answered 500: no database")), exitInterrupted,
			"Interrupted: http://127.0.0.1:1 (last answer: GET /api/v1/info answered 500: no " +
				"database)\n"},
		{installError(stopped), exitInterrupted, "Interrupted: in step release: there is no release; the next run " +
			"starts from the beginning\n"},
		{&failure{code: exitInterrupted, err: stopped, reported: true}, exitInterrupted, ""},
		{errors.Join(context.Canceled, errors.New("left behind: Secret x")), exitInterrupted,
			"Interrupted: left behind: Secret x\n"},
		{errors.New("no such file"), exitUnexpected, "Error: no such file\n"},
		{&failure{code: exitInstall, err: fmt.Errorf("the release: %w", context.Canceled)}, exitInstall,
			"Error: the release: context canceled\n"},
	} {
		var said strings.Builder
		printError(&said, test.err)
		if said.String() != test.says || exitCode(test.err) != test.code {
			t.Errorf("%v: exit code %d, %q", test.err, exitCode(test.err), &said)
		}
	}
}

// The numbers are public.
func TestExitCodes(t *testing.T) {
	got := []int{exitDone, exitUnexpected, exitUsage, exitPreflight, exitWarnings, exitInstall, exitChanges,
		exitInterrupted}
	if want := []int{0, 1, 2, 3, 4, 5, 6, 130}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
