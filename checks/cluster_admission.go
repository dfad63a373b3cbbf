package checks

import (
	"context"
	"fmt"
)

// clusterAdmission sends every object, and every pod that they would make, to
// the API server with dryRun=All: it goes through validation, quota and
// policies, and is not stored. Pod Security looks at pods only, so the
// Deployment alone would pass.
func clusterAdmission(ctx context.Context, e *Env) (string, error) {
	r, err := e.rendered(ctx)
	if err != nil {
		return "", err
	}
	where, err := e.trialSite(ctx)
	if err != nil {
		return "", err
	}
	tries, err := e.trials(ctx, where, r)
	if err != nil {
		return "", err
	}
	done, err := e.dryRun(ctx, where, tries)
	if err != nil {
		return "", err
	}
	if where.standIn && len(done.untried) > 0 && len(done.untried) == len(tries) {
		return "", Skip("the namespace %s does not exist yet, and nothing could be tried in %s: %s", e.namespace(), where.namespace, done.untried[0])
	}
	if err := e.judgeByLabel(ctx, &done); err != nil {
		return "", err
	}
	if err := e.judgeIDs(ctx, &done); err != nil {
		return "", err
	}
	return e.admission(where, done)
}

// outcome is what became of the trials.
type outcome struct {
	accepted []trial
	refused  []refusedObject
	untried  []untriedObject
	notes    []string // what was judged without the API server
	doubts   []Fault  // what is likely refused, and cannot be known
}

// admission puts the outcome into words. What was not tried is no pass: it may
// be refused in the middle of the install.
func (e *Env) admission(where trialSite, done outcome) (string, error) {
	if len(done.refused) > 0 {
		fault := e.refusedFault(done.refused)
		fault.Found += where.said("\n(", e.namespace(), ")")
		return "", fault
	}
	found := fmt.Sprintf("%d accepted", len(done.accepted)) + where.said(", ", e.namespace(), "")
	if len(done.untried) == 0 && len(done.doubts) == 0 {
		return found, nil
	}
	fault := e.untriedFault(done.untried)
	fault.Found = found + fault.Found
	for _, note := range done.notes {
		fault.Found += "; " + note
	}
	for _, doubt := range done.doubts {
		fault.Found = joined(fault.Found, doubt.Found)
		fault.Remedy = joined(fault.Remedy, doubt.Remedy)
	}
	return "", fault
}

// untriedFault is the warning about what could not be tried.
func (e *Env) untriedFault(untried []untriedObject) *Fault {
	fault := &Fault{Warn: true, Why: "what is refused later appears only in events, while the install waits"}
	if len(untried) == 0 {
		return fault
	}
	var said []string
	for _, u := range untried {
		said = append(said, u.String())
	}
	fault.Found = "; not tried: " + list(said)
	fault.Remedy = fmt.Sprintf("have someone who may create pods in namespace %s run this check with the same answers: zenml-installer preflight --only cluster.admission", e.namespace())
	return fault
}
