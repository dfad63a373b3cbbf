package render

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// storeDraft writes one of the two secrets stores, which are alike.
type storeDraft struct {
	*draft
	name   string // of the answers and of the chart: secretsStore
	prefix string // of the server's variables: ZENML_SECRETS_STORE
	store  answers.SecretsStore
}

// secretsStore writes where the server keeps the secrets of its users.
func secretsStore(d *draft) {
	s := storeDraft{d, "secretsStore", "ZENML_SECRETS_STORE", d.a.SecretsStore}
	if s.store.Type == answers.NoSecrets {
		d.comment(s.name, "The server keeps no secrets (secretsStore.type).")
		d.set(s.name+".enabled", false, s.name+".type").prove(podsSee(s.prefix+"_TYPE", "none"))
		return
	}
	s.write()
}

// backupSecretsStore writes where the copy of the secrets is.
func backupSecretsStore(d *draft) {
	s := storeDraft{d, "backupSecretsStore", "ZENML_BACKUP_SECRETS_STORE", d.a.BackupSecretsStore}
	if s.store.Type == answers.NoSecrets {
		d.proveOnly(s.name+".type", podsLack(s.prefix+"_TYPE", "none"))
		return
	}
	d.set(s.name+".enabled", true, s.name+".type")
	s.write()
}

func (s storeDraft) write() {
	s.set(s.name+".type", s.store.Type, s.name+".type").prove(podsSee(s.prefix+"_TYPE", s.store.Type))
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
			prove(podsSee(s.prefix+"_CLASS_PATH", s.store.Custom.ClassPath))
	}
}

// sql writes the key that encrypts the secrets in the database.
func (s storeDraft) sql() {
	key := s.name + ".sql.encryptionKey"
	if s.store.SQL.EncryptionKey.IsZero() {
		return
	}
	s.comment(s.name+".sql", "Encrypts the secrets in the database ("+key+"). It must never change, and without it they cannot be read again: keep a copy.")
	s.variable(s.prefix+"_ENCRYPTION_KEY", s.name+".sql.encryptionKey", key)
}

// method writes how the server logs into the store.
func (s storeDraft) method(method string) {
	s.set(s.name+"."+s.store.Type+".authMethod", method, s.answer("authMethod")).prove(podsSee(s.prefix+"_AUTH_METHOD", method))
}

func (s storeDraft) answer(name string) string { return s.name + "." + s.store.Type + "." + name }

// part is one entry of a store's authConfig: plain text, or the answer that
// holds a secret.
type part struct {
	name   string // as the server calls it
	text   string
	secret string // key of the answer
	answer string // key of the answer that text comes from
}

// authConfig writes the configuration of the login. The chart hands it to the
// server in one piece: with a secret in it, all of it goes into a Secret.
func (s storeDraft) authConfig(parts []part) {
	variable, name := s.prefix+"_AUTH_CONFIG", s.name+"."+s.store.Type+".authConfig"
	parts = s.given(parts)
	if whole := s.answer("authConfig"); !s.source(whole).IsZero() {
		s.wholeConfig(variable, name, whole)
		return
	}
	if len(parts) == 0 {
		return
	}
	if !anySecret(parts) {
		s.comment(name, "No secret is needed here: the pods' own identity logs in.")
		s.inline(variable, name, parts)
		return
	}
	if !s.refersToSecrets() {
		s.inline(variable, name, parts)
		return
	}
	ref := s.compose(s.name+"."+s.store.Type, parts)
	s.comment(s.name, fmt.Sprintf("All of authConfig (%s) is in Secret %s, key %s: the server takes it in one piece.", partNames(parts), ref.Name, ref.Key))
	s.appendRef(variable, ref, partAnswers(parts)...)
}

// given leaves out what was not answered.
func (s storeDraft) given(parts []part) []part {
	var given []part
	for _, p := range parts {
		if p.text != "" || p.secret != "" && !s.source(p.secret).IsZero() {
			given = append(given, p)
		}
	}
	return given
}

func (s storeDraft) inline(variable, name string, parts []part) {
	for _, p := range parts {
		if p.secret == "" {
			s.set(name+"."+p.name, p.text, p.answer).prove(podsSeeEntry(variable, p.name, p.text))
			continue
		}
		text := s.read(p.secret).Reveal()
		s.set(name+"."+p.name, text, p.secret).hide().prove(podsSeeEntry(variable, p.name, text))
	}
}

// wholeConfig writes an authConfig that the answers give as one JSON text.
func (s storeDraft) wholeConfig(variable, name, key string) {
	if s.refersToSecrets() {
		ref := s.refer(key)
		s.comment(s.name, fmt.Sprintf("All of authConfig is in Secret %s, key %s (%s).", ref.Name, ref.Key, key))
		s.appendRef(variable, ref, key)
		return
	}
	entries, ok := s.readObject(key)
	if ok {
		s.set(name, entries, key).hide().prove(podsSeeEntries(variable, entries))
	}
}

func anySecret(parts []part) bool {
	for _, p := range parts {
		if p.secret != "" {
			return true
		}
	}
	return false
}

func partNames(parts []part) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.name
	}
	return strings.Join(names, ", ")
}

func partAnswers(parts []part) []string {
	var keys []string
	for _, p := range parts {
		keys = append(keys, p.key())
	}
	return keys
}

func (p part) key() string {
	if p.secret != "" {
		return p.secret
	}
	return p.answer
}
