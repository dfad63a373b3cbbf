package standin

import (
	"strings"
	"testing"
)

func TestSecretsStoreConfiguration(t *testing.T) {
	const p = "ZENML_SECRETS_STORE"
	store := func(kind, method, config string) Env {
		return Env{p + "_TYPE": kind, p + "_AUTH_METHOD": method, p + "_AUTH_CONFIG": config}
	}
	with := func(env Env, name, value string) Env { env[p+name] = value; return env }
	for name, c := range map[string]struct {
		env  Env
		want string // empty if accepted
	}{
		"default":      {Env{}, ""},
		"disabled":     {Env{p + "_TYPE": "none"}, ""},
		"unknown type": {Env{p + "_TYPE": "sqll"}, "'sqll'"},
		"aws keys": {
			store("aws", "secret-key", `{"region":"r","aws_access_key_id":"a","aws_secret_access_key":"s","role_arn":null}`), "",
		},
		"aws without keys": {
			store("aws", "secret-key", `{"region":"r","aws_access_key_id":null}`), "aws_access_key_id",
		},
		"aws without region": {store("aws", "implicit", `{}`), "region"},
		"aws unknown method": {store("aws", "magic", `{"region":"r"}`), "'magic'"},
		"aws broken config":  {store("aws", "implicit", `{`), "not a JSON object"},
		"gcp account": {
			store("gcp", "service-account", `{"project_id":"p","service_account_json":"{}"}`), "",
		},
		"gcp by the old guide": {
			store("gcp", "service-account", `{"project_id":"p","google_application_credentials":"{}"}`), "service_account_json",
		},
		"gcp broken JSON": {
			store("gcp", "service-account", `{"project_id":"p","service_account_json":"key.json"}`), "not valid JSON",
		},
		"azure": {
			with(store("azure", "service-principal", `{"client_id":"c","client_secret":"s","tenant_id":"t"}`), "_KEY_VAULT_NAME", "kv"), "",
		},
		"azure without vault": {
			store("azure", "service-principal", `{"client_id":"c","client_secret":"s","tenant_id":"t"}`), "key_vault_name",
		},
		"vault": {
			Env{p + "_TYPE": "hashicorp", p + "_VAULT_ADDR": "https://v", p + "_VAULT_TOKEN": "t"}, "",
		},
		"vault without token": {Env{p + "_TYPE": "hashicorp", p + "_VAULT_ADDR": "https://v"}, "vault_token"},
		"vault without scheme": {
			Env{p + "_TYPE": "hashicorp", p + "_VAULT_ADDR": "v:8200", p + "_VAULT_TOKEN": "t"}, "http",
		},
		"vault app role": {
			Env{p + "_TYPE": "hashicorp", p + "_AUTH_METHOD": "app_role", p + "_VAULT_ADDR": "https://v", p + "_APP_ROLE_ID": "r"}, "app_secret_id",
		},
		"vault unknown method": {
			Env{p + "_TYPE": "hashicorp", p + "_AUTH_METHOD": "app-role", p + "_VAULT_ADDR": "https://v"}, "'app-role'",
		},
		"custom class not there": {
			Env{p + "_TYPE": "custom", p + "_CLASS_PATH": "my.custom.Store"}, "ModuleNotFoundError: No module named 'my'",
		},
		"custom class there": {
			Env{p + "_TYPE": "custom", p + "_CLASS_PATH": "my.custom.Store", "ZENML_STANDIN_CLASSES": "a.B, my.custom.Store"}, "",
		},
	} {
		err := checkSecretsStore(c.env, p)
		if c.want == "" && err != nil {
			t.Errorf("%s: refused: %v", name, err)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}
