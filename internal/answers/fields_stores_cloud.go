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
			Title: "Login to AWS", Help: "How the server logs into AWS.",
			Options: []Option{
				{Value: ImplicitAuth, Title: "the pod's own identity", Help: "An IAM role for the service account (eks.amazonaws.com/role-arn) or pod identity. No secret at all."},
				{Value: AWSSecretKey, Title: "an access key", Help: "Of an IAM user."},
				{Value: AWSIAMRole, Title: "an access key and a role", Help: "The key takes on the role."},
				{Value: AWSSessionToken, Title: "session tokens", Help: "Short-lived tokens made from the access key."},
				{Value: AWSFederationToken, Title: "federation tokens", Help: "Short-lived tokens for a federated user, made from the access key."},
				{Value: AWSSTSToken, Title: "one temporary token", Help: "It expires, and then the server loses the store."},
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
			Title: "Session token", Help: "The token of the temporary credentials.", Example: "{env: AWS_SESSION_TOKEN}",
		}),
		when(by(ImplicitAuth, AWSIAMRole), Field{
			Key: key + "roleARN", Kind: Text, Check: oneLine,
			Title: "IAM role", Help: "The role that is taken on.", Example: "arn:aws:iam::123456789012:role/zenml",
			Needed: func(a Answers) bool { return s.pick(a).AWS.AuthMethod == AWSIAMRole },
		}),
		fileOnly(when(by(), Field{
			Key: key + "endpointURL", Kind: Text, Check: webURL,
			Title: "Endpoint", Help: "The URL of a Secrets Manager that is not AWS's public one.", Example: "https://vpce-1.secretsmanager.us-east-1.vpce.amazonaws.com",
		})),
	)
}

func (s store) gcp() []Field {
	by := func(methods ...string) condition { return s.usesMethod(GCPSecrets, gcpMethod, methods...) }
	key := s.key + ".gcp."
	return slices.Concat(
		when(s.is(GCPSecrets), Field{
			Key: key + "authMethod", Kind: Choice, Default: GCPServiceAccount,
			Title: "Login to Google Cloud", Help: "How the server logs into Google Cloud.",
			Options: []Option{
				{Value: ImplicitAuth, Title: "the pod's own identity", Help: "Workload identity (iam.gke.io/gcp-service-account). No secret at all."},
				{Value: GCPServiceAccount, Title: "a service account's key", Help: "The JSON file of the key."},
				{Value: GCPImpersonation, Title: "a key that acts as another account", Help: "The key's account impersonates the other."},
				{Value: GCPExternalAccount, Title: "workload identity federation", Help: "The JSON file of an external account."},
				{Value: GCPUserAccount, Title: "a user's credentials", Help: "The JSON file of a login. Not for production."},
				{Value: GCPOAuth2Token, Title: "one temporary token", Help: "It expires within the hour, and then the server loses the store."},
			},
		}),
		s.wholeConfig(GCPSecrets),
		when(by(), Field{
			Key: key + "projectID", Kind: Text, Needed: always, Check: oneLine,
			Title: "Project", Help: "The ID of the project of the secrets.", Example: "my-project",
		}),
		when(by(GCPServiceAccount, GCPImpersonation), Field{
			Key: key + "serviceAccountJSON", Kind: Secret, Needed: always, Check: jsonObject,
			Title: "Key of the service account", Help: "The JSON file as Google hands it out.", Example: "{file: service-account.json}",
		}),
		when(by(GCPImpersonation), Field{
			Key: key + "targetPrincipal", Kind: Text, Needed: always, Check: oneLine,
			Title: "Account to act as", Help: "The e-mail address of the service account that is impersonated.", Example: "zenml@my-project.iam.gserviceaccount.com",
		}),
		when(by(GCPExternalAccount), Field{
			Key: key + "externalAccountJSON", Kind: Secret, Needed: always, Check: jsonObject,
			Title: "External account", Help: "The JSON file of the federation.", Example: "{file: external-account.json}",
		}),
		when(by(GCPUserAccount), Field{
			Key: key + "userAccountJSON", Kind: Secret, Needed: always, Check: jsonObject,
			Title: "User's credentials", Help: "The JSON file of the login.", Example: "{file: application_default_credentials.json}",
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
			Title: "Key vault", Help: "The name of the key vault: NAME of https://NAME.vault.azure.net.", Example: "zenml-vault",
		}, Field{
			Key: key + "authMethod", Kind: Choice, Default: AzureServicePrincipal,
			Title: "Login to Azure", Help: "How the server logs into Azure.",
			Options: []Option{
				{Value: ImplicitAuth, Title: "the pod's own identity", Help: "Workload identity (azure.workload.identity/client-id) or the node's managed identity. No secret at all. The pod label of workload identity is nothing that the chart can set."},
				{Value: AzureServicePrincipal, Title: "a service principal", Help: "With its client secret."},
				{Value: AzureAccessToken, Title: "one temporary token", Help: "It expires, and then the server loses the store."},
			},
		}),
		s.wholeConfig(AzureSecrets),
		when(by(AzureServicePrincipal), Field{
			Key: key + "tenantID", Kind: Text, Needed: always, Check: oneLine,
			Title: "Tenant", Help: "The ID of the tenant.", Example: "11111111-2222-3333-4444-555555555555",
		}, Field{
			Key: key + "clientID", Kind: Text, Needed: always, Check: oneLine,
			Title: "Client", Help: "The ID of the service principal's application.", Example: "66666666-7777-8888-9999-000000000000",
		}, Field{
			Key: key + "clientSecret", Kind: Secret, Needed: always,
			Title: "Client secret", Help: "The secret of the service principal.", Example: "{env: AZURE_CLIENT_SECRET}",
		}),
		when(by(AzureAccessToken), Field{
			Key: key + "token", Kind: Secret, Needed: always,
			Title: "Token", Help: "The access token.", Example: "{env: AZURE_TOKEN}",
		}),
	)
}
