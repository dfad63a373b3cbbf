package importer

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/tree"
	"github.com/zenml-installer/zenml-installer/render/binding"
)

func (r *reader) stores() {
	storeReader{r, "secretsStore", "ZENML_SECRETS_STORE", &r.a.SecretsStore}.read(true)
	storeReader{r, "backupSecretsStore", "ZENML_BACKUP_SECRETS_STORE", &r.a.BackupSecretsStore}.read(false)
}

// storeReader imports the secrets store or the backup secrets store.
type storeReader struct {
	*reader
	name   string
	prefix string
	store  *answers.SecretsStore
}

func (s storeReader) at(name string) string { return "server." + s.name + "." + name }

func (s storeReader) read(byDefault bool) {
	on, given := s.truth(s.at("enabled"))
	kind := s.text(s.at("type"))
	if given && !on || !given && !byDefault {
		if byDefault {
			s.store.Type = answers.NoSecrets
		}
		s.unused("the store is off")
		return
	}
	if kind == "" {
		kind = answers.SQLSecrets
	}
	if byDefault && kind == answers.SQLSecrets {
		kind = "" // the default of the answers
	}
	s.store.Type = kind
	switch kind {
	case "", answers.SQLSecrets:
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
		s.store.Custom.ClassPath = cmp.Or(
			s.text(s.at("custom.class_path")),
			s.defaultText(s.name, "custom", "class_path"),
		)
	}
	s.unused("another store is in use")
}

// unused drops the settings of unused stores: they may be secrets.
func (s storeReader) unused(why string) {
	rest := s.mapping("server." + s.name)
	for _, name := range tree.Keys(rest) {
		if !tree.IsEmpty(rest[name]) && !s.repeatsDefault([]string{s.root, s.name, name}, rest[name]) {
			s.note(s.at(name), "left out: it has no effect, because %s", why)
		}
	}
}

func (s storeReader) sql() {
	key := s.claim(s.prefix + "_ENCRYPTION_KEY")
	inline := s.text(s.at("sql.encryptionKey"))
	if old := s.text(s.at("encryptionKey")); inline == "" { // charts before 0.40
		inline = old
	}
	if key.IsZero() {
		key = plainSource(inline)
	}
	s.store.SQL.EncryptionKey = key
}

func (s storeReader) aws() {
	a := &s.store.AWS
	a.AuthMethod = s.text(s.at("aws.authMethod"))
	a.AuthConfig = s.config("aws", binding.AWS(a), map[string]string{
		"region_name": "region", "aws_access_key_id": "aws_access_key_id", "aws_secret_access_key": "aws_secret_access_key", "aws_session_token": "aws_session_token",
	})
}

func (s storeReader) gcp() {
	g := &s.store.GCP
	g.AuthMethod = s.text(s.at("gcp.authMethod"))
	if text := s.text(s.at("gcp.authConfig.google_application_credentials")); text != "" {
		s.put(s.at("gcp.authConfig.service_account_json"), text)
		s.note(
			s.at("gcp.authConfig.google_application_credentials"),
			"imported as service_account_json: the server does not read this key",
		)
	}
	g.AuthConfig = s.config("gcp", binding.GCP(g), map[string]string{
		"project_id": "project_id", "google_application_credentials": "service_account_json",
	})
}

func (s storeReader) azure() {
	a := &s.store.Azure
	a.AuthMethod = s.text(s.at("azure.authMethod"))
	a.KeyVaultName = s.text(s.at("azure.key_vault_name"))
	a.AuthConfig = s.config("azure", binding.Azure(a), map[string]string{
		"azure_client_id": "client_id", "azure_client_secret": "client_secret", "azure_tenant_id": "tenant_id",
	})
}

// config imports a store's authConfig as parts. It returns a Source for the
// whole if it is in one Secret or contains unknown keys.
func (s storeReader) config(kind string, parts []binding.StorePart, flat map[string]string) answers.Source {
	if whole := s.claim(s.prefix + "_AUTH_CONFIG"); !whole.IsZero() {
		return whole
	}
	at := s.at(kind + ".authConfig")
	for _, old := range slices.Sorted(maps.Keys(flat)) { // charts before authConfig
		if text := s.text(s.at(kind + "." + old)); text != "" {
			s.put(at+"."+flat[old], text)
		}
	}
	config := s.mapping(at)
	left := maps.Clone(config)
	for _, p := range parts {
		text, ok := tree.ScalarText(config[p.Name])
		if config[p.Name] == nil || ok {
			delete(left, p.Name)
		}
		if p.Text != nil {
			*p.Text = text
		} else {
			*p.Secret = plainSource(text)
		}
	}
	if tree.IsEmpty(left) {
		return answers.Source{}
	}
	for _, p := range parts {
		if p.Text != nil {
			*p.Text = ""
		} else {
			*p.Secret = answers.Source{}
		}
	}
	data, err := json.Marshal(config)
	if err != nil {
		s.note(at, "left out: it cannot be written as JSON")
		return answers.Source{}
	}
	return plainSource(string(data))
}

func (s storeReader) vault() {
	v := &s.store.HashiCorp
	for method, name := range binding.VaultMethods {
		if s.peek(s.at("hashicorp.authMethod")) == name {
			v.AuthMethod = method
			s.text(s.at("hashicorp.authMethod"))
			break
		}
	}
	for _, p := range binding.Vault(v) {
		if text := s.either(p.Name); !s.isHidden(s.at("hashicorp.authConfig."+p.Name), text) {
			*p.Text = text
		}
	}
	if v.Address == "" {
		v.Address = s.defaultText(s.name, "hashicorp", "authConfig", "vault_addr")
	}
	v.MaxVersions = s.number(s.at("hashicorp.authConfig.max_versions"))
	if n := s.number(s.at("hashicorp.max_versions")); n > 0 {
		v.MaxVersions = n
	}
	v.Token, v.SecretID = s.claim(s.prefix+"_VAULT_TOKEN"), s.claim(s.prefix+"_APP_SECRET_ID")
	token, id := s.either("vault_token"), s.either("app_secret_id")
	if v.Token.IsZero() {
		v.Token = plainSource(token)
	}
	if v.SecretID.IsZero() {
		v.SecretID = plainSource(id)
	}
}

// either takes a setting of Vault. The flat setting of legacy charts takes
// precedence.
func (s storeReader) either(name string) string {
	nested, flat := s.text(s.at("hashicorp.authConfig."+name)), s.text(s.at("hashicorp."+name))
	if flat != "" {
		return flat
	}
	return nested
}
