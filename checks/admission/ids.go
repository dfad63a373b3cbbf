package admission

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// idsError says that OpenShift does not let a ServiceAccount's pod have the
// users and groups that it names.
type idsError struct {
	account string
	ids     []string // "runAsUser 1000"
	allowed []string // the constraints that would let it
	given   string   // what they may have
}

func (e *idsError) Error() string {
	return fmt.Sprintf("OpenShift asks the pod's ServiceAccount %s, not you, and lets its pods have no %s: %s", e.account, check.JoinAnd(e.ids), e.given)
}

// judgeIDs compares the users and groups of the pods with those that OpenShift
// gives the namespace. A trial does not show it: there OpenShift takes the
// rights of whoever makes the pod, later those of its ServiceAccount.
func judgeIDs(ctx context.Context, e *check.Env, done *outcome) error {
	given, err := readIDs(ctx, e)
	if err != nil || given == nil {
		return err
	}
	pods := done.accepted
	for _, u := range done.untried {
		pods = append(pods, u.trial)
	}
	for _, pod := range pods {
		if !pod.isPod() {
			continue
		}
		spec, err := pod.spec()
		if err != nil {
			return err
		}
		wrong := given.refuses(spec)
		if wrong == nil {
			continue
		}
		wrong.account = pod.account
		judgeAccount(ctx, e, done, given, pod, wrong)
	}
	return nil
}

// judgeAccount asks whether the pod's account was given more than the others.
// Where that cannot be asked, or OpenShift has not given the namespace its
// range yet, it is a doubt.
func judgeAccount(ctx context.Context, e *check.Env, done *outcome, given *givenIDs, pod trial, wrong *idsError) {
	name, err := mayUse(ctx, e, wrong.account, wrong.allowed)
	switch {
	case err == nil && name != "":
	case err != nil:
		done.doubts = append(done.doubts, check.Fault{Found: fmt.Sprintf("%s: %v; whether the account was given more cannot be asked (%v)", pod, wrong, err), Remedy: idsRemedy(e, wrong)})
	case given.users == "":
		done.doubts = append(done.doubts, check.Fault{Found: fmt.Sprintf("%s: %v", pod, wrong), Remedy: idsRemedy(e, wrong)})
	default:
		done.refused = append(done.refused, refusedObject{pod, wrong})
	}
}

// idsRemedy names the answers that set the users and groups, and the command
// that allows them.
func idsRemedy(e *check.Env, wrong *idsError) string {
	remedy := sccRemedy(e, wrong.account, wrong.allowed)
	s := e.Answers.Server.Security
	var set []string
	for _, id := range wrong.ids {
		name, _, _ := strings.Cut(id, " ")
		if s.Pod[name] != nil {
			set = append(set, "server.security.pod."+name)
		}
		if s.Container[name] != nil {
			set = append(set, "server.security.container."+name)
		}
	}
	switch {
	case len(set) > 0:
		return check.JoinLines("leave out "+check.JoinAnd(set), remedy)
	case s.Profile == answers.SecurityOpenShift:
		return check.JoinLines("leave runAsUser and fsGroup out of values.podSecurityContext and values.securityContext", remedy)
	}
	return remedy
}

// sccRemedy has OpenShift choose the users and groups, or allows the account
// to choose.
func sccRemedy(e *check.Env, account string, allowed []string) string {
	if account == "" {
		account = e.Answers.Server.ServiceAccount.Name
	}
	grant := fmt.Sprintf("oc adm policy add-scc-to-user %s -z %s -n %s", allowed[0], account, e.Namespace())
	if e.Answers.Server.Security.Profile == answers.SecurityOpenShift {
		return "or allow them: " + grant
	}
	return "server: {security: {profile: openshift}}\nor allow them: " + grant
}
