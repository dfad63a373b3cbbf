package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Fault is a claim that does not hold.
type Fault struct {
	// Found is what was found, in plain words.
	Found string
	// Why it matters; Check.Why when empty.
	Why string
	// Remedy is a command or a setting that can be copied.
	Remedy string
	// Warn makes it a warning, whatever the check's severity.
	Warn bool
	// Blocks tells that the checks which need this one have no meaning,
	// although the fault is only a warning.
	Blocks bool
	// Local tells that it is a fault of this machine's network, which says
	// little about the cluster's. See Check.SettledBy.
	Local bool
	// Cause is the error behind it; its text is part of Found where it helps.
	Cause error
}

// Error gives what was found and what to do about it.
func (f *Fault) Error() string {
	if f.Remedy == "" {
		return f.Found
	}
	return f.Found + "; " + f.Remedy
}

// Unwrap returns the error behind the fault.
func (f *Fault) Unwrap() error { return f.Cause }

// SkipError says why a claim was not checked.
type SkipError struct{ Reason string }

func (s *SkipError) Error() string { return s.Reason }

// Skip returns the error by which a check says that it could not be made, and
// why.
func Skip(format string, args ...any) error {
	return &SkipError{Reason: fmt.Sprintf(format, args...)}
}

// passing marks an error that may be gone a moment later.
type passing struct{ error }

func (p passing) Unwrap() error { return p.error }

// Transient marks err as worth another try within the check's time limit.
func Transient(err error) error {
	if err == nil {
		return nil
	}
	return passing{err}
}

// IsTransient returns true if another try may succeed.
func IsTransient(err error) bool {
	var p passing
	return errors.As(err, &p)
}

// AsFault makes the fault of any error that a check returned.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	f = &Fault{Found: err.Error(), Cause: err}
	var r interface{ Remedy() string } // as the errors of other packages offer it
	if errors.As(err, &r) {
		f.Remedy = r.Remedy()
	}
	return f
}

// AnswersFault makes one fault of several that answers reports.
func AnswersFault(faults answers.Faults) *Fault {
	var found, remedies []string
	for _, f := range faults {
		found = append(found, strings.TrimPrefix(f.Key+": "+f.Problem, ": "))
		if f.Remedy != "" {
			remedies = append(remedies, strings.TrimPrefix(f.Key+": "+f.Remedy, ": "))
		}
	}
	return &Fault{Found: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n"), Cause: faults}
}
