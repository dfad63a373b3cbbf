package aws

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// brief is how long the session of a check lasts: the least that AWS gives.
const brief = int32(900)

// Login gets the credentials that the method makes and asks AWS who they are.
func (s *Store) Login(ctx context.Context) (stores.Identity, error) {
	if s.config.Region == "" {
		return stores.Identity{}, &stores.Fault{Found: "there is no region", Remedy: "give region, like us-east-1"}
	}
	s.aws = s.base()
	made, err := s.exchange(ctx)
	if err != nil {
		return stores.Identity{}, s.fault(err)
	}
	if made != nil {
		s.aws.Credentials = aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(
			aws.ToString(made.AccessKeyId), aws.ToString(made.SecretAccessKey), aws.ToString(made.SessionToken)))
	}
	caller, err := s.sts(s.aws).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return stores.Identity{}, s.fault(err)
	}
	s.account, s.arn = aws.ToString(caller.Account), aws.ToString(caller.Arn)
	return stores.Identity{
		Who: s.arn, Where: fmt.Sprintf("account %s, %s", s.account, s.config.Region),
		Same: strings.Join([]string{answers.AWSSecrets, s.account, s.config.Region}, " "), Faults: s.findings(),
	}, nil
}

// exchange makes the temporary credentials of the methods that want them, nil
// for the others.
func (s *Store) exchange(ctx context.Context) (*types.Credentials, error) {
	client, seconds := s.sts(s.aws), brief
	switch s.config.Method {
	case answers.AWSIAMRole:
		made, err := client.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: &s.config.RoleARN, RoleSessionName: aws.String("zenml-preflight"), DurationSeconds: &seconds})
		if err != nil {
			return nil, err
		}
		return made.Credentials, nil
	case answers.AWSSessionToken:
		made, err := client.GetSessionToken(ctx, &sts.GetSessionTokenInput{DurationSeconds: &seconds})
		if err != nil {
			return nil, err
		}
		return made.Credentials, nil
	case answers.AWSFederationToken:
		made, err := client.GetFederationToken(ctx, &sts.GetFederationTokenInput{Name: aws.String("zenml-preflight"), DurationSeconds: &seconds, Policy: aws.String(s.federated())})
		if err != nil {
			return nil, err
		}
		return made.Credentials, nil
	}
	return nil, nil
}

// federated is the policy of a federated session, which has no rights without
// one. The user's own rights limit it further.
func (s *Store) federated() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}]}`
}

// findings are what is wrong with credentials that work.
func (s *Store) findings() []*stores.Fault {
	var found []*stores.Fault
	if strings.HasSuffix(s.arn, ":root") {
		found = append(found, &stores.Fault{Warn: true, Found: "the access key is that of the account's root user",
			Why: "whoever gets at the server's configuration owns the account", Remedy: "make an IAM user with the store's rights alone, give its access key, and delete the root user's"})
	}
	if s.config.Method == answers.AWSSTSToken {
		found = append(found, &stores.Fault{Warn: true, Found: "the credentials are temporary, and AWS does not tell until when",
			Why: "when they end the server loses its secrets store", Remedy: "use authMethod secret-key, iam-role or implicit"})
	}
	return found
}
