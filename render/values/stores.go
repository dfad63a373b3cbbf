package values

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/render/binding"
	"github.com/zenml-installer/zenml-installer/render/proof"
)

// storeDraft sets the values of the secrets store or the backup secrets store.
type storeDraft struct {
	*draft
	name   string // in the answers and the chart: secretsStore
	prefix string // of the server's variables: ZENML_SECRETS_STORE
	store  *answers.SecretsStore
}

// secretsStore sets where the server stores its users' secrets.
func secretsStore(d *draft) {
	s := storeDraft{d, "secretsStore", "ZENML_SECRETS_STORE", &d.a.SecretsStore}
	if s.store.Type == answers.NoSecrets {
		d.comment(s.name, "The server stores no secrets (secretsStore.type).")
		d.set(s.name+".enabled", false, s.name+".type").prove(proof.PodsHave(s.prefix+"_TYPE", "none"))
		return
	}
	s.write()
}

// backupSecretsStore sets where the server stores copies of the secrets.
func backupSecretsStore(d *draft) {
	s := storeDraft{d, "backupSecretsStore", "ZENML_BACKUP_SECRETS_STORE", &d.a.BackupSecretsStore}
	if s.store.Type == answers.NoSecrets {
		d.proveOnly(s.name+".type", proof.PodsLack(s.prefix+"_TYPE", "none"))
		return
	}
	d.set(s.name+".enabled", true, s.name+".type")
	s.write()
}

func (s storeDraft) write() {
	s.set(s.name+".type", s.store.Type, s.name+".type").prove(proof.PodsHave(s.prefix+"_TYPE", s.store.Type))
	switch s.store.Type {
	case answers.SQLSecrets:
		s.sql()
	case answers.AWSSecrets:
		s.aws()
	case answers.GCPSecrets:
		s.gcp()
	case answers.AzureSecrets:
		s.azure()
	case answers.HashiCorpSecrets:
		s.vault()
	case answers.CustomSecrets:
		s.comment(s.name, "A class in the server's image ("+s.name+".custom).")
		s.set(s.name+".custom.class_path", s.store.Custom.ClassPath, s.name+".custom.classPath").
			prove(proof.PodsHave(s.prefix+"_CLASS_PATH", s.store.Custom.ClassPath))
	}
}

// sql sets the key that encrypts the secrets in the database.
func (s storeDraft) sql() {
	key := s.name + ".sql.encryptionKey"
	if s.store.SQL.EncryptionKey.IsZero() {
		return
	}
	at := s.name + ".sql"
	if s.refersToSecrets() {
		at = "environmentSecretKeyRefs" // the only setting that is written
	}
	s.comment(
		at,
		s.prefix+"_ENCRYPTION_KEY encrypts the secrets in the database ("+key+"). Never change it, and keep a copy: without it the secrets cannot be decrypted.",
	)
	s.variable(s.prefix+"_ENCRYPTION_KEY", s.name+".sql.encryptionKey", key)
}

// method sets the authentication method.
func (s storeDraft) method(method string) {
	s.set(s.name+"."+s.store.Type+".authMethod", method, s.answer("authMethod")).
		prove(proof.PodsHave(s.prefix+"_AUTH_METHOD", method))
}

func (s storeDraft) answer(name string) string { return s.name + "." + s.store.Type + "." + name }

// authConfig sets the login configuration. The chart passes it to the server as
// one JSON text; if it contains a secret, all of it is stored in a Secret.
func (s storeDraft) authConfig(parts []binding.StorePart) {
	variable, name := s.prefix+"_AUTH_CONFIG", s.name+"."+s.store.Type+".authConfig"
	parts = slices.DeleteFunc(parts, func(p binding.StorePart) bool { return !p.IsSet() })
	if whole := s.answer("authConfig"); !s.source(whole).IsZero() {
		s.wholeConfig(variable, name, whole)
		return
	}
	if len(parts) == 0 {
		return
	}
	if !slices.ContainsFunc(parts, func(p binding.StorePart) bool { return p.Secret != nil }) {
		s.comment(name, "No secret is needed: the server logs in with the identity of its pods.")
		s.inline(variable, name, parts)
		return
	}
	if !s.refersToSecrets() {
		s.inline(variable, name, parts)
		return
	}
	ref := s.compose(s.name+"."+s.store.Type, parts)
	var names, keys []string
	for _, p := range parts {
		names, keys = append(names, p.Name), append(keys, s.answer(p.Answer))
	}
	s.comment(
		s.name,
		fmt.Sprintf(
			"All of authConfig (%s) is in Secret %s, key %s, because the server reads it as one value.",
			strings.Join(names, ", "),
			ref.Name,
			ref.Key,
		),
	)
	s.appendRef(variable, ref, keys...)
}

func (s storeDraft) inline(variable, name string, parts []binding.StorePart) {
	for _, p := range parts {
		key := s.answer(p.Answer)
		if p.Secret == nil {
			s.set(name+"."+p.Name, *p.Text, key).prove(proof.PodsHaveEntry(variable, p.Name, *p.Text))
			continue
		}
		text := s.read(key).Reveal()
		s.set(name+"."+p.Name, text, key).markSensitive().prove(proof.PodsHaveEntry(variable, p.Name, text))
	}
}

// wholeConfig sets an authConfig that the answers contain as one JSON text.
func (s storeDraft) wholeConfig(variable, name, key string) {
	if s.refersToSecrets() {
		ref := s.refer(key)
		s.comment(s.name, fmt.Sprintf("All of authConfig is in Secret %s, key %s (%s).", ref.Name, ref.Key, key))
		s.appendRef(variable, ref, key)
		return
	}
	entries, ok := s.readObject(key)
	if ok {
		s.set(name, entries, key).markSensitive().prove(proof.PodsHaveEntries(variable, entries))
	}
}
