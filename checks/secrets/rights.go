package secrets

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// checkPermissions tests the permissions in every store: with a temporary test
// secret, or read-only with queries.
func checkPermissions(ctx context.Context, e *check.Env) (string, error) {
	var all results
	for _, p := range storeRefs(e) {
		if !p.isCloud() {
			continue
		}
		in, err := login(ctx, e, p)
		if err != nil {
			all.add(p, check.Skip("needs secrets.credentials"))
			continue
		}
		rights, err := in.store.Rights(ctx, !e.ReadOnly() && !e.Unannounced())
		in.reportLeftover(e, rights.Left)
		in.addFaults(&all, rights)
		if err != nil {
			all.add(p, p.fault(err, in.redactor))
		} else if len(rights.Names(stores.Denied)) == 0 && len(rights.Faults) == 0 {
			in.addProved(e, &all, rights)
		}
	}
	return all.merge()
}

// addFaults reports what is wrong.
func (in *loggedIn) addFaults(all *results, rights stores.Rights) {
	for _, f := range rights.Faults {
		all.add(in.storeRef, in.finding(f, in.redactor))
	}
	missing := rights.Names(stores.Denied)
	if len(missing) == 0 {
		return
	}
	remedies, needsPolicy := rights.Remedies()
	verb := "is denied"
	if needsPolicy {
		verb = "lacks the permissions"
		remedies = append(remedies, in.remedy())
	}
	f := &check.Fault{
		Summary: fmt.Sprintf("%s: %s %s %s", in.key, in.identity.Who, verb, strings.Join(missing, ", ")),
		Remedy:  strings.Join(remedies, "\n"),
	}
	if unproved := rights.Names(stores.Unproved); len(unproved) > 0 {
		f.Summary += "; not tested: " + strings.Join(unproved, ", ")
	}
	for _, words := range rights.Words() {
		f.Summary += "\nthe provider reports: " + in.redactor.Text(words)
	}
	all.add(in.storeRef, f)
}

// reportLeftover reports a test secret that could not be removed.
func (in *loggedIn) reportLeftover(e *check.Env, left string) {
	if left == "" {
		return
	}
	name, command, _ := strings.Cut(in.redactor.Text(left), "; remove it: ")
	e.Leave(check.Leftover{What: fmt.Sprintf("%s: the test secret %s", in.key, name), Remedy: command})
}

// addProved reports the granted permissions and those that were not tested.
func (in *loggedIn) addProved(e *check.Env, all *results, rights stores.Rights) {
	unproved := rights.Names(stores.Unproved)
	if len(unproved) == 0 {
		all.pass(in.storeRef, fmt.Sprintf("%d permissions, %s", len(rights.List), rights.How))
		return
	}
	reason := "the provider does not report them"
	switch {
	case e.ReadOnly():
		reason = "--read-only creates no test secret"
	case e.Unannounced():
		reason = "no test secret is created yet"
	}
	granted := ""
	if names := rights.Names(stores.Granted); len(names) > 0 {
		granted = "; granted: " + strings.Join(names, ", ")
	}
	all.add(in.storeRef, check.Skip("not tested because %s: %s%s", reason, strings.Join(unproved, ", "), granted))
}

// remedy returns how to attach the policy.
func (in *loggedIn) remedy() string {
	policy, err := policyOf(in.storeRef, in.details())
	if err != nil {
		return "see " + check.DocsBase + "secrets.md"
	}
	return policy.Apply + "\n" + strings.TrimRight(string(policy.Content), "\n")
}
