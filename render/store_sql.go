package render

import "github.com/zenml-installer/zenml-installer/internal/answers"

// sqlStore writes the key that encrypts the secrets in the database.
func sqlStore(d *draft) {
	store := d.a.SecretsStore
	if store.Type != answers.SQLSecrets {
		return
	}
	d.proveOnly("secretsStore.type", podsSee("ZENML_SECRETS_STORE_TYPE", "sql"))
	const key = "secretsStore.sql.encryptionKey"
	if store.SQL.EncryptionKey.IsZero() {
		return
	}
	d.comment("secretsStore.sql", "Encrypts the secrets in the database ("+key+"). It must never change, and without it they cannot be read again: keep a copy.")
	d.variable("ZENML_SECRETS_STORE_ENCRYPTION_KEY", "secretsStore.sql.encryptionKey", key)
}
