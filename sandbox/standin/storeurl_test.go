package standin

import (
	"strings"
	"testing"
)

func TestStoreURLRefusals(t *testing.T) {
	for url, want := range map[string]string{
		"postgresql://u:secret@h/d":             "No store implementation found for URL: postgresql://u:***@h",
		"mysql+pymysql://u:secret@h/d":          "No store implementation found for URL: mysql+pymysql://u:***@h",
		"db.example.com/zenml":                  "Could not parse",
		"mysql://u:secret@h:port/d":             "invalid literal for int() with base 10: 'port'",
		"mysql://u:secret@h/":                   "username, password and database must be set",
		"mysql://h/d":                           "username, password and database must be set",
		"mysql://u@h/d":                         "username, password and database must be set",
		"mysql://u:secret@h/my-db":              "The database name does not conform to the required format rules",
		"mysql://u:secret@h/d?charset=utf8mb4":  "Invalid MySQL URL query parameter `charset`",
		"mysql://u:secret@h/d?ssl=perhaps":      "valid boolean",
		"mysql://u:secret@h/d?ssl_ca=/no&ssl=1": "'/no'",
	} {
		_, err := openStore(t.Context(), Env{"ZENML_STORE_URL": url})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the password shows in %v", url, err)
		}
	}
}

func TestStoreURLParts(t *testing.T) {
	for text, want := range map[string]storeURL{
		"mysql://u:p%40%2F%C3%A9@db.example.com/zenml":     {user: "u", password: "p@/é", host: "db.example.com", port: 3306, database: "zenml"},
		"mysql://u:p@[::1]:3307/z":                         {user: "u", password: "p", host: "::1", port: 3307, database: "z"},
		"mysql://u:100%@h/z":                               {user: "u", password: "100%", host: "h", port: 3306, database: "z"},
		"mysql://u:a@b@h:3306/z":                           {user: "u", password: "a", host: "b@h", port: 3306, database: "z"},
		"mysql://u@h:3306/z?ssl=true&ssl_verify_server=no": {user: "u", host: "h", port: 3306, database: "z"},
	} {
		got, err := parseStoreURL(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got.user != want.user || got.password != want.password || got.host != want.host || got.port != want.port ||
			got.database != want.database {
			t.Errorf("%s: got %+v, want %+v", text, got, want)
		}
	}
}

func TestAuthModes(t *testing.T) {
	for name, c := range map[string]struct {
		env  Env
		want string
	}{
		"unknown":               {Env{"ZENML_STORE_AUTH_MODE": "kerberos"}, "auth_mode"},
		"IAM without TLS":       {Env{"ZENML_STORE_AUTH_MODE": "aws_rds_iam"}, "requires SSL"},
		"IAM with a password":   {Env{"ZENML_STORE_AUTH_MODE": "aws_rds_iam", "ZENML_STORE_SSL": "true", "ZENML_STORE_SSL_VERIFY_SERVER_CERT": "true", "ZENML_STORE_PASSWORD": "p"}, "cannot be combined"},
		"IAM without an AWS id": {Env{"ZENML_STORE_AUTH_MODE": "aws_rds_iam", "ZENML_STORE_SSL": "true", "ZENML_STORE_SSL_VERIFY_SERVER_CERT": "true"}, "NoCredentialsError: Unable to locate credentials"},
	} {
		c.env["ZENML_STORE_URL"] = "mysql://u@127.0.0.1:1/d"
		if c.env["ZENML_STORE_AUTH_MODE"] == "kerberos" {
			c.env["ZENML_STORE_PASSWORD"] = "p"
		}
		if _, err := openStore(t.Context(), c.env); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
