package admission

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// idsError is OpenShift's rejection of a pod's users and groups.
type idsError struct {
	account string
	ids     []string // "runAsUser 1000"
	allowed []string // the constraints that would allow it
	given   string   // the namespace's own users and groups
}

func (e *idsError) Error() string {
	return fmt.Sprintf("OpenShift does not allow the pod's ServiceAccount %s to use %s: %s",
		e.account, check.JoinAnd(e.ids), e.given)
}

// checkIDs compares the pods' users and groups with those that OpenShift
// assigned to the namespace. A dry run does not detect a mismatch: OpenShift
// then uses the permissions of the user who creates the pod, and in the install
// those of its ServiceAccount.
func checkIDs(ctx context.Context, e *check.Env, done *outcome) error {
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
		checkAccount(ctx, e, done, given, pod, wrong)
	}
	return nil
}

// checkAccount checks whether the pod's account can use other constraints. If
// that is unknown, or OpenShift has not assigned a range yet, it records a
// doubt.
func checkAccount(ctx context.Context, e *check.Env, done *outcome, given *givenIDs, pod trial, wrong *idsError) {
	name, err := canUse(ctx, e, wrong.account, wrong.allowed)
	doubt := check.Fault{Summary: fmt.Sprintf("%s: %v", pod, wrong), Remedy: idsRemedy(e, wrong)}
	switch {
	case err == nil && name != "":
	case err != nil:
		doubt.Summary += fmt.Sprintf("; whether the account can use other constraints is unknown (%v)", err)
		done.doubts = append(done.doubts, doubt)
	case given.users == "":
		done.doubts = append(done.doubts, doubt)
	default:
		done.refused = append(done.refused, refusedObject{pod, wrong})
	}
}

// idsRemedy returns the answers that set the users and groups, and the command that
// allows them.
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
		return check.JoinLines("remove "+check.JoinAnd(set), remedy)
	case s.Profile == answers.SecurityOpenShift:
		return check.JoinLines(
			"remove runAsUser and fsGroup from podSecurityContext and securityContext in values",
			remedy,
		)
	}
	return remedy
}

// sccRemedy makes OpenShift assign the users and groups, or allows the account to
// choose them.
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
