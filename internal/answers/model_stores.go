package answers

// SecretsStore is where the server keeps its users' secrets.
type SecretsStore struct {
	Type      string      `yaml:"type,omitempty"`
	SQL       SQLStore    `yaml:"sql,omitempty"`
	AWS       AWSStore    `yaml:"aws,omitempty"`
	GCP       GCPStore    `yaml:"gcp,omitempty"`
	Azure     AzureStore  `yaml:"azure,omitempty"`
	HashiCorp VaultStore  `yaml:"hashicorp,omitempty"`
	Custom    CustomStore `yaml:"custom,omitempty"`
}

// SQLStore keeps the secrets in the database.
type SQLStore struct {
	EncryptionKey Source `yaml:"encryptionKey,omitempty"`
}

// AWSStore keeps the secrets in AWS Secrets Manager.
type AWSStore struct {
	AuthMethod      string `yaml:"authMethod,omitempty"`
	Region          string `yaml:"region,omitempty"`
	AccessKeyID     Source `yaml:"accessKeyID,omitempty"`
	SecretAccessKey Source `yaml:"secretAccessKey,omitempty"`
	SessionToken    Source `yaml:"sessionToken,omitempty"`
	RoleARN         string `yaml:"roleARN,omitempty"`
	EndpointURL     string `yaml:"endpointURL,omitempty"`
	AuthConfig      Source `yaml:"authConfig,omitempty"`
}

// GCPStore keeps the secrets in Google Cloud Secret Manager.
type GCPStore struct {
	AuthMethod          string `yaml:"authMethod,omitempty"`
	ProjectID           string `yaml:"projectID,omitempty"`
	UserAccountJSON     Source `yaml:"userAccountJSON,omitempty"`
	ServiceAccountJSON  Source `yaml:"serviceAccountJSON,omitempty"`
	ExternalAccountJSON Source `yaml:"externalAccountJSON,omitempty"`
	TargetPrincipal     string `yaml:"targetPrincipal,omitempty"`
	Token               Source `yaml:"token,omitempty"`
	AuthConfig          Source `yaml:"authConfig,omitempty"`
}

// AzureStore keeps the secrets in an Azure Key Vault.
type AzureStore struct {
	AuthMethod   string `yaml:"authMethod,omitempty"`
	KeyVaultName string `yaml:"keyVaultName,omitempty"`
	TenantID     string `yaml:"tenantID,omitempty"`
	ClientID     string `yaml:"clientID,omitempty"`
	ClientSecret Source `yaml:"clientSecret,omitempty"`
	Token        Source `yaml:"token,omitempty"`
	AuthConfig   Source `yaml:"authConfig,omitempty"`
}

// VaultStore keeps the secrets in a HashiCorp Vault.
type VaultStore struct {
	AuthMethod     string `yaml:"authMethod,omitempty"`
	Address        string `yaml:"address,omitempty"`
	Namespace      string `yaml:"namespace,omitempty"`
	Mount          string `yaml:"mount,omitempty"`
	AuthMount      string `yaml:"authMount,omitempty"`
	Token          Source `yaml:"token,omitempty"`
	RoleID         string `yaml:"roleID,omitempty"`
	SecretID       Source `yaml:"secretID,omitempty"`
	AWSRole        string `yaml:"awsRole,omitempty"`
	AWSHeaderValue string `yaml:"awsHeaderValue,omitempty"`
	MaxVersions    int    `yaml:"maxVersions,omitempty"`
}

// CustomStore keeps the secrets with a class in the server's image.
type CustomStore struct {
	ClassPath string `yaml:"classPath,omitempty"`
}

// The types of secrets stores and their login methods.
const (
	NoSecrets        = "none"
	SQLSecrets       = "sql"
	AWSSecrets       = "aws"
	GCPSecrets       = "gcp"
	AzureSecrets     = "azure"
	HashiCorpSecrets = "hashicorp"
	CustomSecrets    = "custom"

	ImplicitAuth = "implicit"

	AWSSecretKey       = "secret-key"
	AWSSTSToken        = "sts-token"
	AWSIAMRole         = "iam-role"
	AWSSessionToken    = "session-token"
	AWSFederationToken = "federation-token"

	GCPUserAccount     = "user-account"
	GCPServiceAccount  = "service-account"
	GCPExternalAccount = "external-account"
	GCPImpersonation   = "impersonation"
	GCPOAuth2Token     = "oauth2-token"

	AzureServicePrincipal = "service-principal"
	AzureAccessToken      = "access-token"

	VaultToken   = "token"
	VaultAppRole = "app-role"
	VaultAWS     = "aws"
)
