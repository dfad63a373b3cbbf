package install

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/install/event"
)

// PendingError means that a tool that does not use the installer's lock, such
// as Helm, left a pending operation on the release: it is in progress, or was
// killed.
type PendingError struct {
	Release *Release
	Remedy  string
}

func (e *PendingError) Error() string {
	return fmt.Sprintf("release %s/%s is %s since %s: Helm or another tool is working on it, or was killed; %s",
		e.Release.Namespace, e.Release.Name, e.Release.Status, e.Release.LastDeployed.Format(time.RFC3339), e.Remedy)
}

func pendingError(r *Release) *PendingError {
	uninstall := fmt.Sprintf("zenml-installer uninstall --release %s -n %s", r.Name, r.Namespace)
	remedy := fmt.Sprintf("if it is not in progress, clear it with: %s", uninstall)
	if r.Status == "pending-upgrade" || r.Status == "pending-rollback" {
		remedy = fmt.Sprintf(
			"if it is not in progress, roll back to the last good revision with: helm rollback %s -n %s",
			r.Name,
			r.Namespace,
		)
	}
	return &PendingError{Release: r, Remedy: remedy}
}

// ForeignError means that an object with the name of one of the release's
// objects belongs to another owner.
type ForeignError struct {
	event.Object
	Owner  string // its manager, if labels or annotations name it
	Remedy string
	Err    error
}

func (e *ForeignError) Error() string {
	owner := cmp.Or(e.Owner, "someone else")
	return fmt.Sprintf("%s %s/%s exists and belongs to %s (%s)", e.Kind, e.Namespace, e.Name, owner, e.Remedy)
}

// Unwrap returns Helm's error if Helm found the object.
func (e *ForeignError) Unwrap() error { return e.Err }

// ChangedError means that something has changed since the plan was made. Nothing was
// applied.
type ChangedError struct {
	Subject       string // the release, the namespace or the database
	Reviewed, Now string // its states
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s has changed since the install was prepared: %s then, %s now. %s", e.Subject, e.Reviewed,
		e.Now, e.Remedy())
}

// Remedy returns how to continue.
func (e *ChangedError) Remedy() string {
	return "Run the same command again."
}

func describeRevision(revision int) string {
	if revision == 0 {
		return "not installed"
	}
	return fmt.Sprintf("revision %d", revision)
}

// LockLostError means that another run took over the lock of the release
// because this run did not renew it in time.
type LockLostError struct{ Namespace, Name string }

func (e *LockLostError) Error() string {
	return fmt.Sprintf("another run has taken over release %s/%s, because this run was suspended or could not "+
		"reach the cluster. Check that run, then run the same command again.", e.Namespace, e.Name)
}

// KeyConflictError means that a Secret in the cluster has another generated key
// than the plan. The run has not changed the Secret.
type KeyConflictError struct {
	Namespace, Name, Key string
	Release              string
	Created              time.Time
}

func (e *KeyConflictError) Error() string {
	return fmt.Sprintf("Secret %s/%s, created at %s, holds another %s than this run generated: "+
		"another install of release %s wrote it first. Nothing was overwritten. %s",
		e.Namespace, e.Name, e.Created.UTC().Format(time.RFC3339), e.Key, e.Release, e.Remedy())
}

// Remedy returns how to continue.
func (e *KeyConflictError) Remedy() string {
	return "Run the same command again: it uses the key that is in the cluster."
}

// Interrupted means that the context was cancelled before the work was done.
type Interrupted struct {
	Step    string   // the interrupted step
	Release *Release // its current state, nil if there is none
	Next    string   // what the next run will do
	Err     error    // cause of the context
}

func (e *Interrupted) Error() string {
	state := "there is no release"
	if e.Release != nil {
		state = fmt.Sprintf("release %s is %s at revision %d", e.Release.Name, e.Release.Status, e.Release.Revision)
	}
	return fmt.Sprintf("interrupted in step %s: %s; %s: %v", e.Step, state, e.Next, e.Err)
}

// Unwrap returns the context's cause.
func (e *Interrupted) Unwrap() error { return e.Err }

// TimeoutError means that the plan's timeout expired.
type TimeoutError struct {
	After    time.Duration
	Waiting  []event.ObjectChanged // objects that were not ready
	Evidence []string              // last log lines of an unready pod; secrets are masked
	Remedy   string                // for what the objects wait for; empty if it is not known
	Err      error
}

func (e *TimeoutError) Error() string {
	var waiting []string
	for _, w := range e.Waiting {
		waiting = append(waiting, w.String()+": "+w.Message)
	}
	text := fmt.Sprintf("not ready after %s", e.After)
	if len(waiting) > 0 {
		text += ", waiting for " + strings.Join(waiting, "; ")
	}
	return text + " (give it more time with --timeout, or fix what it waits for and run again)"
}

// Unwrap returns the cause.
func (e *TimeoutError) Unwrap() error { return e.Err }
