package azure

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// answer is an error response of the vault.
type answer struct {
	status int
	code   string // "Forbidden"
	inner  string // "ForbiddenByRbac", "ForbiddenByFirewall", …
	text   string
}

func answerOf(err error) (answer, bool) {
	var response *azcore.ResponseError
	if !errors.As(err, &response) {
		return answer{}, false
	}
	a := answer{status: response.StatusCode, code: response.ErrorCode}
	var body struct {
		Error struct {
			Code, Message string
			InnerError    struct{ Code string }
		}
	}
	if response.RawResponse == nil || response.RawResponse.Body == nil {
		return a, true
	}
	// Payload keeps the body readable.
	if data, err := runtime.Payload(response.RawResponse); err == nil && json.Unmarshal(data, &body) == nil {
		a.inner, a.text = body.Error.InnerError.Code, body.Error.Message
	}
	return a, true
}

func absent(err error) bool {
	a, ok := answerOf(err)
	return ok && a.status == http.StatusNotFound
}

// denied reports whether the vault denies the action, and not this machine's address.
func denied(err error) bool {
	a, ok := answerOf(err)
	return ok && a.status == http.StatusForbidden && !a.blockedByNetwork()
}

func (a answer) blockedByNetwork() bool {
	return a.inner == "ForbiddenByFirewall" || a.inner == "ForbiddenByConnection"
}

// tokenFault explains why there is no token.
func (s *Store) tokenFault(err error) error {
	f := &stores.Fault{Err: err}
	says := err.Error()
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || !strings.Contains(says, "AADSTS") {
		if network := stores.Network(
			err,
			"https://login.microsoftonline.com",
			"HTTPS_PROXY or NO_PROXY",
		); network != nil {
			return network
		}
	}
	switch {
	case strings.Contains(says, "AADSTS90002"),
		strings.Contains(says, "AADSTS900021"),
		strings.Contains(says, "AADSTS900023"):
		f.Summary, f.Remedy = "the tenant "+s.config.TenantID+" does not exist", "correct tenantID: az account "+
			"show --query tenantId"
	case strings.Contains(says, "AADSTS700016"):
		f.Summary, f.Remedy = fmt.Sprintf("the tenant %s has no application %s", s.config.TenantID,
			s.config.ClientID), "correct clientID or tenantID: az ad sp list --all --query '[].appId'"
	case strings.Contains(says, "AADSTS7000215"):
		f.Summary = "the client secret does not belong to application " + s.config.ClientID
		f.Remedy = "set clientSecret to the secret's value, not its ID; to create one: az ad app credential " +
			"reset --id " + s.config.ClientID
	case strings.Contains(says, "AADSTS7000222"):
		f.Summary, f.Remedy = "the client secret has expired", "create a new one: az ad app credential reset "+
			"--id "+s.config.ClientID
	case strings.Contains(says, "AADSTS7000112"):
		f.Summary = "application " + s.config.ClientID + " is disabled"
		f.Remedy = "enable it: az ad sp update --id " + s.config.ClientID + " --set accountEnabled=true"
	default:
		f.Summary, f.Remedy = "Microsoft Entra ID issues no token: "+firstLine(
			says), "check tenantID, clientID and clientSecret"
	}
	return f
}

// firstLine returns the relevant line of an SDK's error.
func firstLine(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if i := strings.Index(line, "AADSTS"); i >= 0 {
			return line[i:]
		}
	}
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// fault explains the errors of the vault.
func (s *Store) fault(err error) error {
	vault := s.config.KeyVaultName
	f := &stores.Fault{Err: err}
	a, ok := answerOf(err)
	switch {
	case strings.Contains(err.Error(), "isn't configured to acquire tokens for tenant"),
		strings.Contains(err.Error(), "not configured to acquire tokens for tenant"):
		f.Summary = fmt.Sprintf("the key vault %s does not belong to the tenant %s", vault, s.config.TenantID)
		f.Remedy = "set tenantID to the vault's tenant: az keyvault show --name " + vault +
			" --query properties.tenantId"
	case !ok:
		if network := stores.Network(err, Address(vault), "keyVaultName"); network != nil {
			if network.Unseen {
				network.Remedy = fmt.Sprintf(
					"check that the key vault %s exists: az keyvault list\n"+
						"a vault with only a private endpoint can be reached only from its network",
					vault)
			}
			return network
		}
		f.Summary, f.Remedy = "the request to the key vault failed: "+firstLine(
			err.Error()), "check the network between this machine and "+Address(
			vault,
		)
	case a.blockedByNetwork():
		f.Summary, f.Unseen = fmt.Sprintf("the firewall of the key vault %s denies this machine (%s)", vault,
			a.inner), true
		f.Remedy = "allow the cluster's egress addresses: az keyvault network-rule add --name " + vault +
			" --ip-address ADDRESS"
	case a.status == http.StatusUnauthorized:
		f.Summary = fmt.Sprintf("the key vault %s rejects the token: %s", vault, a.text)
		f.Remedy = "use a token of the vault's tenant: az keyvault show --name " + vault +
			" --query properties.tenantId"
	case a.status == http.StatusTooManyRequests, a.status >= http.StatusInternalServerError:
		f.Summary = "the key vault throttles the requests or is unavailable"
		f.Remedy = "try again in a few minutes"
		f.Passing = true
	default:
		f.Summary, f.Remedy = fmt.Sprintf("the key vault reports %s (HTTP %d): %s", a.code, a.status,
			a.text), "check the vault: az keyvault show --name "+vault
	}
	return f
}
