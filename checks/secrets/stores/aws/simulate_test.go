package aws

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/checks/secrets/stores"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// TestQueriesAreSigned sends a query that moto knows, which verifies its
// signature.
func TestQueriesAreSigned(t *testing.T) {
	t.Parallel()
	cloud := peers.StartAWS(t)
	key := cloud.User(t, "zenml",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}]}`)
	machine := stores.Machine{
		HTTP:   &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		Now:    time.Now,
		Getenv: func(name string) (string, bool) { return cloud.URL, name == "AWS_ENDPOINT_URL_IAM" },
	}
	form := url.Values{"Action": {"GetUser"}, "Version": {"2010-05-08"}, "UserName": {"zenml"}}
	for what, s := range map[string]string{"right": key.Secret, "wrong": "wrong"} {
		store := New(
			Config{
				Method:          answers.AWSSecretKey,
				Region:          "eu-west-1",
				AccessKeyID:     secret.New(key.ID),
				SecretAccessKey: secret.New(s),
			},
			machine,
		)
		store.aws = store.base()
		var user struct {
			Name string `xml:"GetUserResult>User>UserName"`
		}
		err := store.query(t.Context(), form, &user)
		if (err == nil) != (what == "right") || err == nil && user.Name != "zenml" {
			t.Errorf("%s secret: %v, user %q", what, err, user.Name)
		}
	}
}

func TestPrincipalBehindASession(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:sts::123456789012:assumed-role/keeper/session": "arn:aws:iam::123456789012:role/keeper",
		"arn:aws-cn:iam::123456789012:user/teams/zenml":         "arn:aws-cn:iam::123456789012:user/teams/zenml",
		"arn:aws:sts::123456789012:federated-user/zenml":        "arn:aws:sts::123456789012:federated-user/zenml",
	} {
		if got := principal(arn); got != want {
			t.Errorf("%s: got %s, want %s", arn, got, want)
		}
	}
}
