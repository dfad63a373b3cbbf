package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkCredentials logs in to every store as the server does.
func checkCredentials(ctx context.Context, e *check.Env) (string, error) {
	var all results
	same := map[string]string{}
	for _, p := range storeRefs(e) {
		if !p.isCloud() {
			continue
		}
		in, err := login(ctx, e, p)
		if err != nil {
			all.add(p, err)
			continue
		}
		for _, f := range in.identity.Faults {
			all.add(p, p.finding(f, in.redactor))
		}
		if other := same[in.identity.Same]; other != "" {
			all.add(
				p,
				&check.Fault{
					Warn:    true,
					Summary: fmt.Sprintf("%s is the same store as %s: %s", p.key, other, in.identity.Where),
					Reason:  "the backup is lost together with the original",
					Remedy:  "set " + p.key + " to another store, or remove it",
				},
			)
		}
		same[in.identity.Same] = p.key
		all.pass(p, in.description())
	}
	return all.merge()
}

// description returns the identity of the credentials, the location and the
// expiry.
func (in *loggedIn) description() string {
	text := in.identity.Who + ", " + in.identity.Where
	if end := in.identity.Expires; !end.IsZero() {
		text += ", until " + end.UTC().Format(time.DateOnly+" 15:04 UTC")
	}
	return text
}

// results collects the results of one check for several stores.
type results struct {
	passes, skips []string
	faults        []*check.Fault
	transient     bool // a retry may succeed
}

func (f *results) pass(p storeRef, text string) { f.passes = append(f.passes, p.key+": "+text) }

// add adds a fault or a skip.
func (f *results) add(p storeRef, err error) {
	var skip *check.SkipError
	if errors.As(err, &skip) {
		f.skips = append(f.skips, p.key+": "+skip.Reason)
		return
	}
	f.transient = f.transient || check.IsTransient(err)
	f.faults = append(f.faults, check.AsFault(err))
}

// merge combines all results into one with the worst status.
func (f *results) merge() (string, error) {
	passes := strings.Join(f.passes, "; ")
	if len(f.faults) == 0 {
		if len(f.skips) == 0 {
			return passes, nil
		}
		return "", check.Skip("%s", strings.Join(append(f.skips, f.passes...), "; "))
	}
	whole := &check.Fault{Warn: true, Err: f.faults[0].Err, Reason: f.faults[0].Reason}
	var found, remedies []string
	for _, fault := range f.faults {
		found, remedies = append(found, fault.Summary), append(remedies, fault.Remedy)
		if whole.Warn && !fault.Warn {
			whole.Warn, whole.Err, whole.Reason = false, fault.Err, fault.Reason
		}
		whole.Blocks = whole.Blocks || fault.Blocks
	}
	whole.Summary = strings.Join(append(found, f.skips...), "\n")
	whole.Remedy = strings.Join(remedies, "\n")
	if f.transient {
		return "", check.Transient(whole)
	}
	return "", whole
}
