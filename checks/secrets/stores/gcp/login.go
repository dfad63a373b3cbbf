package gcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
)

const (
	scope   = "https://www.googleapis.com/auth/cloud-platform"
	tokenAt = "https://oauth2.googleapis.com/token" //nolint:gosec // a URL
)

var digits = regexp.MustCompile(`^[0-9]+$`)

// Login gets a token and its identity, and checks that the project exists in
// Secret Manager.
func (s *Store) Login(ctx context.Context) (stores.Identity, error) {
	if s.config.ProjectID == "" {
		return stores.Identity{}, &stores.Fault{Summary: "the project is missing", Remedy: "set projectID"}
	}
	who, expires, err := s.exchange(context.WithValue(ctx, oauth2.HTTPClient, s.machine.HTTP))
	if err != nil {
		return stores.Identity{}, err
	}
	if err := s.reach(ctx); err != nil {
		return stores.Identity{}, err
	}
	identity := stores.Identity{
		Who:     who,
		Where:   "project " + s.config.ProjectID,
		Same:    answers.GCPSecrets + " " + s.config.ProjectID,
		Expires: expires,
	}
	if s.number != "" {
		identity.Same = answers.GCPSecrets + " " + s.number
	}
	if digits.MatchString(s.config.ProjectID) {
		identity.Faults = append(
			identity.Faults,
			&stores.Fault{
				Warn:    true,
				Summary: fmt.Sprintf("%s is the project's number, but projectID must be its ID", s.config.ProjectID),
				Reason:  "the server's integrations need the project ID",
				Remedy: "set projectID to the output of: gcloud projects describe " + s.config.ProjectID +
					" --format='value(projectId)'",
			},
		)
	}
	if s.config.Method == answers.GCPOAuth2Token {
		identity.Faults = append(
			identity.Faults,
			&stores.Fault{
				Warn:    true,
				Summary: "the token is temporary: " + until(expires),
				Reason:  "the server loses access to its secrets store when it expires",
				Remedy:  "set authMethod to service-account or implicit",
			},
		)
	}
	return identity, nil
}

func until(end time.Time) string {
	if end.IsZero() {
		return "it expires within an hour"
	}
	return "it expires at " + end.UTC().Format("2006-01-02 15:04 UTC")
}

// exchange creates the token source and gets the first token.
func (s *Store) exchange(ctx context.Context) (who string, expires time.Time, err error) {
	if s.config.Method == answers.GCPOAuth2Token {
		s.tokens = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: s.config.Token.Reveal()})
		return s.tokenInfo(ctx, s.config.Token.Reveal())
	}
	a, err := s.config.account()
	if err != nil {
		return "", time.Time{}, err
	}
	var tokens oauth2.TokenSource
	switch s.config.Method {
	case answers.GCPExternalAccount:
		return "", time.Time{}, &stores.Unchecked{
			Reason: "the file is well-formed; the token for workload identity federation exists only in the pod",
		}
	case answers.GCPUserAccount:
		config := oauth2.Config{
			ClientID:     a.ClientID,
			ClientSecret: a.ClientSecret,
			Endpoint:     oauth2.Endpoint{TokenURL: tokenAt, AuthStyle: oauth2.AuthStyleInParams},
		}
		tokens = config.TokenSource(ctx, &oauth2.Token{RefreshToken: a.RefreshToken})
		who = "the user of client " + a.ClientID
	default:
		config := jwt.Config{
			Email:        a.Email,
			PrivateKey:   []byte(a.PrivateKey),
			PrivateKeyID: a.KeyID,
			TokenURL:     a.TokenURI,
			Scopes:       []string{scope},
		}
		tokens, who = config.TokenSource(ctx), a.Email
	}
	first, err := tokens.Token()
	if err != nil {
		return "", time.Time{}, s.tokenFault(err, a)
	}
	s.tokens = oauth2.ReuseTokenSource(first, tokens)
	s.member = "serviceAccount:" + who
	if s.config.Method == answers.GCPUserAccount {
		s.member = "user:EMAIL"
		if details, _, err := s.tokenInfo(ctx, first.AccessToken); err == nil {
			who = details
		}
	}
	if s.config.Method == answers.GCPImpersonation {
		return s.impersonate(ctx, who)
	}
	return who, time.Time{}, nil
}

// impersonate exchanges the key's token for one of the target account.
func (s *Store) impersonate(ctx context.Context, who string) (string, time.Time, error) {
	target := s.config.TargetPrincipal
	var made struct{ AccessToken string }
	address := s.endpoint("IAMCREDENTIALS",
		"iamcredentials.googleapis.com") + "v1/projects/-/serviceAccounts/" + url.PathEscape(
		target,
	) + ":generateAccessToken"
	err := s.call(ctx, http.MethodPost, address, map[string]any{"scope": []string{scope}, "lifetime": "600s"}, &made)
	var refused *apiError
	if errors.As(err, &refused) && (refused.Code == http.StatusForbidden || refused.Code == http.StatusNotFound) {
		return "", time.Time{}, &stores.Fault{
			Summary: fmt.Sprintf("%s cannot impersonate %s: %s", who, target, refused.Message),
			Remedy: fmt.Sprintf(
				"gcloud iam service-accounts add-iam-policy-binding %s --member=serviceAccount:%s "+
					"--role=roles/iam.serviceAccountTokenCreator",
				target, who),
			Err: err,
		}
	}
	if err != nil {
		return "", time.Time{}, s.fault(err)
	}
	s.tokens = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: made.AccessToken})
	s.member = "serviceAccount:" + target
	return target + " (by " + who + ")", time.Time{}, nil
}

// tokenInfo returns the identity of a token. It sends the token in the body, because
// URLs are logged.
func (s *Store) tokenInfo(ctx context.Context, token string) (who string, expires time.Time, err error) {
	body := strings.NewReader(url.Values{"access_token": {token}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://oauth2.googleapis.com/tokeninfo", body)
	if err != nil {
		return "", time.Time{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := s.machine.HTTP.Do(request)
	if err != nil {
		return "", time.Time{}, s.fault(err)
	}
	defer func() { _ = response.Body.Close() }()
	var info struct {
		Email   string `json:"email"`
		Subject string `json:"sub"`
		Seconds string `json:"expires_in"`
	}
	if err := json.NewDecoder(response.Body).Decode(&info); err != nil || response.StatusCode != http.StatusOK {
		return "", time.Time{}, &stores.Fault{
			Summary: "Google rejects the token: it is expired or malformed",
			Remedy:  "get a new one (gcloud auth print-access-token), or set authMethod: service-account",
		}
	}
	seconds, _ := strconv.Atoi(info.Seconds)
	s.member = "user:" + info.Email
	if strings.HasSuffix(info.Email, ".gserviceaccount.com") {
		s.member = "serviceAccount:" + info.Email
	}
	return strings.TrimSpace(info.Email), s.machine.Now().Add(time.Duration(seconds) * time.Second), nil
}

// reach reads a secret that does not exist: the response shows whether the project
// exists and Secret Manager is enabled.
func (s *Store) reach(ctx context.Context) error {
	err := s.get(ctx, s.secretURL("zenml-"+stores.CanaryName()), nil)
	var refused *apiError
	if errors.As(err, &refused) {
		s.recordNumber(refused.Message)
		if refused.Code == http.StatusNotFound ||
			refused.Code == http.StatusForbidden && refused.reason() == "IAM_PERMISSION_DENIED" ||
			refused.Code == http.StatusForbidden && strings.Contains(refused.Message, "secretmanager.secrets.get") {
			return nil
		}
	}
	if err != nil {
		return s.fault(err)
	}
	return nil
}

var resource = regexp.MustCompile(`projects/([0-9]+)/`)

// recordNumber finds the project's number in a message of Secret Manager.
func (s *Store) recordNumber(text string) {
	if match := resource.FindStringSubmatch(text); match != nil {
		s.number = match[1]
	}
}
