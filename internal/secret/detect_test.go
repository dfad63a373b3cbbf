package secret

import (
	"strings"
	"testing"
)

func TestIsSensitive(t *testing.T) {
	for path, want := range map[string]bool{
		"server.pro.enrollmentKey": true, "server.secretsStore.sql.encryptionKey": true,
		"server.secretEnvironment.X":     true,
		"server.environment.DB_PASSWORD": true, "server.environment.DB_PASSWD": true,
		"server.environment.ZENML_SECRETS_STORE_VAULT_TOKEN":     true,
		"server.secretsStore.hashicorp.authConfig.app_secret_id": true,
		"server.secretsStore.type":                               false,
		"server.environment.ZENML_SECRETS_STORE_TYPE":            false,
		"server.auth.jwtTokenExpireMinutes":                      false, "server.auth.jwtTokenAlgorithm": false,
		"server.ingress.tls.secretName":         false,
		"server.database.passwordSecretRef.key": false, "server.ingress.annotations.auth-tls-secret": false,
		"server.environment.TOKEN_FILE": false,
	} {
		if got := IsSensitive(strings.Split(path, "."), "some-text"); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
	for text, want := range map[string]bool{
		"mysql://u:p@h/db": true, "mysql://u:p/w@h/db": true, "mysql://u@h/db": false, "https://token@h": true, "http://h:80/x": false,
		"-----BEGIN RSA PRIVATE KEY-----": true, "ops@example.com": false,
	} {
		if got := IsSensitive([]string{"server", "note"}, text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
