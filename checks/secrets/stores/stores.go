// Package stores knows the secrets stores that a cloud or a Vault offers: who
// the server's credentials are there, and whether they may do what the server
// does. Its packages, one a provider, talk to the provider as the server does.
//
// Nothing here reads the environment or a file: what a store may know of this
// machine comes in by Machine.
package stores

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"
)

// Machine is what a store may use of the machine that the checks run on.
type Machine struct {
	// Getenv looks up the variables by which the provider's own tools are led
	// to another endpoint. Each package says which it honours.
	Getenv func(name string) (string, bool)
	// HTTP makes the requests; it brings proxy, trust and name resolution.
	HTTP *http.Client
	// Now is the clock.
	Now func() time.Time
}

// Env returns a variable, or nothing when it is not set.
func (m Machine) Env(name string) string {
	if m.Getenv == nil {
		return ""
	}
	value, _ := m.Getenv(name)
	return value
}

// Store is one secrets store with the credentials that the server gets.
type Store interface {
	// Login logs in as the server does and tells as whom. An error is a *Fault,
	// or an *Unchecked where this machine cannot tell.
	Login(context.Context) (Identity, error)
	// Rights tells which rights the credentials have, after a Login. With
	// write it may make a secret under the store's own prefix to find out; it
	// removes it again whatever happens, and names it in Left if it cannot.
	// Without, it changes nothing at the provider.
	Rights(ctx context.Context, write bool) (Rights, error)
	// Close gives back what the login got, as far as that can be done.
	Close(context.Context)
}

// Identity is whom the provider takes the credentials for.
type Identity struct {
	Who     string    // "arn:aws:iam::123456789012:user/zenml"
	Where   string    // where the secrets are: "account 123456789012, us-east-1"
	Same    string    // equal for two stores that are one and the same
	Expires time.Time // when the credentials end; zero when never, or not told
	Faults  []*Fault  // what is wrong although the login worked
}

// State tells whether a right is there.
type State int

// The states of a right.
const (
	Unproved State = iota
	Granted
	Denied
)

// Right is one thing that the server must be allowed to do.
type Right struct {
	Name  string // as the provider's policies call it
	State State
	Note  string // what the provider says of it, in a few words
}

// Rights is what came out about all of them.
type Rights struct {
	List   []Right
	Faults []*Fault // what is wrong beside missing rights
	Left   string   // the secret that could not be removed, and how to remove it
	How    string   // how it was found out: "proved on a secret that is removed again"
}

// Names returns the names of the rights in a state.
func (r Rights) Names(state State) []string {
	var names []string
	for _, right := range r.List {
		if right.State == state {
			names = append(names, strings.TrimSpace(right.Name+" "+right.Note))
		}
	}
	return names
}

// Fault is something wrong with a store or its credentials.
type Fault struct {
	Found  string
	Remedy string
	Why    string // empty when the check's own reason serves
	Warn   bool   // it works, and the user should know
	// Unseen tells that the fault is one of this machine's view: a pod may see
	// the store.
	Unseen  bool
	Passing bool // it may be gone a moment later
	Cause   error
}

// Error gives what was found.
func (f *Fault) Error() string { return f.Found }

// Unwrap returns the error behind it.
func (f *Fault) Unwrap() error { return f.Cause }

// Unchecked says why something cannot be told from this machine.
type Unchecked struct{ Reason string }

// Error gives the reason.
func (u *Unchecked) Error() string { return u.Reason }

// CanaryName returns a new name for a secret that proves rights. No two are
// equal: a vault that keeps deleted secrets keeps their names too.
func CanaryName() string { return "preflight-" + strings.ToLower(rand.Text())[:16] }

// CleanUp returns a context for the removal of what was made: it outlives the
// check that made it, for a while.
func CleanUp(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// Set records what was seen of a right that is in the list: err is the
// provider's refusal, or nil.
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
