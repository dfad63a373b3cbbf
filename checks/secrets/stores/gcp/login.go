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
	tokenAt = "https://oauth2.googleapis.com/token" //nolint:gosec // an address
)

var digits = regexp.MustCompile(`^[0-9]+$`)

// Login gets a token by the method, learns whose it is, and looks whether
// Secret Manager knows the project.
func (s *Store) Login(ctx context.Context) (stores.Identity, error) {
	if s.config.ProjectID == "" {
		return stores.Identity{}, &stores.Fault{Found: "there is no project", Remedy: "give projectID"}
	}
	who, expires, err := s.exchange(context.WithValue(ctx, oauth2.HTTPClient, s.machine.HTTP))
	if err != nil {
		return stores.Identity{}, err
	}
	if err := s.reach(ctx); err != nil {
		return stores.Identity{}, err
	}
	identity := stores.Identity{Who: who, Where: "project " + s.config.ProjectID, Same: answers.GCPSecrets + " " + s.config.ProjectID, Expires: expires}
	if s.number != "" {
		identity.Same = answers.GCPSecrets + " " + s.number
	}
	if digits.MatchString(s.config.ProjectID) {
		identity.Faults = append(identity.Faults, &stores.Fault{Warn: true, Found: fmt.Sprintf("%s is the project's number, and projectID wants its ID", s.config.ProjectID),
			Why: "the server's integrations name the project by its ID", Remedy: "gcloud projects describe " + s.config.ProjectID + " --format='value(projectId)' tells it"})
	}
	if s.config.Method == answers.GCPOAuth2Token {
		identity.Faults = append(identity.Faults, &stores.Fault{Warn: true, Found: "the token is temporary: " + until(expires),
			Why: "when it ends the server loses its secrets store", Remedy: "use authMethod service-account or implicit"})
	}
	return identity, nil
}

func until(end time.Time) string {
	if end.IsZero() {
		return "it ends within the hour"
	}
	return "it ends at " + end.UTC().Format("2006-01-02 15:04 UTC")
}

// exchange makes the source of tokens and gets a first one.
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
		return "", time.Time{}, &stores.Unchecked{Reason: "the file is well-formed, and workload identity federation exchanges a token that only the pod has"}
	case answers.GCPUserAccount:
		config := oauth2.Config{ClientID: a.ClientID, ClientSecret: a.ClientSecret, Endpoint: oauth2.Endpoint{TokenURL: tokenAt, AuthStyle: oauth2.AuthStyleInParams}}
		tokens = config.TokenSource(ctx, &oauth2.Token{RefreshToken: a.RefreshToken})
		who = "the user of client " + a.ClientID
	default:
		config := jwt.Config{Email: a.Email, PrivateKey: []byte(a.PrivateKey), PrivateKeyID: a.KeyID, TokenURL: a.TokenURI, Scopes: []string{scope}}
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
		if told, _, err := s.tokenInfo(ctx, first.AccessToken); err == nil {
			who = told
		}
	}
	if s.config.Method == answers.GCPImpersonation {
		return s.impersonate(ctx, who)
	}
	return who, time.Time{}, nil
}

// impersonate swaps the key's own token for one of the account to act as.
func (s *Store) impersonate(ctx context.Context, who string) (string, time.Time, error) {
	target := s.config.TargetPrincipal
	var made struct{ AccessToken string }
	address := s.endpoint("IAMCREDENTIALS", "iamcredentials.googleapis.com") + "v1/projects/-/serviceAccounts/" + url.PathEscape(target) + ":generateAccessToken"
	err := s.call(ctx, http.MethodPost, address, map[string]any{"scope": []string{scope}, "lifetime": "600s"}, &made)
	var refused *apiError
	if errors.As(err, &refused) && (refused.Code == http.StatusForbidden || refused.Code == http.StatusNotFound) {
		return "", time.Time{}, &stores.Fault{
			Found:  fmt.Sprintf("%s may not act as %s: %s", who, target, refused.Message),
			Remedy: fmt.Sprintf("gcloud iam service-accounts add-iam-policy-binding %s --member=serviceAccount:%s --role=roles/iam.serviceAccountTokenCreator", target, who), Cause: err,
		}
	}
	if err != nil {
		return "", time.Time{}, s.fault(err)
	}
	s.tokens = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: made.AccessToken})
	s.member = "serviceAccount:" + target
	return target + " (by " + who + ")", time.Time{}, nil
}

// tokenInfo asks Google whose a token is. The token travels in the body: an
// address would end up in logs.
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
		return "", time.Time{}, &stores.Fault{Found: "Google does not take the token: it is expired or malformed", Remedy: "get a new one (gcloud auth print-access-token), or use authMethod service-account"}
	}
	seconds, _ := strconv.Atoi(info.Seconds)
	s.member = "user:" + info.Email
	if strings.HasSuffix(info.Email, ".gserviceaccount.com") {
		s.member = "serviceAccount:" + info.Email
	}
	return strings.TrimSpace(info.Email), s.machine.Now().Add(time.Duration(seconds) * time.Second), nil
}

// reach asks for a secret that does not exist: the answer tells whether the
// project is there and Secret Manager switched on.
func (s *Store) reach(ctx context.Context) error {
	err := s.get(ctx, s.secretURL("zenml-"+stores.CanaryName()), nil)
	var refused *apiError
	if errors.As(err, &refused) {
		s.learn(refused.Message)
		if refused.Code == http.StatusNotFound || refused.Code == http.StatusForbidden && refused.reason() == "IAM_PERMISSION_DENIED" || refused.Code == http.StatusForbidden && strings.Contains(refused.Message, "secretmanager.secrets.get") {
			return nil
		}
	}
	if err != nil {
		return s.fault(err)
	}
	return nil
}

var resource = regexp.MustCompile(`projects/([0-9]+)/`)

// learn picks the project's number out of what Secret Manager says.
func (s *Store) learn(text string) {
	if match := resource.FindStringSubmatch(text); match != nil {
		s.number = match[1]
	}
}
