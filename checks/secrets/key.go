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

// keyVariables hold the encryption key of each store in the server's
// environment.
var keyVariables = map[string]string{ //nolint:gosec // names of variables
	"secretsStore":       "ZENML_SECRETS_STORE_ENCRYPTION_KEY",
	"backupSecretsStore": "ZENML_BACKUP_SECRETS_STORE_ENCRYPTION_KEY",
}

// keptKeys are the Secrets in which the installer keeps keys that it has
// generated, after "<release>-".
var keptKeys = map[string]string{"secretsStore": "secrets-store", "backupSecretsStore": "backup-secrets-store"}

// checkKey looks at the encryption key: that there is one, that it is worth
// the name, and that it is the one the deployed release has.
func checkKey(ctx context.Context, e *check.Env) (string, error) {
	var all findings
	for _, p := range places(e) {
		if p.store.Type != answers.SQLSecrets {
			continue
		}
		if err := judgeKey(ctx, e, p, &all); err != nil {
			all.add(p, err)
		}
	}
	return all.end()
}

// judgeKey adds what is to be said about one store's key. An error is what
// hinders the look.
func judgeKey(ctx context.Context, e *check.Env, p place, all *findings) error {
	before, deployed, err := deployedKey(ctx, e, p)
	if err != nil {
		return err
	}
	source := p.store.SQL.EncryptionKey
	key, err := keyToBe(ctx, e, p)
	var skip *check.SkipError
	if errors.As(err, &skip) && source.Generate && (!deployed || before.Empty()) {
		if deployed {
			return p.changed("a key is generated, and the deployed release has none: what it has stored cannot be read with a key")
		}
		return judgeNewKey(ctx, e, p, all)
	}
	if skip != nil && source.Generate {
		return p.changed("a key is generated, and the deployed release has another one: give that one instead")
	}
	if err != nil {
		return err
	}
	if !deployed {
		if fault := otherThanKept(ctx, e, p, key); fault != nil {
			return fault
		}
	}
	switch {
	case deployed && !before.Empty() && key.Empty():
		return p.changed("there is no key, and the deployed release has one: what it has stored cannot be read without")
	case deployed && before.Empty() && !key.Empty():
		return p.changed("there is a key, and the deployed release has none: what it has stored cannot be read with a key")
	case deployed && before != key:
		return p.changed("the key is another one than that of the deployed release: what it has stored cannot be read with it")
	case key.Empty():
		return &check.Fault{Warn: true, Found: p.key + ": there is no encryption key: the secrets lie in the database as they are", Remedy: p.key + ": {sql: {encryptionKey: {generate: true}}}"}
	}
	if weakness := weakKey(key.Reveal()); weakness != "" {
		return &check.Fault{Warn: true, Found: fmt.Sprintf("%s: the encryption key is weak: %s", p.key, weakness), Why: "who gets a copy of the database can guess it, and read the secrets",
			Remedy: "before the first install: openssl rand -hex 32 makes one; once secrets are stored the key must stay"}
	}
	if deployed {
		all.pass(p, "the key of the deployed release")
		return nil
	}
	if source.Generate {
		all.pass(p, "the key that was generated before")
		return nil
	}
	all.pass(p, source.Describe())
	return nil
}

// keyToBe is the key that the install would set. A generated one that exists
// already stays.
func keyToBe(ctx context.Context, e *check.Env, p place) (secret.Text, error) {
	source := p.store.SQL.EncryptionKey
	if !source.Generate || e.Cluster == nil {
		return e.Read(ctx, p.key+".sql.encryptionKey", source)
	}
	kept, err := keptKey(ctx, e, p)
	if err != nil || !kept.Empty() {
		return kept, err
	}
	return e.Read(ctx, p.key+".sql.encryptionKey", source)
}

// keptKey is the key that the installer has put into a Secret for the store
// before.
func keptKey(ctx context.Context, e *check.Env, p place) (secret.Text, error) {
	data, err := release.SecretData(ctx, e, p.keptIn(e))
	return secret.New(string(data[manifest.EncryptionKey])), err
}

func (p place) keptIn(e *check.Env) string { return e.Release() + "-" + keptKeys[p.key] }

// deployedKey is the key of the deployed release, if that keeps secrets in the
// database at all.
func deployedKey(ctx context.Context, e *check.Env, p place) (key secret.Text, deployed bool, err error) {
	if e.Cluster == nil {
		return secret.Text{}, false, nil
	}
	v, err := release.DeployedEnvironment(ctx, e)
	if err != nil || v == nil || storeType(v, p.key) != answers.SQLSecrets {
		return secret.Text{}, false, err
	}
	return v[keyVariables[p.key]], true, nil
}

func (p place) changed(what string) *check.Fault {
	return &check.Fault{Found: p.key + ": " + what, Why: "the secrets of the server's users would be unreadable",
		Remedy: "keep what the deployed release has: kubectl get secret shows where its " + keyVariables[p.key] + " lies; name it as {secretRef: {name: N, key: K}} in " + p.key + ".sql.encryptionKey, or leave that out if it has none"}
}

// leastBits is the strength below which a key is weak: that of AES-128.
const leastBits = 128

// weakKey says what is wrong with a key, or nothing. It shows nothing of it.
func weakKey(key string) string {
	seen := map[rune]bool{}
	for _, r := range key {
		seen[r] = true
	}
	bits := float64(len(key)) * math.Log2(float64(max(len(seen), 1)))
	switch {
	case strings.TrimSpace(key) != key:
		return "it begins or ends with white space"
	case bits < leastBits:
		return fmt.Sprintf("its %d characters, %d different ones, hold %.0f bits at most, and %d are the least", len(key), len(seen), bits, leastBits)
	case repeats(key):
		return "it repeats itself"
	}
	return ""
}

// repeats tells whether a text is a shorter one again and again.
func repeats(text string) bool {
	return len(text) > 1 && strings.Contains((text + text)[1:2*len(text)-1], text)
}
