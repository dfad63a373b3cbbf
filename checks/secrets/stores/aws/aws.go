// Package aws tests a secrets store in AWS Secrets Manager.
//
// It reads these endpoint variables of AWS's own tools through Machine.Getenv: AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_STS,
// AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL, unless
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true. The store's own endpoint_url
// takes precedence for Secrets Manager.
package aws

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// Config is the server's configuration of the store.
type Config struct {
	Method          string // such as answers.AWSSecretKey; implicit is not supported
	Region          string
	AccessKeyID     secret.Text
	SecretAccessKey secret.Text
	SessionToken    secret.Text
	RoleARN         string
	EndpointURL     string
}

// Parse parses the complete configuration.
func Parse(method, text string) (Config, error) {
	c, err := stores.ParseConfig(text)
	return Config{
		Method:          method,
		Region:          c["region"],
		RoleARN:         c["role_arn"],
		EndpointURL:     c["endpoint_url"],
		AccessKeyID:     secret.New(c["aws_access_key_id"]),
		SecretAccessKey: secret.New(c["aws_secret_access_key"]),
		SessionToken:    secret.New(c["aws_session_token"]),
	}, err
}

// Secrets returns the parts that must be redacted.
func (c Config) Secrets() []secret.Text { return []secret.Text{c.SecretAccessKey, c.SessionToken} }

// Partition returns the partition of a region, as in ARNs.
func Partition(region string) string {
	for prefix, partition := range map[string]string{
		"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b",
		"us-isof-": "aws-iso-f", "eu-isoe-": "aws-iso-e", "eusc-": "aws-eusc",
	} {
		if strings.HasPrefix(region, prefix) {
			return partition
		}
	}
	return "aws"
}

// Store is the secrets store of one account and region.
type Store struct {
	config  Config
	machine stores.Machine
	aws     aws.Config // with the credentials that reach the secrets
	account string
	arn     string // of the caller
}

// New returns the store without making a request.
func New(c Config, m stores.Machine) *Store { return &Store{config: c, machine: m} }

// Close does nothing: AWS's temporary credentials expire.
func (s *Store) Close(context.Context) {}

// base returns the SDK's configuration with the given credentials. It uses no
// environment variables or files.
func (s *Store) base() aws.Config {
	c := s.config
	session := ""
	if c.Method == answers.AWSSTSToken {
		session = c.SessionToken.Reveal()
	}
	return aws.Config{
		Region:     c.Region,
		HTTPClient: bodyKeeper{s.machine.HTTP},
		Credentials: aws.NewCredentialsCache(
			credentials.NewStaticCredentialsProvider(c.AccessKeyID.Reveal(), c.SecretAccessKey.Reveal(), session)),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 2, time.Second })
		},
	}
}

// endpoint returns the address that overrides a service's endpoint, or nil.
func (s *Store) endpoint(service string) *string {
	if strings.EqualFold(s.machine.Env("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		return nil
	}
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if url := s.machine.Env(name); url != "" {
			return &url
		}
	}
	return nil
}

func (s *Store) sts(c aws.Config) *sts.Client {
	return sts.NewFromConfig(c, func(o *sts.Options) { o.BaseEndpoint = s.endpoint("STS") })
}

func (s *Store) secrets() *secretsmanager.Client {
	return secretsmanager.NewFromConfig(s.aws, func(o *secretsmanager.Options) {
		o.BaseEndpoint = s.endpoint("SECRETS_MANAGER")
		if s.config.EndpointURL != "" {
			o.BaseEndpoint = &s.config.EndpointURL
		}
	})
}

// secretARN returns the ARN of a secret.
func (s *Store) secretARN(name string) string {
	return "arn:" + Partition(
		s.config.Region) + ":secretsmanager:" + s.config.Region + ":" + s.account + ":secret:" + name
}
