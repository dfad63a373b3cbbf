package prompt

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/wizard"
)

// TestRecovery saves evidence and removes what a failed install has created.
func TestRecovery(t *testing.T) {
	e := newEngine()
	e.installErr = errors.New("the image is not in the registry")
	with := mysql()
	with["Choice"] = []string{"9", "Save evidence", "5", "quit"}
	with["Remove what"] = []string{"yes"}
	outcome, c, _ := converse(t, e, with)
	if want := []wizard.Recovery{wizard.SaveEvidence, wizard.Remove}; !slices.Equal(e.recovered, want) {
		t.Errorf("got %v, want %v\n%s", e.recovered, want, c.said.String())
	}
	if outcome.Ending != wizard.Failed || outcome.Recovered != wizard.Remove {
		t.Errorf("%+v", outcome)
	}
	for _, text := range []string{"What next?", "  5) Remove", "Type a number from 1 to 5.", "evidence done",
		"remove done"} {
		if !strings.Contains(c.said.String(), text) {
			t.Errorf("no %q in\n%s", text, c.said.String())
		}
	}
}

// TestServerOfAnotherAccount asks whether to continue with the account that activated
// the server.
func TestServerOfAnotherAccount(t *testing.T) {
	for answer, want := range map[string][]string{
		"yes": {answers.ActivateAuto, answers.ActivateBrowser}, "no": {answers.ActivateAuto},
	} {
		e := newEngine()
		e.claimed = true
		with := mysql()
		with["Continue, and log in"] = []string{answer}
		outcome, c, err := converse(t, e, with, func(o *wizard.Options) {
			o.Start.Admin = answers.Admin{Activate: answers.ActivateAuto, Password: answers.Source{Env: "PASSWORD"}}
		})
		if !slices.Equal(e.activated, want) || !strings.Contains(c.said.String(), "zenml user deactivate NAME") {
			t.Errorf("%s: activated as %v\n%s", answer, e.activated, c.said.String())
		}
		if kept := answer == "yes"; outcome.Activated != kept || (err == nil) != kept {
			t.Errorf("%s: %+v, %v", answer, outcome, err)
		}
	}
}
