package answers

import "slices"

// store is where the fields of one of the two secrets stores hang.
type store struct {
	key  string
	pick func(Answers) SecretsStore
}

var (
	primaryStore = store{key: "secretsStore", pick: func(a Answers) SecretsStore { return a.SecretsStore }}
	backupStore  = store{key: "backupSecretsStore", pick: func(a Answers) SecretsStore { return a.BackupSecretsStore }}
)

var storeTypes = []Option{
	{Value: SQLSecrets, Title: "the database", Help: "In the server's own database, encrypted when there is a key."},
	{Value: AWSSecrets, Title: "AWS Secrets Manager", Help: "In an AWS account, under zenml/."},
	{Value: GCPSecrets, Title: "Google Cloud Secret Manager", Help: "In a Google Cloud project, under zenml-."},
	{Value: AzureSecrets, Title: "Azure Key Vault", Help: "In a key vault, under zenml-."},
	{Value: HashiCorpSecrets, Title: "HashiCorp Vault", Help: "In a KV version 2 engine, under zenml/."},
	{Value: CustomSecrets, Title: "a store of my own", Help: "A class in the server's image."},
	{Value: NoSecrets, Title: "none", Help: "The server keeps no secrets."},
}

var storeFields = atStep(StepSecrets,
	plain(Field{
		Key: "secretsStore.type", Kind: Choice, Default: SQLSecrets, Options: storeTypes,
		Title: "Secrets store",
		Help:  "Where the server keeps the secrets that its users give it.",
		Why:   "Changing it later moves no secret by itself.",
	}),
	primaryStore.sql(), primaryStore.aws(), primaryStore.gcp(), primaryStore.azure(), primaryStore.vault(), primaryStore.custom(),
)

var backupStoreFields = atStep(StepExtras, fileOnly(
	plain(Field{
		Key: "backupSecretsStore.type", Kind: Choice, Default: NoSecrets, Options: storeTypes,
		Title: "Backup secrets store",
		Help:  "A second store that holds a copy of every secret.",
		Why:   "It serves when the first is down, and to move from one store to another.",
	}),
	backupStore.sql(), backupStore.aws(), backupStore.gcp(), backupStore.azure(), backupStore.vault(), backupStore.custom(),
))

// is is the condition that the store is of a type.
func (s store) is(kind string) condition {
	return condition{func(a Answers) bool { return s.pick(a).Type == kind }, "with " + s.key + ".type " + kind}
}

// logsIn is the condition that the store is of a type and uses one of methods,
// all its settings given one by one.
func (s store) usesMethod(kind string, method func(SecretsStore) (method string, whole Source), methods ...string) condition {
	words := s.is(kind).text
	for i, m := range methods {
		words += map[bool]string{true: ", authMethod ", false: " or "}[i == 0] + m
	}
	return condition{func(a Answers) bool {
		have, whole := method(s.pick(a))
		return s.pick(a).Type == kind && whole.IsZero() && (len(methods) == 0 || slices.Contains(methods, have))
	}, words}
}

func (s store) sql() []Field {
	return when(s.is(SQLSecrets), Field{
		Key: s.key + ".sql.encryptionKey", Kind: Secret, Generable: true, CheckTyped: randomKey,
		Title:   "Encryption key",
		Help:    "The key that encrypts the secrets in the database: 32 random bytes as 64 hexadecimal digits.",
		Why:     "Without it they lie there unencrypted; with the key lost they cannot be read again. It must never change.",
		Example: "{generate: true}",
	})
}

func (s store) custom() []Field {
	return when(s.is(CustomSecrets), Field{
		Key: s.key + ".custom.classPath", Kind: Text, Needed: always, Check: classPath,
		Title:   "Class of the store",
		Help:    "The dotted path of the class. The image must hold it: see server.image; its options go into server.environment and server.secretEnvironment.",
		Example: "my.stores.SecretsStore",
	})
}

// wholeConfig is the field that takes a store's configuration as one JSON text.
func (s store) wholeConfig(kind string) []Field {
	return fileOnly(when(s.is(kind), Field{
		Key: s.key + "." + kind + ".authConfig", Kind: Secret,
		Title:   "Whole configuration",
		Help:    "Everything that the method needs, as one JSON object, instead of the single answers beside it.",
		Why:     "The server takes it in one piece: to leave it in a Secret of your own, the Secret must hold all of it.",
		Example: "{secretRef: {name: zenml-secrets-store, key: auth-config}}",
	}))
}
