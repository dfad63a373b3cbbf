package gcp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// apiError is an error of Google's APIs.
type apiError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Status  string `json:"status"`
	Details []struct {
		Reason string `json:"reason"`
	} `json:"details"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%s (%d): %s", e.Status, e.Code, e.Message)
}

func (e *apiError) reason() string {
	for _, d := range e.Details {
		if d.Reason != "" {
			return d.Reason
		}
	}
	return ""
}

// fault explains the errors of calls with a token.
func (s *Store) fault(err error) error {
	var known *stores.Fault
	if errors.As(err, &known) {
		return known
	}
	f := &stores.Fault{Err: err}
	project := s.config.ProjectID
	var refused *apiError
	if !errors.As(err, &refused) {
		if network := stores.Network(
			err,
			s.endpoint("SECRETMANAGER", "secretmanager.googleapis.com"),
			"HTTPS_PROXY or NO_PROXY",
		); network != nil {
			return network
		}
		f.Summary, f.Remedy = fmt.Sprintf("the request to Google failed: %v",
			err), "check the network between this machine and Google's APIs"
		return f
	}
	switch reason := refused.reason(); {
	case reason == "SERVICE_DISABLED":
		f.Summary = "Secret Manager is not enabled in project " + project
		f.Remedy = "gcloud services enable secretmanager.googleapis.com --project=" + project
	case reason == "CONSUMER_INVALID", refused.Code == http.StatusNotFound:
		f.Summary = fmt.Sprintf("the project %s does not exist, or the credentials have no access to it", project)
		f.Remedy = "correct projectID: gcloud projects list"
	case refused.Code == http.StatusUnauthorized:
		f.Summary, f.Remedy = "Google rejects the token: "+refused.Message, "get a new token, or set authMethod: "+
			"service-account"
	case refused.Code == http.StatusTooManyRequests, refused.Code >= http.StatusInternalServerError:
		f.Summary = "Google throttles the requests or is unavailable: " + refused.Message
		f.Remedy = "try again in a few minutes"
		f.Passing = true
	default:
		f.Summary, f.Remedy = "Google denies the request: "+refused.Error(), "check projectID and the credentials"
	}
	return f
}

// tokenFault explains why there is no token.
func (s *Store) tokenFault(err error, a account) error {
	f := &stores.Fault{Err: err}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		if network := stores.Network(err, a.TokenURI, "token_uri in the credentials file"); network != nil {
			return network
		}
		f.Summary, f.Remedy = fmt.Sprintf("Google issues no token for the credentials: %v",
			err), "use the unchanged JSON file from Google"
		return f
	}
	says := strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription)
	if says == "" {
		says = string(refused.Body)
	}
	switch {
	case strings.Contains(says, "account not found"):
		f.Summary, f.Remedy = fmt.Sprintf("the service account %s does not exist",
			a.Email), "use the key of an existing one: gcloud iam service-accounts list"
	case strings.Contains(says, "Invalid JWT Signature"):
		f.Summary = fmt.Sprintf("Google does not know the key %s of %s: it was deleted or belongs to another account",
			a.KeyID, a.Email)
		f.Remedy = "create a new key: gcloud iam service-accounts keys create key.json --iam-account=" + a.Email
	case strings.Contains(says, "Invalid JWT: Token must be a short-lived"):
		f.Summary = "Google rejects the signature because this machine's clock is wrong"
		f.Remedy = "set the clock: timedatectl set-ntp true"
	case strings.Contains(says, "invalid_grant"):
		f.Summary, f.Remedy = "Google rejects the credentials: "+says, "get new ones; for a user account: gcloud "+
			"auth application-default login"
	default:
		f.Summary, f.Remedy = "Google issues no token: "+says, "use the unchanged JSON file from Google"
	}
	return f
}
