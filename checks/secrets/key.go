package secrets

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/release"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// keyVariables are the environment variables with the encryption key of each store.
var keyVariables = map[string]string{ //nolint:gosec // names of variables
	"secretsStore":       "ZENML_SECRETS_STORE_ENCRYPTION_KEY",
	"backupSecretsStore": "ZENML_BACKUP_SECRETS_STORE_ENCRYPTION_KEY",
}

// keySecrets are the names, after "<release>-", of the Secrets in which the installer
// stores generated keys.
var keySecrets = map[string]string{"secretsStore": "secrets-store", "backupSecretsStore": "backup-secrets-store"}

// checkKey checks that there is an encryption key, that it is strong, and that
// it equals that of the deployed release.
func checkKey(ctx context.Context, e *check.Env) (string, error) {
	var all results
	for _, p := range storeRefs(e) {
		if p.store.Type != answers.SQLSecrets {
			continue
		}
		if err := checkStoreKey(ctx, e, p, &all); err != nil {
			all.add(p, err)
		}
	}
	return all.merge()
}

// checkStoreKey checks the key of one store.
func checkStoreKey(ctx context.Context, e *check.Env, p storeRef, all *results) error {
	before, deployed, err := deployedKey(ctx, e, p)
	if err != nil {
		return err
	}
	source := p.store.SQL.EncryptionKey
	key, err := plannedKey(ctx, e, p)
	var skip *check.SkipError
	if errors.As(err, &skip) && source.Generate && (!deployed || before.Empty()) {
		if deployed {
			return p.changed(
				"a key would be generated, but the deployed release has none: its secrets cannot be read with a key")
		}
		return checkNewKey(ctx, e, p, all)
	}
	if skip != nil && source.Generate {
		return p.changed("a key would be generated, but the deployed release has another key")
	}
	if err != nil {
		return err
	}
	if !deployed {
		if fault := differsFromExisting(ctx, e, p, key); fault != nil {
			return fault
		}
	}
	switch {
	case deployed && !before.Empty() && key.Empty():
		return p.changed("there is no key, but the deployed release has one: its secrets cannot be read without it")
	case deployed && before.Empty() && !key.Empty():
		return p.changed("there is a key, but the deployed release has none: its secrets cannot be read with a key")
	case deployed && before != key:
		return p.changed("the key is not that of the deployed release: its secrets cannot be read with it")
	case key.Empty():
		return &check.Fault{
			Warn:    true,
			Summary: p.key + ": there is no encryption key, so secrets are stored in the database in plain text",
			Remedy:  p.key + ": {sql: {encryptionKey: {generate: true}}}",
			Fix: check.Fix{Title: "Generate an encryption key",
				Answers: map[string]string{p.key + ".sql.encryptionKey": "generate"}},
		}
	}
	if weakness := weakKey(key.Reveal()); weakness != "" {
		return &check.Fault{
			Warn:    true,
			Summary: fmt.Sprintf("%s: the encryption key is weak: %s", p.key, weakness),
			Reason:  "someone with a copy of the database can guess it and read the secrets",
			Remedy: "before the first install, create a key: openssl rand -hex 32\n" +
				"if secrets are already stored, keep the key",
		}
	}
	if deployed {
		all.pass(p, "the key of the deployed release")
		return nil
	}
	if source.Generate {
		all.pass(p, "the key that was already generated")
		return nil
	}
	all.pass(p, source.Describe())
	return nil
}

// plannedKey returns the key that the install would set. An existing generated
// key is never replaced.
func plannedKey(ctx context.Context, e *check.Env, p storeRef) (secret.Text, error) {
	source := p.store.SQL.EncryptionKey
	if !source.Generate || e.Cluster == nil {
		return e.Read(ctx, p.key+".sql.encryptionKey", source)
	}
	kept, err := existingKey(ctx, e, p)
	if err != nil || !kept.Empty() {
		return kept, err
	}
	return e.Read(ctx, p.key+".sql.encryptionKey", source)
}

// existingKey returns the key that a previous install stored in a Secret.
func existingKey(ctx context.Context, e *check.Env, p storeRef) (secret.Text, error) {
	data, err := release.SecretData(ctx, e, p.keySecret(e))
	return secret.New(string(data[manifest.EncryptionKey])), err
}

func (p storeRef) keySecret(e *check.Env) string { return e.Release() + "-" + keySecrets[p.key] }

// deployedKey returns the key of the deployed release if it stores secrets in the
// database.
func deployedKey(ctx context.Context, e *check.Env, p storeRef) (key secret.Text, deployed bool, err error) {
	if e.Cluster == nil {
		return secret.Text{}, false, nil
	}
	v, err := release.DeployedEnvironment(ctx, e)
	if err != nil || v == nil || deployedType(v, p.key) != answers.SQLSecrets {
		return secret.Text{}, false, err
	}
	return v[keyVariables[p.key]], true, nil
}

func (p storeRef) changed(what string) *check.Fault {
	return &check.Fault{
		Summary: p.key + ": " + what,
		Reason:  "the server could no longer read the secrets of its users",
		Remedy: "use the key of the deployed release: find " + keyVariables[p.key] +
			" with kubectl get secrets and set " + p.key +
			": {sql: {encryptionKey: {secretRef: {name: NAME, key: KEY}}}}; remove encryptionKey if it has none",
	}
}

// minBits is the strength of AES-128; a key with less is weak.
const minBits = 128

// weakKey describes what is wrong with a key, or returns "". It shows no part
// of the key.
func weakKey(key string) string {
	seen := map[rune]bool{}
	for _, r := range key {
		seen[r] = true
	}
	bits := float64(len(key)) * math.Log2(float64(max(len(seen), 1)))
	switch {
	case strings.TrimSpace(key) != key:
		return "it starts or ends with white space"
	case bits < minBits:
		return fmt.Sprintf("its %d characters, %d of them different, have at most %.0f bits, and it needs %d", len(key),
			len(seen), bits, minBits)
	case repeats(key):
		return "it repeats itself"
	}
	return ""
}

// repeats reports whether a text is a shorter text repeated.
func repeats(text string) bool {
	return len(text) > 1 && strings.Contains((text + text)[1:2*len(text)-1], text)
}
