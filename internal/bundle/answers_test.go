package bundle

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
)

func TestWriteAnswers(t *testing.T) {
	for want, change := range map[string]func(*answers.Answers){
		"": func(a *answers.Answers) {
			a.Database.MySQL.Password = answers.Source{Value: secret.New("c4nary")}
			a.Server.Image.PullSecrets = []string{"registry-login"}
			a.Server.Environment = map[string]string{"LOG_LEVEL": "info", "TOKEN_FILE": "/run/t"}
			a.Chart.Ref = "https://user:c4nary@charts.test/zenml.tgz"
			a.Prerequisites.Charts = map[string]string{"traefik": "https://c4nary@charts.test/traefik"}
		},
		"server.environment.API_TOKEN": func(a *answers.Answers) {
			a.Server.Environment = map[string]string{"API_TOKEN": "c4nary"}
		},
		"server.secureHeaders.x-token": func(a *answers.Answers) {
			a.Server.SecureHeaders = map[string]string{"x-token": "c4nary"}
		},
		"database.backup.custom.config.password": func(a *answers.Answers) {
			a.Database.Backup.Custom.Config = map[string]any{"password": "c4nary"}
		},
		"expose.service.annotations.example.com/webhook": func(a *answers.Answers) {
			a.Expose.Service.Annotations = map[string]string{"example.com/webhook": "https://u:c4nary@h"}
		},
		"proxy.http": func(a *answers.Answers) { a.Proxy.HTTP = "http://user:c4nary@proxy:3128" },
		"values.server.apiKey": func(a *answers.Answers) {
			a.Values = map[string]any{"server": map[string]any{"apiKey": "c4nary"}}
		},
		"prerequisites.values.traefik.token": func(a *answers.Answers) {
			a.Prerequisites.Values = map[string]any{"traefik": map[string]any{"token": "c4nary"}}
		},
	} {
		var a answers.Answers
		change(&a)
		file, _, sensitive := WriteAnswers(a)
		if got := strings.Join(sensitive, ", "); got != want || want == "" && strings.Contains(string(file), "c4nary") {
			t.Errorf("%q, want %q:\n%s", got, want, file)
		}
	}
}

func TestSensitiveValues(t *testing.T) {
	for values, want := range map[string]string{
		"zenml: {environment: {API_TOKEN: c4nary}}":                             "zenml.environment.API_TOKEN",
		"zenml: {database: {passwordSecretRef: {name: a, key: b}}, port: 8080}": "",
		"zenml: {proxy: {http: 'http://u:c4nary@proxy'}}":                       "zenml.proxy.http",
	} {
		if got := strings.Join(SensitiveValues([]byte(values)), ", "); got != want {
			t.Errorf("%s: %q, want %q", values, got, want)
		}
	}
}
