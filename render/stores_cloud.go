package render

import "github.com/zenml-installer/zenml-installer/internal/answers"

// aws writes AWS Secrets Manager.
func (s storeDraft) aws() {
	s.comment(s.name, "AWS Secrets Manager ("+s.name+".aws).")
	s.method(s.store.AWS.AuthMethod)
	s.authConfig(awsParts(&s.store.AWS))
}

func awsParts(a *answers.AWSStore) []part {
	return []part{
		{name: "region", answer: "region", text: &a.Region},
		{name: "aws_access_key_id", answer: "accessKeyID", secret: &a.AccessKeyID},
		{name: "aws_secret_access_key", answer: "secretAccessKey", secret: &a.SecretAccessKey},
		{name: "aws_session_token", answer: "sessionToken", secret: &a.SessionToken},
		{name: "role_arn", answer: "roleARN", text: &a.RoleARN},
		{name: "endpoint_url", answer: "endpointURL", text: &a.EndpointURL},
	}
}

// gcp writes Google Cloud Secret Manager. The public guide's
// google_application_credentials is not what the server reads.
func (s storeDraft) gcp() {
	s.comment(s.name, "Google Cloud Secret Manager ("+s.name+".gcp).")
	s.method(s.store.GCP.AuthMethod)
	s.authConfig(gcpParts(&s.store.GCP))
}

func gcpParts(g *answers.GCPStore) []part {
	return []part{
		{name: "project_id", answer: "projectID", text: &g.ProjectID},
		{name: "user_account_json", answer: "userAccountJSON", secret: &g.UserAccountJSON},
		{name: "service_account_json", answer: "serviceAccountJSON", secret: &g.ServiceAccountJSON},
		{name: "external_account_json", answer: "externalAccountJSON", secret: &g.ExternalAccountJSON},
		{name: "target_principal", answer: "targetPrincipal", text: &g.TargetPrincipal},
		{name: "token", answer: "token", secret: &g.Token},
	}
}

// azure writes an Azure Key Vault, whose name stands beside authConfig.
func (s storeDraft) azure() {
	a := &s.store.Azure
	s.comment(s.name, "Azure Key Vault ("+s.name+".azure).")
	s.method(a.AuthMethod)
	s.set(s.name+".azure.key_vault_name", a.KeyVaultName, s.answer("keyVaultName")).prove(podsSee(s.prefix+"_KEY_VAULT_NAME", a.KeyVaultName))
	s.authConfig(azureParts(a))
}

func azureParts(a *answers.AzureStore) []part {
	return []part{
		{name: "client_id", answer: "clientID", text: &a.ClientID},
		{name: "client_secret", answer: "clientSecret", secret: &a.ClientSecret},
		{name: "tenant_id", answer: "tenantID", text: &a.TenantID},
		{name: "token", answer: "token", secret: &a.Token},
	}
}
