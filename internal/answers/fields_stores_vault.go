package answers

import "slices"

func vaultMethod(s SecretsStore) (string, Source) { return s.HashiCorp.AuthMethod, Source{} }

func (s store) vault() []Field {
	by := func(methods ...string) condition { return s.usesMethod(HashiCorpSecrets, vaultMethod, methods...) }
	key := s.key + ".hashicorp."
	return slices.Concat(
		when(s.is(HashiCorpSecrets), Field{
			Key: key + "address", Kind: Text, Needed: always, Check: webURL,
			Title: "Address", Help: "The URL of the Vault, as the pods in the cluster see it.", Example: "https://vault.example.com:8200",
		}, Field{
			Key: key + "authMethod", Kind: Choice, Default: VaultToken,
			Title: "Login to the Vault", Help: "How the server logs into the Vault. Charts before the server: layout know only the token.",
			Options: []Option{
				{Value: VaultToken, Title: "a token", Help: "It must be renewable, or long-lived. No root token."},
				{Value: VaultAppRole, Title: "an AppRole", Help: "With its role ID and secret ID."},
				{Value: VaultAWS, Title: "AWS IAM", Help: "Under the pod's own AWS identity."},
			},
		}),
		when(by(VaultToken), Field{
			Key: key + "token", Kind: Secret, Needed: always,
			Title: "Token", Help: "The server's token.", Example: "{env: VAULT_TOKEN}",
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
			Title: "AWS role", Help: "The Vault role that the AWS identity logs into.", Example: "zenml",
		}),
		fileOnly(when(by(VaultAWS), Field{
			Key: key + "awsHeaderValue", Kind: Text, Check: oneLine,
			Title: "Server ID header", Help: "The value of X-Vault-AWS-IAM-Server-ID, where the Vault asks for it.", Example: "vault.example.com",
		}), when(by(VaultAppRole, VaultAWS), Field{
			Key: key + "authMount", Kind: Text, Check: oneLine,
			Title: "Mount of the login", Help: "Where the login method is mounted, if not at its usual place.", Example: "approle",
		}), when(s.is(HashiCorpSecrets), Field{
			Key: key + "namespace", Kind: Text, Check: oneLine,
			Title: "Namespace", Help: "The namespace of a Vault Enterprise.", Example: "mlops",
		}, Field{
			Key: key + "mount", Kind: Text, Check: oneLine,
			Title: "Mount of the secrets", Help: "Where the KV version 2 engine is mounted, if not at secret.", Example: "secret",
		}, Field{
			Key: key + "maxVersions", Kind: Integer, Check: positive,
			Title: "Versions", Help: "How many versions of a secret the Vault keeps.", Example: "10",
		})),
	)
}
