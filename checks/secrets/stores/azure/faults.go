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

// answer is what the vault says when it refuses.
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
	// Payload lets the body be read again.
	if data, err := runtime.Payload(response.RawResponse); err == nil && json.Unmarshal(data, &body) == nil {
		a.inner, a.text = body.Error.InnerError.Code, body.Error.Message
	}
	return a, true
}

func absent(err error) bool {
	a, ok := answerOf(err)
	return ok && a.status == http.StatusNotFound
}

// denied tells whether the vault refuses the action itself, not this machine's
// address.
func denied(err error) bool {
	a, ok := answerOf(err)
	return ok && a.status == http.StatusForbidden && !a.walled()
}

func (a answer) walled() bool {
	return a.inner == "ForbiddenByFirewall" || a.inner == "ForbiddenByConnection"
}

// tokenFault words why there is no token.
func (s *Store) tokenFault(err error) error {
	f := &stores.Fault{Cause: err}
	says := err.Error()
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || !strings.Contains(says, "AADSTS") {
		if network := stores.Network(err, "https://login.microsoftonline.com", "the way to Microsoft's login"); network != nil {
			return network
		}
	}
	switch {
	case strings.Contains(says, "AADSTS90002"), strings.Contains(says, "AADSTS900021"), strings.Contains(says, "AADSTS900023"):
		f.Found, f.Remedy = "there is no tenant "+s.config.TenantID, "correct tenantID: az account show --query tenantId"
	case strings.Contains(says, "AADSTS700016"):
		f.Found, f.Remedy = fmt.Sprintf("tenant %s has no application %s", s.config.TenantID, s.config.ClientID), "correct clientID or tenantID: az ad sp list --all --query '[].appId'"
	case strings.Contains(says, "AADSTS7000215"):
		f.Found = "the client secret is not one of application " + s.config.ClientID
		f.Remedy = "give the secret's value, not its ID: az ad app credential reset --id " + s.config.ClientID
	case strings.Contains(says, "AADSTS7000222"):
		f.Found, f.Remedy = "the client secret has expired", "make a new one: az ad app credential reset --id "+s.config.ClientID
	case strings.Contains(says, "AADSTS7000112"):
		f.Found, f.Remedy = "application "+s.config.ClientID+" is disabled", "enable it, or use another"
	default:
		f.Found, f.Remedy = "Microsoft's login gives no token: "+short(says), "look at tenantID, clientID and clientSecret"
	}
	return f
}

// short is the line of an SDK's error that says something.
func short(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if i := strings.Index(line, "AADSTS"); i >= 0 {
			return line[i:]
		}
	}
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// fault words the errors of the vault.
func (s *Store) fault(err error) error {
	vault := s.config.KeyVaultName
	f := &stores.Fault{Cause: err}
	a, ok := answerOf(err)
	switch {
	case strings.Contains(err.Error(), "isn't configured to acquire tokens for tenant"), strings.Contains(err.Error(), "not configured to acquire tokens for tenant"):
		f.Found = fmt.Sprintf("key vault %s belongs to another tenant than %s", vault, s.config.TenantID)
		f.Remedy = "give the vault's tenant: az keyvault show --name " + vault + " --query properties.tenantId"
	case !ok:
		if network := stores.Network(err, Address(vault), "the name of the key vault"); network != nil {
			if network.Unseen {
				network.Remedy = fmt.Sprintf("is there a key vault %s? az keyvault list shows them; a vault with a private endpoint alone is seen from its own network only", vault)
			}
			return network
		}
		f.Found, f.Remedy = "the request to the key vault fails: "+short(err.Error()), "look at the network between here and there"
	case a.walled():
		f.Found, f.Unseen = fmt.Sprintf("the firewall of key vault %s does not let this machine in (%s)", vault, a.inner), true
		f.Remedy = "let the cluster's outgoing addresses in: az keyvault network-rule add --name " + vault + " --ip-address ADDRESS"
	case a.status == http.StatusUnauthorized:
		f.Found = fmt.Sprintf("key vault %s does not take the token: %s", vault, a.text)
		f.Remedy = "the token must come from the vault's own tenant: az keyvault show --name " + vault + " --query properties.tenantId"
	case a.status == http.StatusTooManyRequests, a.status >= http.StatusInternalServerError:
		f.Found, f.Remedy, f.Passing = "the key vault is too busy to answer", "try again", true
	default:
		f.Found, f.Remedy = fmt.Sprintf("the key vault answers %s (HTTP %d): %s", a.code, a.status, a.text), "look at the key vault's settings"
	}
	return f
}
