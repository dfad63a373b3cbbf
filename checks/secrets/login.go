package secrets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkCredentials logs into every store as the server will.
func checkCredentials(ctx context.Context, e *check.Env) (string, error) {
	var all findings
	same := map[string]string{}
	for _, p := range places(e) {
		if !p.cloud() {
			continue
		}
		in, err := login(ctx, e, p)
		if err != nil {
			all.add(p, err)
			continue
		}
		for _, f := range in.identity.Faults {
			all.add(p, p.finding(f, in.secrets))
		}
		if other := same[in.identity.Same]; other != "" {
			all.add(p, &check.Fault{Warn: true, Found: fmt.Sprintf("%s is the same store as %s: %s", p.key, other, in.identity.Where),
				Why: "a copy in the same place is lost together with what it copies", Remedy: "name another place in " + p.key + ", or leave it out"})
		}
		same[in.identity.Same] = p.key
		all.pass(p, in.who())
	}
	return all.end()
}

// who tells as whom the store takes the server.
func (in *loggedIn) who() string {
	text := in.identity.Who + ", " + in.identity.Where
	if end := in.identity.Expires; !end.IsZero() {
		text += ", until " + end.UTC().Format(time.DateOnly+" 15:04 UTC")
	}
	return text
}

// findings are what one check has to say about several stores.
type findings struct {
	passes, skips []string
	faults        []*check.Fault
	again         bool // one of them may pass
}

func (f *findings) pass(p place, text string) { f.passes = append(f.passes, p.key+": "+text) }

// add takes a fault or a skip.
func (f *findings) add(p place, err error) {
	var skip *check.SkipError
	if errors.As(err, &skip) {
		f.skips = append(f.skips, p.key+": "+skip.Reason)
		return
	}
	f.again = f.again || check.IsTransient(err)
	f.faults = append(f.faults, check.AsFault(err))
}

// end puts everything into one result: the worst decides, nothing is lost.
func (f *findings) end() (string, error) {
	passes := strings.Join(f.passes, "; ")
	if len(f.faults) == 0 {
		if len(f.skips) == 0 {
			return passes, nil
		}
		return "", check.Skip("%s", strings.Join(append(f.skips, f.passes...), "; "))
	}
	whole := &check.Fault{Warn: true, Cause: f.faults[0].Cause, Why: f.faults[0].Why}
	var found, remedies []string
	for _, fault := range f.faults {
		found, remedies = append(found, fault.Found), append(remedies, fault.Remedy)
		if whole.Warn && !fault.Warn {
			whole.Warn, whole.Cause, whole.Why = false, fault.Cause, fault.Why
		}
		whole.Blocks = whole.Blocks || fault.Blocks
	}
	whole.Found = strings.Join(append(found, f.skips...), "\n")
	whole.Remedy = strings.Join(remedies, "\n")
	if f.again {
		return "", check.Transient(whole)
	}
	return "", whole
}
