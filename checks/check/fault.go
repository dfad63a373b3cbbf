package check

import (
	"errors"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// Fault is the reason why a check failed.
type Fault struct {
	// Summary is what failed, in plain words.
	Summary string
	// Why it matters; Check.Reason if empty.
	Reason string
	// Failure is the sentence for this fault, if Check.Failure does not fit it.
	Failure string
	// Remedy is what to do: a command or an answers key to copy.
	Remedy string
	// Fix is the change of answers that resolves the fault, if one is obvious. A user
	// who is asked for the answers can choose it instead of typing the remedy.
	Fix Fix
	// Warn makes it a warning, whatever the check's severity.
	Warn bool
	// Blocks skips the checks that need this one, even if the fault is only a
	// warning.
	Blocks bool
	// Local marks a fault of this machine's network, which may not affect the
	// cluster. See Check.SettledBy.
	Local bool
	// Err is the underlying error; Summary includes its text where it helps.
	Err error
}

// Fix is a change of answers.
type Fix struct {
	Title   string            // a verb with its object: "Keep the database on a volume"
	Answers map[string]string // by key, as they are typed
}

// IsZero reports whether there is no change.
func (f Fix) IsZero() bool { return len(f.Answers) == 0 }

// Error returns what failed and what to do about it.
func (f *Fault) Error() string {
	if f.Remedy == "" {
		return f.Summary
	}
	return f.Summary + "; " + f.Remedy
}

// Unwrap returns the underlying error.
func (f *Fault) Unwrap() error { return f.Err }

// SkipError is the reason why a claim was not checked.
type SkipError struct{ Reason string }

func (s *SkipError) Error() string { return s.Reason }

// Skip returns the error of a check that could not be made.
func Skip(format string, args ...any) error {
	return &SkipError{Reason: fmt.Sprintf(format, args...)}
}

// transient marks an error that a retry may resolve.
type transient struct{ error }

func (t transient) Unwrap() error { return t.error }

// Transient marks err as worth a retry within the check's time limit.
func Transient(err error) error {
	if err == nil {
		return nil
	}
	return transient{err}
}

// IsTransient returns true if a retry may succeed.
func IsTransient(err error) bool {
	var t transient
	return errors.As(err, &t)
}

// AsFault turns any error that a check returned into a fault.
func AsFault(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return describe(err)
}

// AnswersFault combines several faults of the answers.
func AnswersFault(faults answers.Faults) *Fault {
	var found, remedies []string
	for _, f := range faults {
		found = append(found, strings.TrimPrefix(f.Key+": "+f.Summary, ": "))
		if f.Remedy != "" {
			remedies = append(remedies, strings.TrimPrefix(f.Key+": "+f.Remedy, ": "))
		}
	}
	return &Fault{Summary: strings.Join(found, "\n"), Remedy: strings.Join(remedies, "\n"), Err: faults}
}
