package values

import (
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

func (s storeDraft) aws() {
	s.comment(s.name, "AWS Secrets Manager ("+s.name+".aws).")
	s.method(s.store.AWS.AuthMethod)
	s.authConfig(binding.AWS(&s.store.AWS))
}

// gcp sets the values of Google Cloud Secret Manager. The public guide names
// google_application_credentials, which the server does not read.
func (s storeDraft) gcp() {
	s.comment(s.name, "Google Cloud Secret Manager ("+s.name+".gcp).")
	s.method(s.store.GCP.AuthMethod)
	s.authConfig(binding.GCP(&s.store.GCP))
}

// azure sets the values of Azure Key Vault. The vault's name is not part of
// authConfig.
func (s storeDraft) azure() {
	a := &s.store.Azure
	s.comment(s.name, "Azure Key Vault ("+s.name+".azure).")
	s.method(a.AuthMethod)
	s.set(s.name+".azure.key_vault_name", a.KeyVaultName, s.answer("keyVaultName")).
		prove(proof.PodsHave(s.prefix+"_KEY_VAULT_NAME", a.KeyVaultName))
	s.authConfig(binding.Azure(a))
}
