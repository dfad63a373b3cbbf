package admission

import (
	"context"
	"fmt"
	"slices"

	"github.com/zenml-installer/zenml-installer/checks/check"
)

// checkAdmission sends every object, and every pod that it would create, to the
// API server with dryRun=All: they pass validation, quota and policies and are not
// stored. Pod Security only evaluates pods, so the Deployment alone would pass.
func checkAdmission(ctx context.Context, e *check.Env) (string, error) {
	done, err := tryAll(ctx, e)
	if err != nil {
		return "", err
	}
	where := done.where
	if down := done.blockedByWebhook(); len(down) > 0 {
		return "", webhookDownFault(ctx, e, down)
	}
	if where.standIn && len(done.untried) > 0 && len(done.untried) == done.total {
		return "", check.Skip("the namespace %s does not exist yet, and nothing could be tried in %s: %s",
			e.Namespace(), where.namespace, done.untried[0])
	}
	if err := checkLevel(ctx, e, &done); err != nil {
		return "", err
	}
	if err := checkIDs(ctx, e, &done); err != nil {
		return "", err
	}
	return admission(e, where, done)
}

// outcome is the result of the dry runs.
type outcome struct {
	where    trialSite
	total    int
	accepted []trial
	refused  []refusedObject
	untried  []untriedObject
	notes    []string      // what was evaluated without the API server
	doubts   []check.Fault // what is probably rejected, but cannot be verified
}

// blockedByWebhook returns the objects that an unavailable webhook blocks.
func (o *outcome) blockedByWebhook() []refusedObject {
	return slices.DeleteFunc(slices.Clone(o.refused), func(r refusedObject) bool {
		_, _, down := check.WebhookDown(r.err)
		return !down
	})
}

// admission describes the outcome. Objects that could not be tried are a
// warning, because they may be rejected in the middle of the install.
func admission(e *check.Env, where trialSite, done outcome) (string, error) {
	if len(done.refused) > 0 {
		fault := refusedFault(e, done.refused)
		fault.Summary += where.describe("\n(", e.Namespace(), ")")
		return "", fault
	}
	found := fmt.Sprintf("%d accepted", len(done.accepted)) + where.describe(", ", e.Namespace(), "")
	if len(done.untried) == 0 && len(done.doubts) == 0 {
		return found, nil
	}
	fault := untriedFault(e, done.untried)
	fault.Summary = found + fault.Summary
	for _, note := range done.notes {
		fault.Summary += "; " + note
	}
	for _, doubt := range done.doubts {
		fault.Summary = check.JoinLines(fault.Summary, doubt.Summary)
		fault.Remedy = check.JoinLines(fault.Remedy, doubt.Remedy)
	}
	return "", fault
}

// untriedFault warns about objects that could not be tried.
func untriedFault(e *check.Env, untried []untriedObject) *check.Fault {
	fault := &check.Fault{Warn: true, Reason: "a rejected pod only shows in events, while the install waits"}
	if len(untried) == 0 {
		return fault
	}
	var list []string
	for _, u := range untried {
		list = append(list, u.String())
	}
	fault.Summary = "; not tried: " + check.JoinAnd(list)
	fault.Remedy = fmt.Sprintf(
		"have someone who can create pods in namespace %s run this check with the same answers: "+
			"zenml-installer preflight --only cluster.admission",
		e.Namespace(),
	)
	return fault
}
