package render

import (
	"fmt"
	"strconv"
	"strings"

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
	v := &s.store.HashiCorp
	base := s.name + ".hashicorp."
	s.comment(s.name, "HashiCorp Vault ("+s.name+".hashicorp).")
	at := base
	if s.has(base + "authConfig") {
		at = base + "authConfig."
		s.method(vaultMethods[v.AuthMethod])
	} else if v.AuthMethod != answers.VaultToken {
		s.fault(s.answer("authMethod"), s.chartName()+" logs into a Vault by token only",
			"use a token, or a chart that is "+chartsWith(base+"authConfig")+" (chart.version)")
		return
	}
	for _, p := range vaultParts(v) {
		if *p.text != "" && s.supports(at+p.name, s.answer(p.answer), "cannot say it of a Vault") {
			s.set(at+p.name, *p.text, s.answer(p.answer)).prove(podsSee(s.prefix+"_"+strings.ToUpper(p.name), *p.text))
		}
	}
	if v.MaxVersions > 0 {
		s.set(at+"max_versions", v.MaxVersions, s.answer("maxVersions")).prove(podsSee(s.prefix+"_MAX_VERSIONS", strconv.Itoa(v.MaxVersions)))
	}
	s.vaultSecret("_VAULT_TOKEN", at+"vault_token", "token")
	s.vaultSecret("_APP_SECRET_ID", at+"app_secret_id", "secretID")
}

// vaultParts are the settings of a Vault that are texts and no secrets.
func vaultParts(v *answers.VaultStore) []part {
	return []part{
		{name: "vault_addr", answer: "address", text: &v.Address},
		{name: "vault_namespace", answer: "namespace", text: &v.Namespace},
		{name: "mount_point", answer: "mount", text: &v.Mount},
		{name: "auth_mount_point", answer: "authMount", text: &v.AuthMount},
		{name: "app_role_id", answer: "roleID", text: &v.RoleID},
		{name: "aws_role", answer: "awsRole", text: &v.AWSRole},
		{name: "aws_header_value", answer: "awsHeaderValue", text: &v.AWSHeaderValue},
	}
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
