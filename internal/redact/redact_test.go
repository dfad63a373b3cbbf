package redact

import (
	"encoding/base64"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/zenml-installer/zenml-installer/internal/manifest"
)

func TestRedactor(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString
	m := New([]corev1.Secret{
		{Data: map[string][]byte{"password": []byte("s3cr3t p@ss\n"), "short": []byte("abc")}},
		{StringData: map[string]string{"token": "t0k3n-v4lue"}},
	})
	objects, err := manifest.Parse([]byte(`apiVersion: v1
kind: Secret
metadata: {name: z}
data:
  ZENML_SERVER_JWT_SECRET_KEY: ` + encoded([]byte("jwt-c4n4ry")) + `
  ZENML_STORE_URL: ` + encoded([]byte("mysql://zenml:in%40url-c4n4ry@db.example.com:3306/zenml")) + `
  ZENML_SECRETS_STORE_AUTH_CONFIG: ` + encoded([]byte(`{"region":"eu-central-1","aws_secret_access_key":"aws-c4n4ry"}`)) + `
  ZENML_SECRETS_STORE_TYPE: ` + encoded([]byte("hashicorp")) + `
`))
	if err != nil {
		t.Fatal(err)
	}
	m.AddObjects(objects)
	line := "login s3cr3t p@ss (s3cr3t+p%40ss, " + encoded(
		[]byte("s3cr3t p@ss"),
	) + ") t0k3n-v4lue jwt-c4n4ry in@url-c4n4ry in%40url-c4n4ry hashicorp db.example.com abc aws-c4n4ry eu-central-1"
	got := m.Text(line)
	for _, secret := range []string{
		"s3cr3t", "t0k3n", "jwt-c4n4ry", "url-c4n4ry", "aws-c4n4ry", encoded([]byte("s3cr3t p@ss")),
	} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is left in %q", secret, got)
		}
	}
	for _, plain := range []string{"hashicorp", "db.example.com", "abc", "eu-central-1"} {
		if !strings.Contains(got, plain) {
			t.Errorf("%q is missing in %q", plain, got)
		}
	}
}

// TestUnencodedPassword covers messages that contain parts of
// such a password, because the server parses the URL differently.
func TestUnencodedPassword(t *testing.T) {
	for address, line := range map[string]string{
		"mysql://zenml:p@55?c4n4ry-word@10.211.0.9:3306/zenml": "Invalid MySQL URL query parameter " +
			"`c4n4ry-word@10.211.0.9:3306/zenml`",
		"mysql://zenml:p@55/c4n4ry-word@10.211.0.9:3306/zenml": "Invalid database name " +
			"'c4n4ry-word@10.211.0.9:3306/zenml'",
		"mysql://zenml:p@55?c4n@10.211.0.9:3306/zenml": "Invalid MySQL URL query parameter " +
			"`c4n@10.211.0.9:3306/zenml`",
		"mysql://zenml:p@c4n4ry-word@10.211.0.9:3306/zenml": "Can't connect to MySQL server on " +
			"'c4n4ry-word@10.211.0.9'",
		"mysql://zenml:p@a:c4n4ry@10.211.0.9:3306/zenml": "invalid literal for int() with base 10: " +
			"'c4n4ry@10.211.0.9:3306'",
	} {
		m := &Redactor{}
		m.Add(address)
		if got := m.Text(line); strings.Contains(got, "c4n") {
			t.Errorf("%s: a part of the password shows in %q", address, got)
		}
	}
}
