package watch

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/install/diagnose"
	"github.com/zenml-installer/zenml-installer/install/event"
	"github.com/zenml-installer/zenml-installer/install/exposure"
)

// TestExposed observes routes and certificates: their faults are named, and
// never end the install.
func TestExposed(t *testing.T) {
	for name, test := range map[string]struct {
		status exposure.Status
		state  event.State
		says   string
	}{
		"issued": {exposure.Status{Ready: true, Detail: "issued"}, event.Ready, "issued"},
		"issuer missing": {exposure.Status{Problem: diagnose.Problem{Reason: diagnose.CertificatePending,
			Text: `Referenced "ClusterIssuer" not found`}}, event.Waiting, "the issuer of the certificate does not exist"},
		"route refused": {exposure.Status{Problem: diagnose.Problem{Reason: diagnose.RouteRefused,
			Text: "NoMatchingParent: no listener"}}, event.Waiting, "does not have the listener"},
	} {
		test.status.Object = event.Object{Kind: "Certificate", Name: "zenml-tls"}
		seen := view{exposed: []exposure.Status{test.status}}.observe()
		if len(seen) != 1 || seen[0].State != test.state || !strings.Contains(seen[0].Message, test.says) {
			t.Fatalf("%s: %+v", name, seen)
		}
		if fault := seen[0].fault; fault != nil != (test.state == event.Waiting) || fault != nil && seen[0].grace >= 0 {
			t.Errorf("%s: fault %+v, grace %s", name, fault, seen[0].grace)
		}
	}
}
