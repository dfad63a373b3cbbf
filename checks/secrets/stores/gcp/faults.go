package gcp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
)

// apiError is an error as Google's services word it.
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

// fault words the errors of calls with a token.
func (s *Store) fault(err error) error {
	var known *stores.Fault
	if errors.As(err, &known) {
		return known
	}
	f := &stores.Fault{Cause: err}
	project := s.config.ProjectID
	var refused *apiError
	if !errors.As(err, &refused) {
		if network := stores.Network(err, s.endpoint("SECRETMANAGER", "secretmanager.googleapis.com"), "the way to Google's services"); network != nil {
			return network
		}
		f.Found, f.Remedy = fmt.Sprintf("the request to Google fails: %v", err), "look at the network between here and there"
		return f
	}
	switch reason := refused.reason(); {
	case reason == "SERVICE_DISABLED":
		f.Found = "Secret Manager is not switched on in project " + project
		f.Remedy = "gcloud services enable secretmanager.googleapis.com --project=" + project
	case reason == "CONSUMER_INVALID", refused.Code == http.StatusNotFound:
		f.Found = fmt.Sprintf("there is no project %s, or the credentials may not see it", project)
		f.Remedy = "correct projectID: gcloud projects list shows the IDs"
	case refused.Code == http.StatusUnauthorized:
		f.Found, f.Remedy = "Google does not take the token: "+refused.Message, "get new credentials"
	case refused.Code == http.StatusTooManyRequests, refused.Code >= http.StatusInternalServerError:
		f.Found, f.Remedy, f.Passing = "Google is too busy to answer: "+refused.Message, "try again", true
	default:
		f.Found, f.Remedy = "Google refuses: "+refused.Error(), "look at the project and at the credentials"
	}
	return f
}

// tokenFault words why there is no token.
func (s *Store) tokenFault(err error, a account) error {
	f := &stores.Fault{Cause: err}
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		if network := stores.Network(err, a.TokenURI, "token_uri of the credentials"); network != nil {
			return network
		}
		f.Found, f.Remedy = fmt.Sprintf("no token comes for the credentials: %v", err), "give the file as Google hands it out"
		return f
	}
	says := strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription)
	if says == "" {
		says = string(refused.Body)
	}
	switch {
	case strings.Contains(says, "account not found"):
		f.Found, f.Remedy = fmt.Sprintf("there is no service account %s (any more)", a.Email), "give the key of one that exists: gcloud iam service-accounts list"
	case strings.Contains(says, "Invalid JWT Signature"):
		f.Found = fmt.Sprintf("Google does not know key %s of %s: it was deleted or belongs to another account", a.KeyID, a.Email)
		f.Remedy = "make a new key: gcloud iam service-accounts keys create key.json --iam-account=" + a.Email
	case strings.Contains(says, "Invalid JWT: Token must be a short-lived"):
		f.Found, f.Remedy = "Google refuses the signature because this machine's clock is wrong", "set the clock: timedatectl set-ntp true"
	case strings.Contains(says, "invalid_grant"):
		f.Found, f.Remedy = "Google does not take the credentials (any more): "+says, "get new ones; a user's: gcloud auth application-default login"
	default:
		f.Found, f.Remedy = "Google gives no token: "+says, "give the file as Google hands it out"
	}
	return f
}
