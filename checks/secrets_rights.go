package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/stores"
)

// secretsPermissions finds out what the server may do in every store: with a
// secret that is removed again, or by asking alone where nothing may be written.
func secretsPermissions(ctx context.Context, e *Env) (string, error) {
	var all findings
	for _, p := range e.places() {
		if !p.cloud() {
			continue
		}
		in, err := e.login(ctx, p)
		if err != nil {
			all.add(p, Skip("needs a login, see secrets.credentials"))
			continue
		}
		rights, err := in.store.Rights(ctx, !e.readOnly() && !e.unannounced())
		in.leave(e, rights.Left)
		in.judge(&all, rights)
		if err != nil {
			all.add(p, p.fault(err, in.secrets))
		} else if len(rights.Names(stores.Denied)) == 0 && len(rights.Faults) == 0 {
			in.proved(e, &all, rights)
		}
	}
	return all.end()
}

// judge reports what is wrong.
func (in *loggedIn) judge(all *findings, rights stores.Rights) {
	for _, f := range rights.Faults {
		all.add(in.place, in.finding(f, in.secrets))
	}
	if missing := rights.Names(stores.Denied); len(missing) > 0 {
		f := &Fault{Found: fmt.Sprintf("%s: %s may not: %s", in.key, in.identity.Who, strings.Join(missing, ", ")), Remedy: in.remedy()}
		if unproved := rights.Names(stores.Unproved); len(unproved) > 0 {
			f.Found += "; not proved: " + strings.Join(unproved, ", ")
		}
		all.add(in.place, f)
	}
}

// leave reports the secret that proved the rights, where it is still there.
func (in *loggedIn) leave(e *Env, left string) {
	if left == "" {
		return
	}
	name, command, _ := strings.Cut(scrub(left, in.secrets), "; remove it: ")
	e.leave(Leftover{What: fmt.Sprintf("%s: the secret that proved the rights could not be removed: %s", in.key, name), Remedy: command})
}

// proved reports what is right, and what could not be told without writing.
func (in *loggedIn) proved(e *Env, all *findings, rights stores.Rights) {
	unproved := rights.Names(stores.Unproved)
	if len(unproved) == 0 {
		all.pass(in.place, fmt.Sprintf("%d rights, %s", len(rights.List), rights.How))
		return
	}
	reason := "the provider does not tell"
	switch {
	case e.readOnly():
		reason = "under --read-only nothing is written to prove them"
	case e.unannounced():
		reason = "nothing was written yet to prove them"
	}
	granted := ""
	if names := rights.Names(stores.Granted); len(names) > 0 {
		granted = "; there are: " + strings.Join(names, ", ")
	}
	all.add(in.place, Skip("not proved, %s: %s%s", reason, strings.Join(unproved, ", "), granted))
}

// remedy is the policy to attach.
func (in *loggedIn) remedy() string {
	policy, err := policyOf(in.place, in.told())
	if err != nil {
		return "see " + DocsBase + "secrets.md"
	}
	return policy.Apply + "\n" + strings.TrimRight(string(policy.Content), "\n")
}
