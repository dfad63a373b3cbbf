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

// sessionSeconds is the duration of the check's session, the minimum of AWS.
const sessionSeconds = int32(900)

// Login gets the credentials of the authentication method and asks AWS for their
// identity.
func (s *Store) Login(ctx context.Context) (stores.Identity, error) {
	if s.config.Region == "" {
		return stores.Identity{}, &stores.Fault{
			Summary: "the region is missing",
			Remedy:  "set region, for example us-east-1",
		}
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

// exchange returns the temporary credentials of the methods that use them, nil for
// the others.
func (s *Store) exchange(ctx context.Context) (*types.Credentials, error) {
	client, seconds := s.sts(s.aws), sessionSeconds
	switch s.config.Method {
	case answers.AWSIAMRole:
		made, err := client.AssumeRole(
			ctx,
			&sts.AssumeRoleInput{
				RoleArn:         &s.config.RoleARN,
				RoleSessionName: aws.String("zenml-preflight"),
				DurationSeconds: &seconds,
			},
		)
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
		made, err := client.GetFederationToken(
			ctx,
			&sts.GetFederationTokenInput{
				Name:            aws.String("zenml-preflight"),
				DurationSeconds: &seconds,
				Policy:          aws.String(s.federated()),
			},
		)
		if err != nil {
			return nil, err
		}
		return made.Credentials, nil
	}
	return nil, nil
}

// federated returns the policy of a federated session, which has no permissions
// without one. The user's own permissions limit it.
func (s *Store) federated() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:*","Resource":"*"}]}`
}

// findings returns what is wrong with valid credentials.
func (s *Store) findings() []*stores.Fault {
	var found []*stores.Fault
	if strings.HasSuffix(s.arn, ":root") {
		found = append(found, &stores.Fault{
			Warn:    true,
			Summary: "the access key is that of the account's root user",
			Reason:  "anyone who can read the server's configuration controls the account",
			Remedy: "create an IAM user with only the permissions of the store, use its access key, and delete " +
				"that of the root user",
		})
	}
	if s.config.Method == answers.AWSSTSToken {
		found = append(
			found,
			&stores.Fault{
				Warn:    true,
				Summary: "the credentials are temporary, and AWS does not report when they expire",
				Reason:  "the server loses access to its secrets store when they expire",
				Remedy:  "set authMethod to secret-key, iam-role or implicit",
			},
		)
	}
	return found
}
