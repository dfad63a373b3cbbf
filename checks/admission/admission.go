package admission

import (
	"context"
	"fmt"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkAdmission sends every object, and every pod that they would make, to
// the API server with dryRun=All: it goes through validation, quota and
// policies, and is not stored. Pod Security looks at pods only, so the
// Deployment alone would pass.
func checkAdmission(ctx context.Context, e *check.Env) (string, error) {
	r, err := e.Render(ctx)
	if err != nil {
		return "", err
	}
	where, err := chooseSite(ctx, e)
	if err != nil {
		return "", err
	}
	tries, err := trials(ctx, e, where, r)
	if err != nil {
		return "", err
	}
	done, err := dryRun(ctx, e, where, tries)
	if err != nil {
		return "", err
	}
	if where.standIn && len(done.untried) > 0 && len(done.untried) == len(tries) {
		return "", check.Skip("the namespace %s does not exist yet, and nothing could be tried in %s: %s", e.Namespace(), where.namespace, done.untried[0])
	}
	if err := judgeByLabel(ctx, e, &done); err != nil {
		return "", err
	}
	if err := judgeIDs(ctx, e, &done); err != nil {
		return "", err
	}
	return admission(e, where, done)
}

// outcome is what became of the trials.
type outcome struct {
	accepted []trial
	refused  []refusedObject
	untried  []untriedObject
	notes    []string      // what was judged without the API server
	doubts   []check.Fault // what is likely refused, and cannot be known
}

// admission puts the outcome into words. What was not tried is no pass: it may
// be refused in the middle of the install.
func admission(e *check.Env, where trialSite, done outcome) (string, error) {
	if len(done.refused) > 0 {
		fault := refusedFault(e, done.refused)
		fault.Found += where.said("\n(", e.Namespace(), ")")
		return "", fault
	}
	found := fmt.Sprintf("%d accepted", len(done.accepted)) + where.said(", ", e.Namespace(), "")
	if len(done.untried) == 0 && len(done.doubts) == 0 {
		return found, nil
	}
	fault := untriedFault(e, done.untried)
	fault.Found = found + fault.Found
	for _, note := range done.notes {
		fault.Found += "; " + note
	}
	for _, doubt := range done.doubts {
		fault.Found = check.JoinLines(fault.Found, doubt.Found)
		fault.Remedy = check.JoinLines(fault.Remedy, doubt.Remedy)
	}
	return "", fault
}

// untriedFault is the warning about what could not be tried.
func untriedFault(e *check.Env, untried []untriedObject) *check.Fault {
	fault := &check.Fault{Warn: true, Why: "what is refused later appears only in events, while the install waits"}
	if len(untried) == 0 {
		return fault
	}
	var said []string
	for _, u := range untried {
		said = append(said, u.String())
	}
	fault.Found = "; not tried: " + check.JoinAnd(said)
	fault.Remedy = fmt.Sprintf("have someone who may create pods in namespace %s run this check with the same answers: zenml-installer preflight --only cluster.admission", e.Namespace())
	return fault
}
