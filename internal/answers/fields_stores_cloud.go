package answers

import "slices"

func awsMethod(s SecretsStore) (string, Source)   { return s.AWS.AuthMethod, s.AWS.AuthConfig }
func gcpMethod(s SecretsStore) (string, Source)   { return s.GCP.AuthMethod, s.GCP.AuthConfig }
func azureMethod(s SecretsStore) (string, Source) { return s.Azure.AuthMethod, s.Azure.AuthConfig }

func (s store) aws() []Field {
	by := func(methods ...string) condition { return s.usesMethod(AWSSecrets, awsMethod, methods...) }
	key := s.key + ".aws."
	return slices.Concat(
		when(s.is(AWSSecrets), Field{
			Key: key + "authMethod", Kind: Choice, Default: AWSSecretKey,
			Title: "AWS authentication", Help: "How the server authenticates to AWS.",
			Options: []Option{
				{Value: ImplicitAuth, Title: "Pod identity",
					Help: "An IAM role for the service account (eks.amazonaws.com/role-arn) or EKS Pod Identity. " +
						"No secret needed."},
				{Value: AWSSecretKey, Title: "Access key", Help: "The access key of an IAM user."},
				{Value: AWSIAMRole, Title: "Access key and role", Help: "The access key assumes a role."},
				{Value: AWSSessionToken, Title: "Session tokens",
					Help: "Short-lived tokens created with the access key."},
				{Value: AWSFederationToken, Title: "Federation tokens",
					Help: "Short-lived tokens for a federated user, created with the access key."},
				{Value: AWSSTSToken, Title: "Temporary token",
					Help: "When it expires, the server loses access to the store."},
			},
		}),
		s.wholeConfig(AWSSecrets),
		when(by(), Field{
			Key: key + "region", Kind: Text, Needed: always, Check: oneLine,
			Title: "Region", Help: "The AWS region of the secrets.", Example: "us-east-1",
		}),
		when(by(AWSSecretKey, AWSSTSToken, AWSIAMRole, AWSSessionToken, AWSFederationToken), Field{
			Key: key + "accessKeyID", Kind: Secret, Needed: always,
			Title: "Access key ID", Help: "The ID of the access key.", Example: "{env: AWS_ACCESS_KEY_ID}",
		}, Field{
			Key: key + "secretAccessKey", Kind: Secret, Needed: always,
			Title: "Secret access key", Help: "The secret of the access key.", Example: "{env: AWS_SECRET_ACCESS_KEY}",
		}),
		when(by(AWSSTSToken), Field{
			Key: key + "sessionToken", Kind: Secret, Needed: always,
			Title:   "Session token",
			Help:    "The session token of the temporary credentials.",
			Example: "{env: AWS_SESSION_TOKEN}",
		}),
		when(by(ImplicitAuth, AWSIAMRole), Field{
			Key: key + "roleARN", Kind: Text, Check: oneLine,
			Title: "IAM role", Help: "The role to assume.", Example: "arn:aws:iam::123456789012:role/zenml",
			Needed: func(a Answers) bool { return s.pick(a).AWS.AuthMethod == AWSIAMRole },
		}),
		advanced(when(by(), Field{
			Key: key + "endpointURL", Kind: Text, Check: webURL,
			Title:   "Endpoint",
			Help:    "The URL of a private Secrets Manager endpoint.",
			Example: "https://vpce-1.secretsmanager.us-east-1.vpce.amazonaws.com",
		})),
	)
}

func (s store) gcp() []Field {
	by := func(methods ...string) condition { return s.usesMethod(GCPSecrets, gcpMethod, methods...) }
	key := s.key + ".gcp."
	return slices.Concat(
		when(s.is(GCPSecrets), Field{
			Key: key + "authMethod", Kind: Choice, Default: GCPServiceAccount,
			Title: "Google Cloud authentication", Help: "How the server authenticates to Google Cloud.",
			Options: []Option{
				{Value: ImplicitAuth, Title: "Pod identity",
					Help: "Workload Identity (iam.gke.io/gcp-service-account). No secret needed."},
				{Value: GCPServiceAccount, Title: "Service account key",
					Help: "The JSON key file of a service account."},
				{Value: GCPImpersonation, Title: "Service account impersonation",
					Help: "The key's account impersonates another account."},
				{Value: GCPExternalAccount, Title: "Workload identity federation",
					Help: "The JSON file of an external account."},
				{Value: GCPUserAccount, Title: "User credentials",
					Help: "The JSON file of a user login. Not for production."},
				{Value: GCPOAuth2Token, Title: "Temporary token",
					Help: "It expires within an hour. Then the server loses access to the store."},
			},
		}),
		s.wholeConfig(GCPSecrets),
		when(by(), Field{
			Key: key + "projectID", Kind: Text, Needed: always, Check: oneLine,
			Title: "Project", Help: "The ID of the project that contains the secrets.", Example: "my-project",
		}),
		when(by(GCPServiceAccount, GCPImpersonation), Field{
			Key: key + "serviceAccountJSON", Kind: Secret, Document: true, Needed: always, Check: jsonObject,
			Title:   "Service account key",
			Help:    "The JSON key file as downloaded from Google Cloud.",
			Example: "{file: service-account.json}",
		}),
		when(by(GCPImpersonation), Field{
			Key: key + "targetPrincipal", Kind: Text, Needed: always, Check: oneLine,
			Title:   "Impersonated account",
			Help:    "The email address of the service account to impersonate.",
			Example: "zenml@my-project.iam.gserviceaccount.com",
		}),
		when(by(GCPExternalAccount), Field{
			Key: key + "externalAccountJSON", Kind: Secret, Document: true, Needed: always, Check: jsonObject,
			Title:   "External account",
			Help:    "The JSON configuration file of the external account.",
			Example: "{file: external-account.json}",
		}),
		when(by(GCPUserAccount), Field{
			Key: key + "userAccountJSON", Kind: Secret, Document: true, Needed: always, Check: jsonObject,
			Title:   "User credentials",
			Help:    "The JSON file of the user login.",
			Example: "{file: application_default_credentials.json}",
		}),
		when(by(GCPOAuth2Token), Field{
			Key: key + "token", Kind: Secret, Needed: always,
			Title: "Token", Help: "The OAuth 2 access token.", Example: "{env: GCP_TOKEN}",
		}),
	)
}

func (s store) azure() []Field {
	by := func(methods ...string) condition { return s.usesMethod(AzureSecrets, azureMethod, methods...) }
	key := s.key + ".azure."
	return slices.Concat(
		when(s.is(AzureSecrets), Field{
			Key: key + "keyVaultName", Kind: Text, Needed: always, Check: dnsLabelAnyCase,
			Title:   "Key vault",
			Help:    "The name of the key vault: NAME in https://NAME.vault.azure.net.",
			Example: "zenml-vault",
		}, Field{
			Key: key + "authMethod", Kind: Choice, Default: AzureServicePrincipal,
			Title: "Azure authentication", Help: "How the server authenticates to Azure.",
			Options: []Option{
				{Value: ImplicitAuth, Title: "Pod identity",
					Help: "Workload identity (azure.workload.identity/client-id) or the node's managed identity. " +
						"No secret needed. The chart cannot set the pod label that workload identity needs."},
				{Value: AzureServicePrincipal, Title: "Service principal", Help: "With a client secret."},
				{Value: AzureAccessToken, Title: "Temporary token",
					Help: "When it expires, the server loses access to the store."},
			},
		}),
		s.wholeConfig(AzureSecrets),
		when(by(AzureServicePrincipal), Field{
			Key: key + "tenantID", Kind: Text, Needed: always, Check: oneLine,
			Title: "Tenant ID", Help: "The ID of the tenant.", Example: "11111111-2222-3333-4444-555555555555",
		}, Field{
			Key: key + "clientID", Kind: Text, Needed: always, Check: oneLine,
			Title:   "Client ID",
			Help:    "The application ID of the service principal.",
			Example: "66666666-7777-8888-9999-000000000000",
		}, Field{
			Key: key + "clientSecret", Kind: Secret, Needed: always,
			Title:   "Client secret",
			Help:    "The client secret of the service principal.",
			Example: "{env: AZURE_CLIENT_SECRET}",
		}),
		when(by(AzureAccessToken), Field{
			Key: key + "token", Kind: Secret, Needed: always,
			Title: "Token", Help: "The access token.", Example: "{env: AZURE_TOKEN}",
		}),
	)
}
