package aws

import (
	"fmt"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// denial is a reason for a denied action that the store's own policy cannot change.
type denial struct {
	phrase string                               // in AWS's message
	note   string                               // for the list of permissions
	remedy func(s *Store, action string) string // the same for several actions is shown once
}

// denials in the order in which they are matched: the more specific ones first.
var denials = []denial{
	{"KMS", "KMS", func(s *Store, _ string) string {
		return "allow kms:Decrypt and kms:GenerateDataKey to " + principal(s.arn) + " in the policy of the KMS key: " +
			"aws kms get-key-policy --key-id KEY --policy-name default"
	}},
	{"service control policy", "service control policy", organization("SERVICE_CONTROL_POLICY")},
	{"resource control policy", "resource control policy", organization("RESOURCE_CONTROL_POLICY")},
	{"permissions boundary", "permissions boundary", func(s *Store, _ string) string {
		return "allow these actions in the permissions boundary of " + principal(s.arn)
	}},
	{"session policy", "session policy", func(*Store, string) string {
		return "allow these actions in the policy of the session, or set authMethod to secret-key or iam-role"
	}},
	{"VPC endpoint policy", "VPC endpoint policy", func(*Store, string) string {
		return "allow these actions in the policy of the VPC endpoint: aws ec2 describe-vpc-endpoints"
	}},
	{"explicit deny", "explicit deny", func(s *Store, action string) string {
		return fmt.Sprintf("remove the statement that denies %s to %s: an explicit deny overrides every allow", action,
			principal(s.arn))
	}},
}

// organization returns the remedy for a policy of the AWS organization.
func organization(kind string) func(*Store, string) string {
	return func(s *Store, _ string) string {
		return fmt.Sprintf("ask the administrator of the AWS organization to allow these actions in the account: "+
			"aws organizations list-policies-for-target --target-id %s --filter %s\n"+
			"the policies of the user or role cannot override it", s.account, kind)
	}
}

// isTagPolicy reports whether a message is about a tag policy of the organization.
func isTagPolicy(message string) bool {
	text := strings.ToLower(message)
	return strings.Contains(text, "tag policy") || strings.Contains(text, "tag policies")
}

// tagPolicyFault explains that the organization's tag policy rejects the secret's tags.
func tagPolicyFault(f *stores.Fault, message string) *stores.Fault {
	f.Summary = "a tag policy of the AWS organization rejects the tags of the secrets; AWS reports: " + message
	f.Reason = "the server adds its own tags to every secret"
	f.Remedy = "ask the administrator of the AWS organization to exclude secretsmanager:secret from the tag policy: " +
		"aws organizations describe-effective-policy --policy-type TAG_POLICY"
	return f
}

// deny adds why AWS denied the action.
func (s *Store) deny(right stores.Right, err error) stores.Right {
	_, right.Words = code(err)
	right.State = stores.Denied
	for _, d := range denials {
		if strings.Contains(right.Words, d.phrase) {
			right.Note = "(" + d.note + ")"
			right.Remedy = d.remedy(s, right.Name)
			break
		}
	}
	if isTagPolicy(right.Words) {
		f := tagPolicyFault(&stores.Fault{}, right.Words)
		right.Note, right.Remedy = "(tag policy)", f.Remedy
	}
	return right
}
