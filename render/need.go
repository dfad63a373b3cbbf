package render

import (
	"fmt"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Need is one key of a Secret that must be in the server's namespace before
// the chart is installed: its migration Job runs first and reads it.
type Need struct {
	answers.SecretRef
	Answer string // key of the answer that it serves
	Ours   bool   // the installer creates it; otherwise it must be there
	Kept   bool   // ours to keep a generated key; the chart does not read it

	source answers.Source
}

// homes says where our own Secrets keep the answers: <release>-<purpose>, key.
var homes = map[string]answers.SecretRef{
	"database.mysql.password":        {Name: "database", Key: "password"},
	"database.mysql.tls.ca":          {Name: "database", Key: "ca.pem"},
	"database.mysql.tls.cert":        {Name: "database", Key: "client-cert.pem"},
	"database.mysql.tls.key":         {Name: "database", Key: "client-key.pem"},
	"secretsStore.sql.encryptionKey": {Name: "secrets-store", Key: "encryption-key"},
}

// home returns the Secret and key of ours for the answer at key.
func home(a answers.Answers, key string) answers.SecretRef {
	ref, ok := homes[key]
	if !ok {
		panic("render: no Secret is meant for " + key) // keys are literals; a test asks for each
	}
	ref.Name = a.Cluster.Release + "-" + ref.Name
	return ref
}

// content reads a source that is not a Secret in the cluster.
func content(key string, source answers.Source, s Settings) (secret.Text, error) {
	if !source.Generate {
		return source.Read(s.Local)
	}
	if k, ok := s.Keys[key]; ok && !k.Empty() {
		return k, nil
	}
	return secret.Text{}, fmt.Errorf("the key has not been generated yet: make it once, keep it, and name it here as {env: NAME}, {file: PATH} or {secretRef: {name: N, key: K}}")
}
