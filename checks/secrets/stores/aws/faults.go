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

// code returns AWS's error code and message. If the SDK cannot parse a response, for
// example because an emulator answers in the XML of another service, it searches the
// body.
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

// denied reports whether AWS denies the action. If the SDK cannot parse a code, the
// HTTP status decides.
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

// fault explains a login error.
func (s *Store) fault(err error) error {
	key := s.config.AccessKeyID.Reveal()
	name, message := code(err)
	f := &stores.Fault{Err: err}
	switch name {
	case "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId":
		f.Summary = fmt.Sprintf("AWS does not know the access key %s", key)
		f.Remedy = "correct the access key, or create one: aws iam create-access-key --user-name USER\n" +
			"access keys of China and GovCloud only work in their own regions"
		if s.config.Method != answers.AWSSTSToken && strings.HasPrefix(key, "ASIA") {
			f.Summary = fmt.Sprintf("the access key %s is temporary and needs its session token", key)
			f.Remedy = "set authMethod: sts-token and sessionToken, or use the access key of an IAM user (AKIA…)"
		}
	case "SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException":
		f.Summary = fmt.Sprintf("the secret access key does not match the access key %s", key)
		f.Remedy = "correct the secret access key; if it is lost, create a new pair: aws iam create-access-key " +
			"--user-name USER"
		if strings.Contains(message, "Signature expired") || strings.Contains(message, "not yet current") {
			f.Summary = "AWS rejects the signature because this machine's clock is wrong"
			f.Remedy = "set the clock: timedatectl set-ntp true"
		}
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		f.Summary, f.Remedy = "the temporary credentials have expired", "get new ones, or set authMethod to "+
			"secret-key, iam-role or implicit"
	case "RegionDisabledException", "OptInRequired":
		f.Summary, f.Remedy = fmt.Sprintf(
			"the region %s is not enabled in the account",
			s.config.Region,
		), "enable it (aws account enable-region --region-name "+s.config.Region+"), or set another region"
	case "ValidationError":
		f.Summary, f.Remedy = "AWS rejects the request as malformed: "+message, "correct the settings of the "+
			"secrets store"
	case "Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure":
		f.Summary = "AWS throttles the requests or is unavailable: " + name
		f.Remedy = "try again in a few minutes"
		f.Passing = true
	default:
		return s.other(err, f)
	}
	return f
}

func (s *Store) other(err error, f *stores.Fault) error {
	if denied(err) {
		return s.refusal(f)
	}
	if network := stores.Network(err, s.address(err), "region or endpointURL"); network != nil {
		if network.Unseen && strings.HasPrefix(network.Remedy, "correct") {
			network.Remedy = fmt.Sprintf(
				"check that the region %s exists (aws ec2 describe-regions), or set endpointURL", s.config.Region)
		}
		return network
	}
	name, message := code(err)
	if isTagPolicy(message) {
		return tagPolicyFault(f, message)
	}
	f.Summary = fmt.Sprintf("AWS reports %s (HTTP %d)", strings.TrimSpace(name+" "+message), status(err))
	if name == "" {
		f.Summary = fmt.Sprintf("AWS sent a response that cannot be parsed (HTTP %d)", status(err))
	}
	f.Remedy = "check region, endpointURL and the credentials of the store"
	return f
}

// refusal returns the fault of a login that a policy denies.
func (s *Store) refusal(f *stores.Fault) error {
	key := s.config.AccessKeyID.Reveal()
	switch s.config.Method {
	case answers.AWSIAMRole:
		f.Summary = fmt.Sprintf("the access key %s cannot assume the role %s (sts:AssumeRole)", key, s.config.RoleARN)
		f.Remedy = "allow sts:AssumeRole on the role in the user's policy, and add the user to the role's trust policy"
	case answers.AWSFederationToken:
		f.Summary, f.Remedy = fmt.Sprintf("the access key %s cannot create federation tokens (sts:GetFederationToken)",
			key), "allow sts:GetFederationToken in the user's policy"
	case answers.AWSSessionToken:
		f.Summary, f.Remedy = fmt.Sprintf("the access key %s cannot create session tokens (sts:GetSessionToken)",
			key), "allow sts:GetSessionToken in the user's policy"
	default:
		f.Summary, f.Remedy = fmt.Sprintf("AWS denies sts:GetCallerIdentity to the access key %s",
			key), "find the policy with an explicit deny on the user or the account, and remove the deny"
	}
	return f
}

// address returns the address of the failed request.
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
