package peers

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/zenml-installer/zenml-installer/internal/testcache"
)

// AWS is a running moto that enforces IAM: STS, IAM and Secrets Manager of
// account 123456789012 in all regions.
type AWS struct {
	URL   string
	admin aws.Config
}

// Key is an access key.
type Key struct{ ID, Secret string }

// motoServer runs moto. Where it enforces IAM it fails for a request without a signature,
// which the login with a token is.
const motoServer = `
from moto.core.responses import ActionAuthenticatorMixin as mixin
from moto.server import main

enforce = mixin._authenticate_and_authorize_normal_action


def with_tokens(self, resource="*"):
    if self._get_action() != "AssumeRoleWithWebIdentity":
        enforce(self, resource)


mixin._authenticate_and_authorize_normal_action = with_tokens
main()
`

// StartAWS starts moto and creates an administrator.
func StartAWS(t testing.TB) *AWS {
	t.Helper()
	return StartAWSOn(t, loopback)
}

// StartAWSOn is StartAWS on an address of this machine that pods reach.
func StartAWSOn(t testing.TB, host string) *AWS {
	t.Helper()
	python, port := filepath.Join(testcache.Path(t, "moto"), "bin", "python"), freePort(t, host)
	address := host + ":" + port
	run(t, address, []string{"HOME=" + t.TempDir(), "PYTHONDONTWRITEBYTECODE=1"}, python, "-c", motoServer,
		"-H", host, "-p", port)
	a := &AWS{URL: "http://" + address}
	a.as(Key{"any", "any"})
	a.as(a.User(t, "admin", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL+"/moto-api/reset-auth",
		strings.NewReader("0"))
	check(t, err)
	response, err := http.DefaultClient.Do(request)
	check(t, err)
	check(t, response.Body.Close())
	return a
}

func (a *AWS) as(k Key) { a.admin = a.with(k) }

func (a *AWS) with(k Key) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: &a.URL,
		Credentials: credentials.NewStaticCredentialsProvider(k.ID, k.Secret, "")}
}

func (a *AWS) iam() *iam.Client { return iam.NewFromConfig(a.admin) }

// User creates an IAM user with a policy and returns its access key.
func (a *AWS) User(t testing.TB, name, policy string) Key {
	t.Helper()
	client, ctx := a.iam(), t.Context()
	_, err := client.CreateUser(ctx, &iam.CreateUserInput{UserName: &name})
	check(t, err)
	_, err = client.PutUserPolicy(ctx,
		&iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy})
	check(t, err)
	made, err := client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &name})
	check(t, err)
	return Key{aws.ToString(made.AccessKey.AccessKeyId), aws.ToString(made.AccessKey.SecretAccessKey)}
}

// Assume returns temporary credentials of a role.
func (a *AWS) Assume(t testing.TB, as Key, role string) (temporary Key, token string) {
	t.Helper()
	made, err := sts.NewFromConfig(a.with(as)).AssumeRole(t.Context(),
		&sts.AssumeRoleInput{RoleArn: &role, RoleSessionName: aws.String("test")})
	check(t, err)
	return Key{aws.ToString(made.Credentials.AccessKeyId), aws.ToString(made.Credentials.SecretAccessKey)},
		aws.ToString(made.Credentials.SessionToken)
}

// Role creates an IAM role with a policy that a user can assume, and returns
// its ARN.
func (a *AWS) Role(t testing.TB, name, user, policy string) string {
	t.Helper()
	client, ctx := a.iam(), t.Context()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/` + user + `"}}]}`
	made, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	check(t, err)
	_, err = client.PutRolePolicy(ctx,
		&iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy})
	check(t, err)
	return aws.ToString(made.Role.Arn)
}

// Secrets lists the names of the secrets in us-east-1.
func (a *AWS) Secrets(t testing.TB) []string {
	t.Helper()
	found, err := secretsmanager.NewFromConfig(a.admin).ListSecrets(t.Context(),
		&secretsmanager.ListSecretsInput{IncludePlannedDeletion: aws.Bool(true)})
	check(t, err)
	var names []string
	for _, s := range found.SecretList {
		names = append(names, aws.ToString(s.Name))
	}
	return names
}

// Remove deletes a secret in us-east-1 without a recovery window.
func (a *AWS) Remove(t testing.TB, name string) {
	t.Helper()
	_, err := secretsmanager.NewFromConfig(a.admin).DeleteSecret(t.Context(),
		&secretsmanager.DeleteSecretInput{SecretId: &name, ForceDeleteWithoutRecovery: aws.Bool(true)})
	check(t, err)
}

// WebIdentityRole creates an IAM role with a policy that ServiceAccounts can assume, and
// returns its ARN.
func (a *AWS) WebIdentityRole(t testing.TB, name, policy string) string {
	t.Helper()
	client, ctx := a.iam(), t.Context()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",` +
		`"Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/oidc.example.com"}}]}`
	made, err := client.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	check(t, err)
	_, err = client.PutRolePolicy(ctx,
		&iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("own"), PolicyDocument: &policy})
	check(t, err)
	return aws.ToString(made.Role.Arn)
}
