package render

// aws writes AWS Secrets Manager.
func (s storeDraft) aws() {
	a := s.store.AWS
	s.comment(s.name, "AWS Secrets Manager ("+s.name+".aws).")
	s.method(a.AuthMethod)
	s.authConfig([]part{
		{name: "region", text: a.Region, answer: s.answer("region")},
		{name: "aws_access_key_id", secret: s.answer("accessKeyID")},
		{name: "aws_secret_access_key", secret: s.answer("secretAccessKey")},
		{name: "aws_session_token", secret: s.answer("sessionToken")},
		{name: "role_arn", text: a.RoleARN, answer: s.answer("roleARN")},
		{name: "endpoint_url", text: a.EndpointURL, answer: s.answer("endpointURL")},
	})
}

// gcp writes Google Cloud Secret Manager. The public guide's
// google_application_credentials is not what the server reads.
func (s storeDraft) gcp() {
	g := s.store.GCP
	s.comment(s.name, "Google Cloud Secret Manager ("+s.name+".gcp).")
	s.method(g.AuthMethod)
	s.authConfig([]part{
		{name: "project_id", text: g.ProjectID, answer: s.answer("projectID")},
		{name: "user_account_json", secret: s.answer("userAccountJSON")},
		{name: "service_account_json", secret: s.answer("serviceAccountJSON")},
		{name: "external_account_json", secret: s.answer("externalAccountJSON")},
		{name: "target_principal", text: g.TargetPrincipal, answer: s.answer("targetPrincipal")},
		{name: "token", secret: s.answer("token")},
	})
}

// azure writes an Azure Key Vault, whose name stands beside authConfig.
func (s storeDraft) azure() {
	a := s.store.Azure
	s.comment(s.name, "Azure Key Vault ("+s.name+".azure).")
	s.method(a.AuthMethod)
	s.set(s.name+".azure.key_vault_name", a.KeyVaultName, s.answer("keyVaultName")).prove(podsSee(s.prefix+"_KEY_VAULT_NAME", a.KeyVaultName))
	s.authConfig([]part{
		{name: "client_id", text: a.ClientID, answer: s.answer("clientID")},
		{name: "client_secret", secret: s.answer("clientSecret")},
		{name: "tenant_id", text: a.TenantID, answer: s.answer("tenantID")},
		{name: "token", secret: s.answer("token")},
	})
}
