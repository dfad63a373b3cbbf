package aws

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// The permissions that the server uses, in order.
const (
	create   = "secretsmanager:CreateSecret"
	describe = "secretsmanager:DescribeSecret"
	get      = "secretsmanager:GetSecretValue"
	put      = "secretsmanager:PutSecretValue"
	tag      = "secretsmanager:TagResource"
	remove   = "secretsmanager:DeleteSecret"
)

var actions = []string{create, describe, get, put, tag, remove}

// calls returns the actions on an existing secret by permission.
func (s *Store) calls(id string) map[string]func(context.Context) error {
	client := s.secrets()
	return map[string]func(context.Context) error{
		describe: func(ctx context.Context) error {
			_, err := client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &id})
			return err
		},
		get: func(ctx context.Context) error {
			_, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id})
			return err
		},
		put: func(ctx context.Context) error {
			_, err := client.PutSecretValue(ctx,
				&secretsmanager.PutSecretValueInput{SecretId: &id, SecretString: aws.String("preflight again")})
			return err
		},
		tag: func(ctx context.Context) error {
			_, err := client.TagResource(
				ctx,
				&secretsmanager.TagResourceInput{
					SecretId: &id,
					Tags:     []types.Tag{{Key: aws.String("zenml"), Value: aws.String("preflight")}},
				},
			)
			return err
		},
		remove: func(ctx context.Context) error {
			_, err := client.DeleteSecret(ctx,
				&secretsmanager.DeleteSecretInput{SecretId: &id, ForceDeleteWithoutRecovery: aws.Bool(true)})
			return err
		},
	}
}

// Rights tests the permissions with a secret zenml/preflight-…, or without changes.
func (s *Store) Rights(ctx context.Context, write bool) (stores.Rights, error) {
	if write {
		return s.prove(ctx)
	}
	return s.ask(ctx)
}

// Account returns the account of the credentials after a login.
func (s *Store) Account() string { return s.account }

// Region returns the region of the secrets.
func (s *Store) Region() string { return s.config.Region }

// prove creates, uses and deletes a test secret.
func (s *Store) prove(ctx context.Context) (stores.Rights, error) {
	name := "zenml/" + stores.CanaryName()
	rights := stores.Rights{How: "tested with a secret that was removed"}
	made, err := s.secrets().CreateSecret(ctx, &secretsmanager.CreateSecretInput{
		Name:         &name,
		SecretString: aws.String("preflight"),
		Description:  aws.String("created by zenml-installer preflight; safe to delete"),
	})
	id := s.absentARN()
	switch {
	case err == nil:
		id = aws.ToString(made.ARN)
	case denied(err):
		rights.How = "tested with a secret that does not exist"
	default:
		rights.Left = s.sweep(ctx, name)
		return rights, s.fault(err)
	}
	rights.List = append(rights.List, s.state(create, err))
	calls := s.calls(id)
	for _, action := range []string{describe, get, put, tag} {
		err := calls[action](ctx)
		if !known(err) {
			rights.Left = s.sweep(ctx, id)
			return rights, s.fault(err)
		}
		rights.List = append(rights.List, s.state(action, err))
	}
	clean, cancel := stores.CleanUp(ctx)
	defer cancel()
	gone := calls[remove](clean)
	rights.List = append(rights.List, s.state(remove, gone))
	if err == nil && gone != nil && !absent(gone) {
		rights.Left = s.leftover(name)
	}
	if !known(gone) {
		return rights, s.fault(gone)
	}
	return rights, nil
}

// absentARN returns the ARN of a secret that does not exist, with the six characters
// that AWS appends, so that policies match it like a real one.
func (s *Store) absentARN() string {
	return s.secretARN("zenml/"+stores.CanaryName()) + "-" + rand.Text()[:6]
}

// sweep deletes what may have been created before an error, and returns what
// remains.
func (s *Store) sweep(ctx context.Context, id string) string {
	ctx, cancel := stores.CleanUp(ctx)
	defer cancel()
	if err := s.calls(id)[remove](ctx); err != nil && !absent(err) {
		return s.leftover(id)
	}
	return ""
}

func (s *Store) leftover(name string) string {
	return fmt.Sprintf(
		"%s in %s; remove it: aws secretsmanager delete-secret --region %s --force-delete-without-recovery "+
			"--secret-id %s",
		name, s.config.Region, s.config.Region, name)
}

// known reports whether a response is about a permission.
func known(err error) bool { return err == nil || denied(err) || absent(err) }

// state returns the permission for a response: "not found" means that it is
// granted.
func (s *Store) state(action string, err error) stores.Right {
	if err != nil && denied(err) {
		return s.deny(stores.Right{Name: action}, err)
	}
	return stores.Right{Name: action, State: stores.Granted}
}
