package render

import (
	"fmt"
	"strconv"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// vaultMethods are the logins as the chart calls them.
var vaultMethods = map[string]string{
	answers.VaultToken:   "token",
	answers.VaultAppRole: "app_role",
	answers.VaultAWS:     "aws",
}

// vault writes a HashiCorp Vault. Charts before the server: layout keep four
// settings flat, know no authMethod, and so log in by token only.
func (s storeDraft) vault() {
	v := s.store.HashiCorp
	base := s.name + ".hashicorp."
	s.comment(s.name, "HashiCorp Vault ("+s.name+".hashicorp).")
	at := base
	if s.has(base + "authConfig") {
		at = base + "authConfig."
		s.method(vaultMethods[v.AuthMethod])
	} else if v.AuthMethod != answers.VaultToken {
		s.fault(CheckValues, s.answer("authMethod"), s.chartName()+" logs into a Vault by token only",
			"use a token, or a chart that is "+chartsWith(base+"authConfig")+" (chart.version)")
		return
	}
	for _, p := range []struct{ name, variable, text, answer string }{
		{"vault_addr", "VAULT_ADDR", v.Address, "address"},
		{"vault_namespace", "VAULT_NAMESPACE", v.Namespace, "namespace"},
		{"mount_point", "MOUNT_POINT", v.Mount, "mount"},
		{"auth_mount_point", "AUTH_MOUNT_POINT", v.AuthMount, "authMount"},
		{"app_role_id", "APP_ROLE_ID", v.RoleID, "roleID"},
		{"aws_role", "AWS_ROLE", v.AWSRole, "awsRole"},
		{"aws_header_value", "AWS_HEADER_VALUE", v.AWSHeaderValue, "awsHeaderValue"},
	} {
		if p.text != "" && s.supports(at+p.name, s.answer(p.answer), "cannot say it of a Vault") {
			s.set(at+p.name, p.text, s.answer(p.answer)).prove(podsSee(s.prefix+"_"+p.variable, p.text))
		}
	}
	if v.MaxVersions > 0 {
		s.set(at+"max_versions", v.MaxVersions, s.answer("maxVersions")).prove(podsSee(s.prefix+"_MAX_VERSIONS", strconv.Itoa(v.MaxVersions)))
	}
	s.vaultSecret("_VAULT_TOKEN", at+"vault_token", "token")
	s.vaultSecret("_APP_SECRET_ID", at+"app_secret_id", "secretID")
}

// vaultSecret writes one of the two secrets of a Vault. Where it is in a
// Secret, the chart's own place for it is made an empty text: the published
// chart cannot render nothing there.
func (s storeDraft) vaultSecret(variable, name, answer string) {
	key := s.answer(answer)
	if s.source(key).IsZero() {
		return
	}
	s.variable(s.prefix+variable, name, key)
	if s.refersToSecrets() {
		ref := s.refer(key)
		s.comment(name, fmt.Sprintf("Empty here: it is in Secret %s, key %s.", ref.Name, ref.Key))
		s.set(name, "", key)
	}
}
