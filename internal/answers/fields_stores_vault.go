package answers

import "slices"

func vaultMethod(s SecretsStore) (string, Source) { return s.HashiCorp.AuthMethod, Source{} }

func (s store) vault() []Field {
	by := func(methods ...string) condition { return s.usesMethod(HashiCorpSecrets, vaultMethod, methods...) }
	key := s.key + ".hashicorp."
	return slices.Concat(
		when(s.is(HashiCorpSecrets), Field{
			Key: key + "address", Kind: Text, Needed: always, Check: webURL,
			Title:   "Address",
			Help:    "The URL of the Vault server, as seen from the pods in the cluster.",
			Example: "https://vault.example.com:8200",
		}, Field{
			Key: key + "authMethod", Kind: Choice, Default: VaultToken,
			Title: "Vault authentication",
			Help:  "How the server authenticates to Vault. Charts older than 0.94.2 support only a token.",
			Options: []Option{
				{Value: VaultToken, Title: "Token", Help: "A renewable or long-lived token. Not a root token."},
				{Value: VaultAppRole, Title: "AppRole", Help: "With a role ID and a secret ID."},
				{Value: VaultAWS, Title: "AWS IAM", Help: "With the pod's own AWS identity."},
			},
		}),
		when(by(VaultToken), Field{
			Key: key + "token", Kind: Secret, Needed: always,
			Title: "Token", Help: "The token for the server.", Example: "{env: VAULT_TOKEN}",
		}),
		when(by(VaultAppRole), Field{
			Key: key + "roleID", Kind: Text, Needed: always, Check: oneLine,
			Title: "Role ID", Help: "The role ID of the AppRole.", Example: "11111111-2222-3333-4444-555555555555",
		}, Field{
			Key: key + "secretID", Kind: Secret, Needed: always,
			Title: "Secret ID", Help: "The secret ID of the AppRole.", Example: "{env: VAULT_SECRET_ID}",
		}),
		when(by(VaultAWS), Field{
			Key: key + "awsRole", Kind: Text, Needed: always, Check: oneLine,
			Title: "AWS role", Help: "The Vault role for the AWS identity.", Example: "zenml",
		}),
		advanced(when(by(VaultAWS), Field{
			Key: key + "awsHeaderValue", Kind: Text, Check: oneLine,
			Title:   "Server ID header",
			Help:    "The value of X-Vault-AWS-IAM-Server-ID, if Vault requires it.",
			Example: "vault.example.com",
		}), when(by(VaultAppRole, VaultAWS), Field{
			Key: key + "authMount", Kind: Text, Check: oneLine,
			Title:   "Authentication mount",
			Help:    "The mount path of the authentication method, if it is not the default.",
			Example: "approle",
		}), when(s.is(HashiCorpSecrets), Field{
			Key: key + "namespace", Kind: Text, Check: oneLine,
			Title: "Namespace", Help: "The namespace in Vault Enterprise.", Example: "mlops",
		}, Field{
			Key: key + "mount", Kind: Text, Check: oneLine,
			Title:   "Secrets mount",
			Help:    "The mount path of the KV version 2 engine, if it is not secret.",
			Example: "secret",
		}, Field{
			Key: key + "maxVersions", Kind: Integer, Check: positive,
			Title: "Versions", Help: "How many versions of a secret Vault keeps.", Example: "10",
		})),
	)
}
