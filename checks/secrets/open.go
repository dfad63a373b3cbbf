package secrets

import (
	"context"
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/aws"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/azure"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/gcp"
	"github.com/zenml-installer/zenml-installer/checks/secrets/stores/hashicorp"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// reader reads several answers and keeps the first error.
type reader struct {
	ctx context.Context
	e   *check.Env
	p   storeRef
	err error
	// breaks describes the values that end in a line break.
	breaks []string
}

func (r *reader) read(field string, s answers.Source) secret.Text {
	if r.err != nil {
		return secret.Text{}
	}
	var text secret.Text
	key := r.p.key + "." + r.p.store.Type + "." + field
	text, r.err = r.e.Read(r.ctx, key, s)
	if end := check.LineBreak(text.Reveal()); end != "" && field != "authConfig" && !strings.HasSuffix(field, "JSON") {
		r.breaks = append(r.breaks, key+" ends in "+end)
	}
	return text
}

// openStore reads the store's credentials and creates its client. It also returns
// the secrets, which must be redacted.
func openStore(r *reader, m stores.Machine) (stores.Store, []secret.Text, error) {
	p := r.p
	switch p.store.Type {
	case answers.AWSSecrets:
		c, err := r.aws(p.store.AWS)
		return aws.New(c, m), c.Secrets(), err
	case answers.GCPSecrets:
		c, err := r.gcp(p.store.GCP)
		return gcp.New(c, m), c.Secrets(), err
	case answers.AzureSecrets:
		c, err := r.azure(p.store.Azure)
		return azure.New(c, m), c.Secrets(), err
	case answers.HashiCorpSecrets:
		c, err := r.hashicorp(p.store.HashiCorp)
		return hashicorp.New(c, m), c.Secrets(), err
	}
	return nil, nil, check.Skip("a store of type %s cannot be tested from this machine", p.store.Type)
}

// authConfig reads the complete configuration, or "" if the answers do not
// contain it.
func (r *reader) authConfig(s answers.Source) string { return r.read("authConfig", s).Reveal() }

// parseFault returns the fault of a configuration that cannot be parsed.
func (r *reader) parseFault(err error) error {
	if r.err != nil || err == nil {
		return r.err
	}
	return &check.Fault{
		Summary: fmt.Sprintf("%s.%s.authConfig: %v", r.p.key, r.p.store.Type, err),
		Remedy:  "set it to one JSON object with the fields of the ZenML secrets store",
	}
}

func (r *reader) aws(s answers.AWSStore) (aws.Config, error) {
	if text := r.authConfig(s.AuthConfig); text != "" || r.err != nil {
		c, err := aws.Parse(s.AuthMethod, text)
		return c, r.parseFault(err)
	}
	return aws.Config{
		Method:          s.AuthMethod,
		Region:          s.Region,
		RoleARN:         s.RoleARN,
		EndpointURL:     s.EndpointURL,
		AccessKeyID:     r.read("accessKeyID", s.AccessKeyID),
		SecretAccessKey: r.read("secretAccessKey", s.SecretAccessKey),
		SessionToken:    r.read("sessionToken", s.SessionToken),
	}, r.err
}

func (r *reader) gcp(s answers.GCPStore) (gcp.Config, error) {
	if text := r.authConfig(s.AuthConfig); text != "" || r.err != nil {
		c, err := gcp.Parse(s.AuthMethod, text)
		return c, r.parseFault(err)
	}
	c := gcp.Config{Method: s.AuthMethod, ProjectID: s.ProjectID, TargetPrincipal: s.TargetPrincipal}
	switch s.AuthMethod {
	case answers.GCPUserAccount:
		c.Account = r.read("userAccountJSON", s.UserAccountJSON)
	case answers.GCPExternalAccount:
		c.Account = r.read("externalAccountJSON", s.ExternalAccountJSON)
	case answers.GCPOAuth2Token:
		c.Token = r.read("token", s.Token)
	default:
		c.Account = r.read("serviceAccountJSON", s.ServiceAccountJSON)
	}
	return c, r.err
}

func (r *reader) azure(s answers.AzureStore) (azure.Config, error) {
	if text := r.authConfig(s.AuthConfig); text != "" || r.err != nil {
		c, err := azure.Parse(s.AuthMethod, s.KeyVaultName, text)
		return c, r.parseFault(err)
	}
	return azure.Config{
		Method: s.AuthMethod, KeyVaultName: s.KeyVaultName, TenantID: s.TenantID, ClientID: s.ClientID,
		ClientSecret: r.read("clientSecret", s.ClientSecret), Token: r.read("token", s.Token),
	}, r.err
}

func (r *reader) hashicorp(s answers.VaultStore) (hashicorp.Config, error) {
	return hashicorp.Config{
		Method: s.AuthMethod, Address: s.Address, Namespace: s.Namespace, Mount: s.Mount, AuthMount: s.AuthMount,
		Token: r.read("token", s.Token), RoleID: s.RoleID, SecretID: r.read("secretID", s.SecretID),
	}, r.err
}
