// Package stores defines secrets stores for the checks: the identity of the
// server's credentials and their permissions. Each provider has a package
// below.
//
// Stores never read the environment or files; Machine passes what they need.
package stores

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Machine provides what a store needs of this machine.
type Machine struct {
	// Getenv looks up the variables with which the provider's own tools
	// override endpoints. Each package documents the variables that it reads.
	Getenv func(name string) (string, bool)
	// HTTP makes the requests, with the proxy, CAs and DNS of the checks.
	HTTP *http.Client
	// Now is the clock.
	Now func() time.Time
}

// Env returns a variable; empty if it is not set.
func (m Machine) Env(name string) string {
	if m.Getenv == nil {
		return ""
	}
	value, _ := m.Getenv(name)
	return value
}

// Store is a secrets store with the server's credentials.
type Store interface {
	// Login logs in as the server does and returns the identity. An error is a
	// *Fault, or an *Unchecked if this machine cannot test it.
	Login(context.Context) (Identity, error)
	// Rights returns the permissions of the credentials after a Login. With write it
	// can create a test secret with the store's prefix; it always removes the secret,
	// and returns it in Left if it cannot. Without write it changes nothing.
	Rights(ctx context.Context, write bool) (Rights, error)
	// Close revokes what the login created, if possible.
	Close(context.Context)
}

// Identity is the provider's identity of the credentials.
type Identity struct {
	Who     string    // "arn:aws:iam::123456789012:user/zenml"
	Where   string    // location of the secrets: "account 123456789012, us-east-1"
	Same    string    // equal for two references to the same store
	Expires time.Time // when the credentials expire; zero if never or unknown
	Faults  []*Fault  // what is wrong although the login succeeded
}

// State is whether a permission is granted.
type State int

// The states of a permission.
const (
	Unproved State = iota
	Granted
	Denied
)

// Right is a permission that the server needs.
type Right struct {
	Name  string // as in the provider's policies
	State State
	Note  string // what the provider reports about it, in a few words
	// Words is the provider's own message for a denial.
	Words string
	// Remedy fixes this denial; if it is empty, the store's policy does.
	Remedy string
}

// Rights is the result for all permissions.
type Rights struct {
	List   []Right
	Faults []*Fault // what is wrong in addition to missing permissions
	Left   string   // the test secret that could not be removed, and the command to remove it
	How    string   // how they were tested: "tested with a secret that was removed"
}

// Words returns the provider's own messages for the denied permissions, without
// repetitions.
func (r Rights) Words() []string {
	var words []string
	for _, right := range r.List {
		if right.State == Denied && right.Words != "" && !slices.Contains(words, right.Words) {
			words = append(words, right.Words)
		}
	}
	return words
}

// Remedies returns the remedies of the denied permissions, without repetitions, and
// whether one of them needs the policy of the store.
func (r Rights) Remedies() (remedies []string, needsPolicy bool) {
	for _, right := range r.List {
		switch {
		case right.State != Denied:
		case right.Remedy == "":
			needsPolicy = true
		case !slices.Contains(remedies, right.Remedy):
			remedies = append(remedies, right.Remedy)
		}
	}
	return remedies, needsPolicy
}

// Names returns the names of the permissions in a state.
func (r Rights) Names(state State) []string {
	var names []string
	for _, right := range r.List {
		if right.State == state {
			names = append(names, strings.TrimSpace(right.Name+" "+right.Note))
		}
	}
	return names
}

// Fault is a problem with a store or its credentials.
type Fault struct {
	Summary string
	Remedy  string
	Reason  string // empty for the check's own reason
	Warn    bool   // a warning: the store works
	// Unseen means that the problem is this machine's; pods may reach the
	// store.
	Unseen  bool
	Passing bool // a retry may succeed
	Err     error
}

// Error returns what was found.
func (f *Fault) Error() string { return f.Summary }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Unchecked is the reason why this machine cannot test something.
type Unchecked struct{ Reason string }

// Error returns the reason.
func (u *Unchecked) Error() string { return u.Reason }

// CanaryName returns a unique name for a test secret: a vault with soft delete
// reserves the names of deleted secrets.
func CanaryName() string { return "preflight-" + strings.ToLower(rand.Text())[:16] }

// CleanUp returns a context for removing what a check created. It outlives the
// check's context by up to 10 seconds.
func CleanUp(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// Set records the state of a listed permission: refusal is the provider's error, or
// nil.
func (r *Rights) Set(name string, refusal error) {
	for i := range r.List {
		if r.List[i].Name != name {
			continue
		}
		r.List[i].State = Granted
		if refusal != nil {
			r.List[i].State = Denied
		}
	}
}
