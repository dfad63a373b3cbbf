// Package aws knows the secrets store in AWS Secrets Manager.
//
// It honours the endpoints that AWS's own tools honour, where Machine.Getenv
// gives them: AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_STS,
// AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL, unless
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true. The store's own endpoint_url
// wins for Secrets Manager.
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

// Config is what the server logs in with.
type Config struct {
	Method          string // answers.AWSSecretKey and its like; implicit is no business of this package
	Region          string
	AccessKeyID     secret.Text
	SecretAccessKey secret.Text
	SessionToken    secret.Text
	RoleARN         string
	EndpointURL     string
}

// Parse reads the whole configuration as the server takes it.
func Parse(method, text string) (Config, error) {
	c, err := stores.ParseConfig(text)
	return Config{
		Method: method, Region: c["region"], RoleARN: c["role_arn"], EndpointURL: c["endpoint_url"],
		AccessKeyID: secret.New(c["aws_access_key_id"]), SecretAccessKey: secret.New(c["aws_secret_access_key"]), SessionToken: secret.New(c["aws_session_token"]),
	}, err
}

// Secrets are the parts that must never show.
func (c Config) Secrets() []secret.Text { return []secret.Text{c.SecretAccessKey, c.SessionToken} }

// Partition returns the partition of a region, as the ARNs of its account
// name it.
func Partition(region string) string {
	for prefix, partition := range map[string]string{
		"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "us-isof-": "aws-iso-f", "eu-isoe-": "aws-iso-e", "eusc-": "aws-eusc",
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

// New returns the store. It asks nothing yet.
func New(c Config, m stores.Machine) *Store { return &Store{config: c, machine: m} }

// Close has nothing to give back: AWS's temporary credentials end by themselves.
func (s *Store) Close(context.Context) {}

// base is the SDK's configuration with the credentials as they were given.
// Nothing in it comes from the environment or from files.
func (s *Store) base() aws.Config {
	c := s.config
	session := ""
	if c.Method == answers.AWSSTSToken {
		session = c.SessionToken.Reveal()
	}
	return aws.Config{
		Region:      c.Region,
		HTTPClient:  keeping{s.machine.HTTP},
		Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(c.AccessKeyID.Reveal(), c.SecretAccessKey.Reveal(), session)),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 2, time.Second })
		},
	}
}

// endpoint returns the address that replaces a service's own, or nil.
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

// secretARN is the name of a secret below the store's prefix.
func (s *Store) secretARN(name string) string {
	return "arn:" + Partition(s.config.Region) + ":secretsmanager:" + s.config.Region + ":" + s.account + ":secret:" + name
}
