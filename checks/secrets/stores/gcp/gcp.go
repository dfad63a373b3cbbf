// Package gcp knows the secrets store in Google Cloud Secret Manager, over its
// REST interface.
//
// It honours the endpoints that gcloud honours, where Machine.Getenv gives
// them: CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER,
// CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS and
// CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER.
package gcp

import (
	"context"

	"golang.org/x/oauth2"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Config is what the server logs in with.
type Config struct {
	Method          string // answers.GCPServiceAccount and its like; implicit is no business of this package
	ProjectID       string
	Account         secret.Text // the JSON file of the method
	TargetPrincipal string
	Token           secret.Text
}

// Parse reads the whole configuration as the server takes it.
func Parse(method, text string) (Config, error) {
	c, err := stores.ParseConfig(text)
	config := Config{Method: method, ProjectID: c["project_id"], TargetPrincipal: c["target_principal"], Token: secret.New(c["token"])}
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
	number  string // of the project, once an answer has told it
	member  string // of IAM policies: "serviceAccount:…"
}

// New returns the store. It asks nothing yet.
func New(c Config, m stores.Machine) *Store { return &Store{config: c, machine: m} }

// Close has nothing to give back: Google's tokens end by themselves.
func (s *Store) Close(context.Context) {}

// Number returns the number of the project, once an answer has told it.
func (s *Store) Number() string { return s.number }

// Member returns whom a role is to be bound to, once it has logged in.
func (s *Store) Member() string { return s.member }

func (s *Store) endpoint(service, host string) string {
	if url := s.machine.Env("CLOUDSDK_API_ENDPOINT_OVERRIDES_" + service); url != "" {
		return url
	}
	return "https://" + host + "/"
}
