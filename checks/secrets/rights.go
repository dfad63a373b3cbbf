package secrets

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// checkPermissions finds out what the server may do in every store: with a
// secret that is removed again, or by asking alone where nothing may be written.
func checkPermissions(ctx context.Context, e *check.Env) (string, error) {
	var all findings
	for _, p := range places(e) {
		if !p.cloud() {
			continue
		}
		in, err := login(ctx, e, p)
		if err != nil {
			all.add(p, check.Skip("needs a login, see secrets.credentials"))
			continue
		}
		rights, err := in.store.Rights(ctx, !e.ReadOnly() && !e.Unannounced())
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
		f := &check.Fault{Found: fmt.Sprintf("%s: %s may not: %s", in.key, in.identity.Who, strings.Join(missing, ", ")), Remedy: in.remedy()}
		if unproved := rights.Names(stores.Unproved); len(unproved) > 0 {
			f.Found += "; not proved: " + strings.Join(unproved, ", ")
		}
		all.add(in.place, f)
	}
}

// leave reports the secret that proved the rights, where it is still there.
func (in *loggedIn) leave(e *check.Env, left string) {
	if left == "" {
		return
	}
	name, command, _ := strings.Cut(scrub(left, in.secrets), "; remove it: ")
	e.Leave(check.Leftover{What: fmt.Sprintf("%s: the secret that proved the rights could not be removed: %s", in.key, name), Remedy: command})
}

// proved reports what is right, and what could not be told without writing.
func (in *loggedIn) proved(e *check.Env, all *findings, rights stores.Rights) {
	unproved := rights.Names(stores.Unproved)
	if len(unproved) == 0 {
		all.pass(in.place, fmt.Sprintf("%d rights, %s", len(rights.List), rights.How))
		return
	}
	reason := "the provider does not tell"
	switch {
	case e.ReadOnly():
		reason = "under --read-only nothing is written to prove them"
	case e.Unannounced():
		reason = "nothing was written yet to prove them"
	}
	granted := ""
	if names := rights.Names(stores.Granted); len(names) > 0 {
		granted = "; there are: " + strings.Join(names, ", ")
	}
	all.add(in.place, check.Skip("not proved, %s: %s%s", reason, strings.Join(unproved, ", "), granted))
}

// remedy is the policy to attach.
func (in *loggedIn) remedy() string {
	policy, err := policyOf(in.place, in.told())
	if err != nil {
		return "see " + check.DocsBase + "secrets.md"
	}
	return policy.Apply + "\n" + strings.TrimRight(string(policy.Content), "\n")
}
