package aws

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// code is AWS's own name of an error, and what it says. Where the SDK cannot
// read an answer, because a proxy or an emulator words it in the form of
// another service, the answer itself is searched for the name.
func code(err error) (code, message string) {
	var api smithy.APIError
	if errors.As(err, &api) {
		code, message = api.ErrorCode(), api.ErrorMessage()
	}
	var response *awshttp.ResponseError
	if code != "" && code != "UnknownError" || !errors.As(err, &response) || response.Response == nil {
		return code, message
	}
	kept, ok := response.Response.Body.(*body)
	if !ok {
		return code, message
	}
	if match := codeElement.FindSubmatch(kept.text); match != nil {
		code = string(match[1])
	}
	if match := messageElement.FindSubmatch(kept.text); match != nil {
		message = string(match[1])
	}
	return code, message
}

var (
	codeElement    = regexp.MustCompile(`<Code>([^<]+)</Code>`)
	messageElement = regexp.MustCompile(`<Message>([^<]+)</Message>`)
)

func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}

// denied tells whether AWS refuses the action itself. Some answers have no
// code that the SDK can read: then the status decides.
func denied(err error) bool {
	switch c, _ := code(err); c {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError":
		return true
	case "", "UnknownError":
		return status(err) == http.StatusForbidden
	}
	return false
}

func absent(err error) bool {
	c, _ := code(err)
	return c == "ResourceNotFoundException"
}

// because tells what a refusal says of its reason, where that is not simply a
// missing statement.
func because(err error) string {
	_, message := code(err)
	for _, reason := range []string{"explicit deny in a service control policy", "explicit deny in a resource control policy", "service control policy", "permissions boundary", "explicit deny", "session policy", "VPC endpoint policy"} {
		if strings.Contains(message, reason) {
			return "(" + reason + ")"
		}
	}
	return ""
}

// fault words the errors of a login.
func (s *Store) fault(err error) error {
	key := s.config.AccessKeyID.Reveal()
	name, message := code(err)
	f := &stores.Fault{Cause: err}
	switch name {
	case "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId":
		f.Found = fmt.Sprintf("AWS does not know access key %s", key)
		f.Remedy = "correct the access key, or make a new one: aws iam create-access-key --user-name USER; keys of China and GovCloud work in their own regions alone"
		if s.config.Method != answers.AWSSTSToken && strings.HasPrefix(key, "ASIA") {
			f.Found = fmt.Sprintf("access key %s is a temporary one, and works with its session token alone", key)
			f.Remedy = "use authMethod sts-token with sessionToken, or a user's own access key (AKIA…)"
		}
	case "SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException":
		f.Found = fmt.Sprintf("the secret access key does not belong to access key %s", key)
		f.Remedy = "correct the secret access key; a lost one cannot be shown again: aws iam create-access-key makes a new pair"
		if strings.Contains(message, "Signature expired") || strings.Contains(message, "not yet current") {
			f.Found, f.Remedy = "AWS refuses the signature because this machine's clock is wrong", "set the clock: timedatectl set-ntp true"
		}
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		f.Found, f.Remedy = "the temporary credentials have expired", "get new ones, or use authMethod secret-key, iam-role or implicit"
	case "RegionDisabledException", "OptInRequired":
		f.Found, f.Remedy = fmt.Sprintf("region %s is not switched on for the account", s.config.Region), "enable the region in the account, or choose another"
	case "ValidationError":
		f.Found, f.Remedy = "AWS takes the request for malformed: "+message, "correct the secrets store's settings"
	case "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure":
		f.Found, f.Remedy, f.Passing = "AWS is too busy to answer: "+name, "try again", true
	default:
		return s.other(err, f)
	}
	return f
}

func (s *Store) other(err error, f *stores.Fault) error {
	if denied(err) {
		return s.refusal(f)
	}
	if network := stores.Network(err, s.address(err), "the store's region, or its endpoint"); network != nil {
		if network.Unseen && network.Remedy == "correct the store's region, or its endpoint" {
			network.Remedy = fmt.Sprintf("is there a region %s? aws ec2 describe-regions lists them; an own endpoint is set by endpointURL", s.config.Region)
		}
		return network
	}
	name, message := code(err)
	f.Found = fmt.Sprintf("AWS answers %s (HTTP %d)", strings.TrimSpace(name+" "+message), status(err))
	if name == "" {
		f.Found = fmt.Sprintf("AWS gives no answer that can be read (HTTP %d)", status(err))
	}
	f.Remedy = "look at the store's region, endpoint and credentials"
	return f
}

// refusal is the fault of a login that a policy forbids.
func (s *Store) refusal(f *stores.Fault) error {
	key := s.config.AccessKeyID.Reveal()
	switch s.config.Method {
	case answers.AWSIAMRole:
		f.Found = fmt.Sprintf("access key %s may not take on the role %s (sts:AssumeRole)", key, s.config.RoleARN)
		f.Remedy = "allow sts:AssumeRole on the role in the user's policy, and name the user in the role's trust policy"
	case answers.AWSFederationToken:
		f.Found, f.Remedy = fmt.Sprintf("access key %s may not make federation tokens (sts:GetFederationToken)", key), "allow sts:GetFederationToken in the user's policy"
	case answers.AWSSessionToken:
		f.Found, f.Remedy = fmt.Sprintf("access key %s may not make session tokens (sts:GetSessionToken)", key), "allow sts:GetSessionToken in the user's policy"
	default:
		f.Found, f.Remedy = fmt.Sprintf("AWS refuses access key %s even to say whose it is", key), "look for a policy with an explicit deny on the user or the account"
	}
	return f
}

// address is what the failing request was sent to.
func (s *Store) address(err error) string {
	var op *smithy.OperationError
	service := "sts"
	endpoint := s.endpoint("STS")
	if errors.As(err, &op) && op.Service() == "Secrets Manager" {
		service, endpoint = "secretsmanager", s.endpoint("SECRETS_MANAGER")
		if s.config.EndpointURL != "" {
			endpoint = &s.config.EndpointURL
		}
	}
	if endpoint != nil {
		return *endpoint
	}
	return "https://" + service + "." + s.config.Region + ".amazonaws.com"
}
