package gcp

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// account is a credentials file of any of Google's types.
type account struct {
	Type         string `json:"type"`
	ProjectID    string `json:"project_id"`
	KeyID        string `json:"private_key_id"`
	PrivateKey   string `json:"private_key"`
	Email        string `json:"client_email"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RefreshToken string `json:"refresh_token"`
	TokenURI     string `json:"token_uri"`
	AuthURI      string `json:"auth_uri"`
	Audience     string `json:"audience"`
	SubjectType  string `json:"subject_token_type"`
	TokenURL     string `json:"token_url"`
}

// Secrets returns the parts that must be redacted.
func (c Config) Secrets() []secret.Text {
	var a account
	if json.Unmarshal([]byte(c.Account.Reveal()), &a) != nil {
		return []secret.Text{c.Token, c.Account}
	}
	secrets := []secret.Text{c.Token}
	for _, part := range []string{a.PrivateKey, a.ClientSecret, a.RefreshToken} {
		secrets = append(secrets, secret.New(part))
	}
	return secrets
}

// kinds are the file types of the authentication methods.
var kinds = map[string]string{answers.GCPServiceAccount: "service_account",
	answers.GCPImpersonation: "service_account", answers.GCPUserAccount: "authorized_user",
	answers.GCPExternalAccount: "external_account"}

// account parses and checks the credentials file of the method.
func (c Config) account() (account, error) {
	var a account
	if json.Unmarshal([]byte(c.Account.Reveal()), &a) != nil {
		return a, &stores.Fault{
			Summary: "the credentials are not a JSON object",
			Remedy:  "use the unchanged JSON file from Google",
		}
	}
	want := kinds[c.Method]
	if a.Type != want {
		return a, &stores.Fault{
			Summary: fmt.Sprintf("the credentials are of type %q, but authMethod %s needs %s", a.Type, c.Method, want),
			Remedy: "use the right file, or set authMethod for " + a.Type + "; to create a service account key: " +
				"gcloud iam service-accounts keys create key.json --iam-account=EMAIL",
		}
	}
	if missing := a.missing(); len(missing) > 0 {
		return a, &stores.Fault{
			Summary: "the credentials lack " + strings.Join(missing, ", "),
			Remedy:  "use the unchanged JSON file from Google",
		}
	}
	if want == "service_account" && !privateKey(a.PrivateKey) {
		return a, &stores.Fault{
			Summary: "private_key in the credentials is not a private key",
			Remedy:  "use the unchanged file: shells and YAML often change its line breaks, which are written as \\n",
		}
	}
	return a, nil
}

func (a account) missing() []string {
	wanted := map[string][][2]string{
		"service_account": {
			{"project_id", a.ProjectID}, {"private_key_id", a.KeyID}, {"private_key", a.PrivateKey},
			{"client_email", a.Email}, {"client_id", a.ClientID}, {"token_uri", a.TokenURI},
		},
		"authorized_user": {
			{"client_id", a.ClientID}, {"client_secret", a.ClientSecret}, {"refresh_token", a.RefreshToken},
		},
		"external_account": {
			{"audience", a.Audience}, {"subject_token_type", a.SubjectType}, {"token_url", a.TokenURL},
		},
	}[a.Type]
	var missing []string
	for _, w := range wanted {
		if w[1] == "" {
			missing = append(missing, w[0])
		}
	}
	return missing
}

func privateKey(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return false
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return true
	}
	_, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	return err == nil
}
