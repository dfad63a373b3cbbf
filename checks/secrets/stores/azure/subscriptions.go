package azure

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

const (
	managementScope = "https://management.azure.com/.default"
	subscriptions   = "https://management.azure.com/subscriptions?api-version=2022-12-01"
)

// subscriptionFault warns if the service principal sees no subscription, or not
// the configured one: the server lists them when it starts, and stops if there
// is none. It returns nil unless Azure answers with a list.
func (s *Store) subscriptionFault(ctx context.Context) *stores.Fault {
	if s.config.Method != answers.AzureServicePrincipal || s.machine.Env("AZURE_AUTHORITY_HOST") != "" {
		return nil // another token or another cloud: what the server sees there is unknown
	}
	visible, ok := s.listSubscriptions(ctx)
	wanted := s.config.SubscriptionID
	fault := &stores.Fault{
		Warn:   true,
		Reason: "the server lists the subscriptions when it starts, and fails with: No Azure subscriptions found",
		Remedy: "give it a role in the vault's subscription, which takes a few minutes to apply:\n" +
			"az role assignment create --role Reader --assignee " + s.config.ClientID +
			" --scope /subscriptions/SUBSCRIPTION",
	}
	switch {
	case !ok:
		return nil
	case len(visible) == 0:
		fault.Summary = "application " + s.config.ClientID + " sees no Azure subscription"
	case wanted != "" && !visible[strings.ToLower(wanted)]:
		fault.Summary = "application " + s.config.ClientID + " does not see the subscription " + wanted
	default:
		return nil
	}
	return fault
}

// listSubscriptions returns the IDs of the visible subscriptions, and false if
// Azure does not answer with a complete list.
func (s *Store) listSubscriptions(ctx context.Context) (visible map[string]bool, ok bool) {
	token, err := s.tokens.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{managementScope}})
	if err != nil {
		return nil, false
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, subscriptions, nil)
	if err != nil {
		return nil, false
	}
	request.Header.Set("Authorization", "Bearer "+token.Token)
	response, err := s.machine.HTTP.Do(request)
	if err != nil {
		return nil, false
	}
	defer func() { _ = response.Body.Close() }()
	var list struct {
		Value *[]struct {
			ID string `json:"subscriptionId"`
		} `json:"value"`
		NextLink string `json:"nextLink"`
	}
	if response.StatusCode != http.StatusOK || json.NewDecoder(response.Body).Decode(&list) != nil ||
		list.Value == nil || list.NextLink != "" {
		return nil, false
	}
	visible = map[string]bool{}
	for _, subscription := range *list.Value {
		visible[strings.ToLower(subscription.ID)] = true
	}
	return visible, true
}
