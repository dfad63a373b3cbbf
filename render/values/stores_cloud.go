package values

import (
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

func (s storeDraft) aws() {
	s.comment(s.name, "AWS Secrets Manager ("+s.name+".aws).")
	s.method(s.store.AWS.AuthMethod)
	s.authConfig(binding.AWS(&s.store.AWS))
	s.awsRegion()
}

// awsRegion sets the region of the calls to STS. With these methods the server
// does not pass its store's region to them.
func (s storeDraft) awsRegion() {
	a := s.store.AWS
	if !binding.NeedsRegion(a) {
		return
	}
	s.addVariable(binding.RegionVariable, a.Region, "the server may call AWS STS without a region",
		s.answer("region"), s.answer("authMethod"))
}

// gcp sets the values of Google Cloud Secret Manager. The public guide names
// google_application_credentials, which the server does not read.
func (s storeDraft) gcp() {
	s.comment(s.name, "Google Cloud Secret Manager ("+s.name+".gcp).")
	s.method(s.store.GCP.AuthMethod)
	s.authConfig(binding.GCP(&s.store.GCP))
	s.grpcRoots()
}

// grpcRoots makes gRPC, which the server uses for Secret Manager, trust the
// custom CAs. It does not read the variables that the charts set.
func (s storeDraft) grpcRoots() {
	if !binding.HasCAs(s.a.Certificates) {
		return
	}
	s.addVariable(binding.GRPCRootsVariable, binding.CABundle,
		"the client of Secret Manager does not trust the custom CAs", "certificates.customCAs", s.answer("projectID"))
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
