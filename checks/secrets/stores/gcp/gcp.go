// Package gcp tests a secrets store in Google Cloud Secret Manager with its REST API.
//
// It reads these endpoint variables of gcloud through Machine.Getenv: CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER,
// CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS and
// CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER.
package gcp

import (
	"context"

	"golang.org/x/oauth2"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Config is the server's configuration of the store.
type Config struct {
	Method          string // such as answers.GCPServiceAccount; implicit is not supported
	ProjectID       string
	Account         secret.Text // the JSON file of the method
	TargetPrincipal string
	Token           secret.Text
}

// Parse parses the complete configuration.
func Parse(method, text string) (Config, error) {
	c, err := stores.ParseConfig(text)
	config := Config{
		Method:          method,
		ProjectID:       c["project_id"],
		TargetPrincipal: c["target_principal"],
		Token:           secret.New(c["token"]),
	}
	for _, key := range []string{"service_account_json", "user_account_json", "external_account_json"} {
		if c[key] != "" {
			config.Account = secret.New(c[key])
		}
	}
	return config, err
}

// Store is the secrets store of one project.
type Store struct {
	config  Config
	machine stores.Machine
	tokens  oauth2.TokenSource
	number  string // of the project, once a response contains it
	member  string // of IAM policies: "serviceAccount:…"
}

// New returns the store without making a request.
func New(c Config, m stores.Machine) *Store { return &Store{config: c, machine: m} }

// Close does nothing: Google's tokens expire.
func (s *Store) Close(context.Context) {}

// Number returns the number of the project; empty until a response contains it.
func (s *Store) Number() string { return s.number }

// Member returns the IAM member of the credentials after a login.
func (s *Store) Member() string { return s.member }

func (s *Store) endpoint(service, host string) string {
	if url := s.machine.Env("CLOUDSDK_API_ENDPOINT_OVERRIDES_" + service); url != "" {
		return url
	}
	return "https://" + host + "/"
}
