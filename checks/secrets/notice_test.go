package secrets

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

func TestNotices(t *testing.T) {
	backup := func(a *answers.Answers) { a.BackupSecretsStore = inVault("https://vault.test:8200", checktest.Canary) }
	for want, e := range map[string]*check.Env{
		"zenml/preflight-… in AWS Secrets Manager, us-east-1|zenml/preflight-… in https://vault.test:8200, " +
			"mount secret": withStore(inAWS(peers.Key{}), nil, backup),
		"zenml-preflight-… in https://zenml-vault.vault.azure.net": withStore(inAzure("t"), nil),
		"": withStore(inGCP(answers.ImplicitAuth), nil),
	} {
		for _, o := range []check.Options{
			{ReadOnly: true}, {Unannounced: true}, {Skip: []string{"secrets"}}, {Only: []string{"database"}},
		} {
			if got := o.Notices(Checks, e.Answers); len(got) > 0 {
				t.Errorf("%+v: %q", o, got)
			}
		}
		got := check.Options{}.Notices(Checks, e.Answers)
		parts := strings.Split(want, "|")
		if want == "" {
			parts = nil
		}
		if len(got) != len(parts) {
			t.Errorf("got %q, want %q", got, parts)
			continue
		}
		for i, part := range parts {
			if !strings.Contains(got[i], part) {
				t.Errorf("got %q, want %q", got[i], part)
			}
		}
	}
}
