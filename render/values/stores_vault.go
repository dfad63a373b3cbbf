package values

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/chartinfo"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// vault sets the values of HashiCorp Vault. Legacy charts have four flat
// settings and no authMethod: they support token authentication only.
func (s storeDraft) vault() {
	v := &s.store.HashiCorp
	base := s.name + ".hashicorp."
	s.comment(s.name, "HashiCorp Vault ("+s.name+".hashicorp).")
	at := base
	if s.has(base + "authConfig") {
		at = base + "authConfig."
		s.method(binding.VaultMethods[v.AuthMethod])
	} else if v.AuthMethod != answers.VaultToken {
		s.fault(s.answer("authMethod"), s.chartName()+" supports token authentication to Vault only",
			"use a token, or a chart that is "+chartinfo.VersionsWith(base+"authConfig")+" (chart.version)")
		return
	}
	for _, p := range binding.Vault(v) {
		if *p.Text != "" && s.supports(at+p.Name, s.answer(p.Answer), "does not support this Vault setting") {
			s.set(at+p.Name, *p.Text, s.answer(p.Answer)).
				prove(proof.PodsHave(s.prefix+"_"+strings.ToUpper(p.Name), *p.Text))
		}
	}
	if v.MaxVersions > 0 {
		s.set(at+"max_versions", v.MaxVersions, s.answer("maxVersions")).
			prove(proof.PodsHave(s.prefix+"_MAX_VERSIONS", strconv.Itoa(v.MaxVersions)))
	}
	s.vaultSecret("_VAULT_TOKEN", at+"vault_token", "token")
	s.vaultSecret("_APP_SECRET_ID", at+"app_secret_id", "secretID")
}

// vaultSecret sets one of Vault's two secrets. If it is in a Secret, the chart
// value is set to "", because the published chart cannot render null there.
func (s storeDraft) vaultSecret(variable, name, answer string) {
	key := s.answer(answer)
	if s.source(key).IsZero() {
		return
	}
	s.variable(s.prefix+variable, name, key)
	if s.refersToSecrets() {
		ref := s.refer(key)
		s.comment(name, fmt.Sprintf("Empty here: the value is in Secret %s, key %s.", ref.Name, ref.Key))
		s.set(name, "", key)
	}
}
