package binding

import (
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// StorePart maps an answer to an entry of a store's authConfig, for export and
// import.
type StorePart struct {
	Name   string // in authConfig
	Answer string // last part of the answer's key: region
	Text   *string
	Secret *answers.Source
}

// IsSet reports whether the answer is set.
func (p StorePart) IsSet() bool {
	return p.Text != nil && *p.Text != "" || p.Secret != nil && !p.Secret.IsZero()
}

// AWS returns the authConfig of AWS Secrets Manager.
func AWS(a *answers.AWSStore) []StorePart {
	return []StorePart{
		{Name: "region", Answer: "region", Text: &a.Region},
		{Name: "aws_access_key_id", Answer: "accessKeyID", Secret: &a.AccessKeyID},
		{Name: "aws_secret_access_key", Answer: "secretAccessKey", Secret: &a.SecretAccessKey},
		{Name: "aws_session_token", Answer: "sessionToken", Secret: &a.SessionToken},
		{Name: "role_arn", Answer: "roleARN", Text: &a.RoleARN},
		{Name: "endpoint_url", Answer: "endpointURL", Text: &a.EndpointURL},
	}
}

// GCP returns the authConfig of Google Cloud Secret Manager.
func GCP(g *answers.GCPStore) []StorePart {
	return []StorePart{
		{Name: "project_id", Answer: "projectID", Text: &g.ProjectID},
		{Name: "user_account_json", Answer: "userAccountJSON", Secret: &g.UserAccountJSON},
		{Name: "service_account_json", Answer: "serviceAccountJSON", Secret: &g.ServiceAccountJSON},
		{Name: "external_account_json", Answer: "externalAccountJSON", Secret: &g.ExternalAccountJSON},
		{Name: "target_principal", Answer: "targetPrincipal", Text: &g.TargetPrincipal},
		{Name: "token", Answer: "token", Secret: &g.Token},
	}
}

// Azure returns the authConfig of Azure Key Vault.
func Azure(a *answers.AzureStore) []StorePart {
	return []StorePart{
		{Name: "client_id", Answer: "clientID", Text: &a.ClientID},
		{Name: "client_secret", Answer: "clientSecret", Secret: &a.ClientSecret},
		{Name: "tenant_id", Answer: "tenantID", Text: &a.TenantID},
		{Name: "token", Answer: "token", Secret: &a.Token},
	}
}

// VaultMethods maps the answers' authentication methods to the chart's.
var VaultMethods = map[string]string{
	answers.VaultToken:   "token",
	answers.VaultAppRole: "app_role",
	answers.VaultAWS:     "aws",
}

// Vault returns Vault's settings that are texts and not secret.
func Vault(v *answers.VaultStore) []StorePart {
	return []StorePart{
		{Name: "vault_addr", Answer: "address", Text: &v.Address},
		{Name: "vault_namespace", Answer: "namespace", Text: &v.Namespace},
		{Name: "mount_point", Answer: "mount", Text: &v.Mount},
		{Name: "auth_mount_point", Answer: "authMount", Text: &v.AuthMount},
		{Name: "app_role_id", Answer: "roleID", Text: &v.RoleID},
		{Name: "aws_role", Answer: "awsRole", Text: &v.AWSRole},
		{Name: "aws_header_value", Answer: "awsHeaderValue", Text: &v.AWSHeaderValue},
	}
}
