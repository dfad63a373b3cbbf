package answers

import "slices"

// store is one of the two secrets stores, with the key of its fields and its answers.
type store struct {
	key  string
	pick func(Answers) SecretsStore
}

var (
	primaryStore = store{key: "secretsStore", pick: func(a Answers) SecretsStore { return a.SecretsStore }}
	backupStore  = store{key: "backupSecretsStore", pick: func(a Answers) SecretsStore { return a.BackupSecretsStore }}
)

var storeTypes = []Option{
	{Value: SQLSecrets, Title: "Database", Help: "In the server's database, encrypted if there is a key."},
	{Value: AWSSecrets, Title: "AWS Secrets Manager", Help: "In an AWS account, with prefix zenml/."},
	{Value: GCPSecrets, Title: "Google Cloud Secret Manager", Help: "In a Google Cloud project, with prefix zenml-."},
	{Value: AzureSecrets, Title: "Azure Key Vault", Help: "In a key vault, with prefix zenml-."},
	{Value: HashiCorpSecrets, Title: "HashiCorp Vault", Help: "In a KV version 2 engine, with prefix zenml/."},
	{Value: CustomSecrets, Title: "Custom", Help: "A class in the server's image."},
	{Value: NoSecrets, Title: "None", Help: "The server stores no secrets."},
}

var storeFields = atStep(StepSecrets,
	plain(Field{
		Key: "secretsStore.type", Kind: Choice, Default: SQLSecrets, Options: storeTypes,
		Title: "Secrets store",
		Help:  "Where the server stores its users' secrets.",
		Why:   "Changing it later does not move existing secrets.",
	}),
	primaryStore.sql(), primaryStore.aws(), primaryStore.gcp(), primaryStore.azure(), primaryStore.vault(),
	primaryStore.custom(),
)

var backupStoreFields = atStep(StepAdvanced, advanced(
	plain(Field{
		Key: "backupSecretsStore.type", Kind: Choice, Default: NoSecrets, Options: storeTypes,
		Title: "Backup secrets store",
		Help:  "A second store with a copy of every secret.",
		Why:   "It is used when the first store is down, and for moving to another store.",
	}),
	backupStore.sql(), backupStore.aws(), backupStore.gcp(), backupStore.azure(), backupStore.vault(),
	backupStore.custom(),
))

// is returns the condition that the store has a type.
func (s store) is(kind string) condition {
	return condition{func(a Answers) bool { return s.pick(a).Type == kind }, s.key + ".type is " + kind}
}

// usesMethod returns the condition that the store has a type and uses one of
// methods, without a complete configuration.
func (s store) usesMethod(
	kind string,
	method func(SecretsStore) (method string, whole Source),
	methods ...string,
) condition {
	words := s.is(kind).text
	for i, m := range methods {
		words += map[bool]string{true: " and authMethod is ", false: " or "}[i == 0] + m
	}
	return condition{func(a Answers) bool {
		have, whole := method(s.pick(a))
		return s.pick(a).Type == kind && whole.IsZero() && (len(methods) == 0 || slices.Contains(methods, have))
	}, words}
}

func (s store) sql() []Field {
	return when(s.is(SQLSecrets), Field{
		Key: s.key + ".sql.encryptionKey", Kind: Secret, Generable: true, CheckTyped: randomKey,
		Title: "Encryption key",
		Help:  "Encrypts the secrets in the database: 32 random bytes as 64 hexadecimal digits.",
		Why: "Without a key the secrets are stored unencrypted. If the key is lost or changed, they cannot be " +
			"decrypted.",
		Example: "{generate: true}",
	})
}

func (s store) custom() []Field {
	return when(s.is(CustomSecrets), Field{
		Key: s.key + ".custom.classPath", Kind: Text, Needed: always, Check: classPath,
		Title: "Store class",
		Help: "The dotted path of the class, which the image must contain (see server.image). Its options go " +
			"into server.environment and server.secretEnvironment.",
		Example: "my.stores.SecretsStore",
	})
}

// wholeConfig returns the field for a store's complete configuration as JSON.
func (s store) wholeConfig(kind string) []Field {
	return advanced(when(s.is(kind), Field{
		Key: s.key + "." + kind + ".authConfig", Kind: Secret, Document: true,
		Title:   "Complete configuration",
		Help:    "Everything that the login method needs as one JSON object, instead of separate answers.",
		Why:     "Use it if your own Secret contains the configuration: the server reads it as a whole.",
		Example: "{secretRef: {name: zenml-secrets-store, key: auth-config}}",
	}))
}
