package values

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/manifest"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/binding"
)

// Need is a Secret key that must exist before the chart is installed, because
// the migration Job runs first and reads it.
type Need struct {
	answers.SecretRef
	Answer string // key of the answer that needs it
	Ours   bool   // created by the installer; otherwise it must exist
	Kept   bool   // created only to store a generated key; the chart does not read it

	Source answers.Source
	Parts  []binding.StorePart // if not empty, the content is a JSON object of these parts
}

// Generated reports whether the content is generated randomly.
func (n Need) Generated() bool { return n.Source.Generate }

// secretRefs maps answers to the Secrets that the installer creates:
// <release>-<purpose>, key.
var secretRefs = map[string]answers.SecretRef{
	"database.mysql.password":  {Name: "database", Key: "password"},
	"database.mysql.tls.ca":    {Name: "database", Key: "ca.pem"},
	"database.mysql.tls.cert":  {Name: "database", Key: "client-cert.pem"},
	"database.mysql.tls.key":   {Name: "database", Key: "client-key.pem"},
	"server.auth.jwtSecretKey": {Name: "auth", Key: "jwt-secret-key"},
	"admin.password":           {Name: "admin", Key: "password"},

	"secretsStore.sql.encryptionKey":  {Name: "secrets-store", Key: manifest.EncryptionKey},
	"secretsStore.aws":                {Name: "secrets-store", Key: "auth-config"},
	"secretsStore.aws.authConfig":     {Name: "secrets-store", Key: "auth-config"},
	"secretsStore.gcp":                {Name: "secrets-store", Key: "auth-config"},
	"secretsStore.gcp.authConfig":     {Name: "secrets-store", Key: "auth-config"},
	"secretsStore.azure":              {Name: "secrets-store", Key: "auth-config"},
	"secretsStore.azure.authConfig":   {Name: "secrets-store", Key: "auth-config"},
	"secretsStore.hashicorp.token":    {Name: "secrets-store", Key: "vault-token"},
	"secretsStore.hashicorp.secretID": {Name: "secrets-store", Key: "app-secret-id"},
}

const (
	environmentAnswer = "server.secretEnvironment."
	backupAnswer      = "backupSecretsStore."
)

// secretRefFor returns the Secret key that the installer creates for the answer
// at key. Each variable has its own key; the backup store's keys are named like
// those of the secrets store.
func secretRefFor(a answers.Answers, key string) answers.SecretRef {
	if variable, ok := strings.CutPrefix(key, environmentAnswer); ok {
		return answers.SecretRef{Name: a.Cluster.Release + "-environment", Key: variable}
	}
	if rest, ok := strings.CutPrefix(key, backupAnswer); ok {
		ref := secretRefFor(a, "secretsStore."+rest)
		ref.Name = a.Cluster.Release + "-backup-secrets-store"
		return ref
	}
	ref, ok := secretRefs[key]
	if !ok {
		panic("values: no Secret is defined for " + key) // the callers' keys are literals, and a test covers each
	}
	ref.Name = a.Cluster.Release + "-" + ref.Name
	return ref
}

// sourceOf returns the Source of the answer at key, including variables in
// server.secretEnvironment.
func sourceOf(a answers.Answers, key string) answers.Source {
	if variable, ok := strings.CutPrefix(key, environmentAnswer); ok {
		return a.Server.SecretEnvironment[variable]
	}
	return a.GetSource(key)
}

// content returns the content of the key. Faults never contain it.
func (n Need) content(s Settings) (secret.Text, answers.Faults) {
	if len(n.Parts) == 0 {
		return content(n.Answer, n.Source, s)
	}
	object := map[string]string{}
	var faults answers.Faults
	for _, p := range n.Parts {
		if p.Secret == nil {
			object[p.Name] = *p.Text
			continue
		}
		text, bad := partContent(n.Answer+"."+p.Answer, *p.Secret, s)
		faults = append(faults, bad...)
		object[p.Name] = text.Reveal()
	}
	data, err := json.Marshal(object)
	if err != nil {
		faults = append(
			faults,
			answers.Fault{Check: CheckReferences, Key: n.Answer, Summary: "it cannot be written as JSON"},
		)
	}
	return secret.New(string(data)), faults
}

// partContent returns a secret that becomes part of a larger one. Unlike
// content, it can read an existing Secret.
func partContent(key string, source answers.Source, s Settings) (secret.Text, answers.Faults) {
	if source.SecretRef == nil {
		return content(key, source, s)
	}
	if s.Lookup == nil {
		whole := key[:strings.LastIndexByte(key, '.')] + ".authConfig"
		return secret.Text{}, answers.Faults{{Check: CheckReferences, Key: key,
			Summary: "the server reads authConfig as one value, and this part of it is in a Secret that cannot be read now",
			Remedy:  "put all of it into one Secret, as JSON, and name that as " + whole}}
	}
	text, err := s.Lookup(*source.SecretRef)
	if err != nil {
		return secret.Text{}, answers.Faults{{Check: CheckReferences, Key: key, Summary: err.Error()}}
	}
	return text, nil
}

// content reads a source that is not a Secret and validates its content like an
// inline value.
func content(key string, source answers.Source, s Settings) (secret.Text, answers.Faults) {
	fault := func(problem, remedy string) (secret.Text, answers.Faults) {
		return secret.Text{}, answers.Faults{{Check: CheckReferences, Key: key, Summary: problem, Remedy: remedy}}
	}
	if source.Generate {
		if k := s.Keys[key]; !k.Empty() {
			return k, nil
		}
		return fault(
			"the key is not generated yet",
			"generate it once, keep it, and give it as {env: NAME}, {file: PATH} or {secretRef: {name: N, key: K}}",
		)
	}
	text, err := source.Read(s.Local)
	if err != nil {
		return fault(err.Error(), "")
	}
	if pem := text.Reveal(); strings.HasSuffix(pem, "-----") {
		text = secret.New(pem + "\n") // the reader trimmed the final newline
	}
	if f, ok := answers.FieldByKey(key); ok && f.Check != nil {
		if problem, remedy := f.Check(text.Reveal()); problem != "" {
			return fault(fmt.Sprintf("%s: %s", source.Describe(), problem), remedy)
		}
	}
	return text, nil
}
