package standin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// checkSecretsStore returns the server's errors about the configuration of a
// secrets store. prefix is ZENML_SECRETS_STORE or the backup's. It does not
// connect to the store: wrong credentials pass.
func checkSecretsStore(env Env, prefix string) error {
	kind := secretsStoreType(env, prefix)
	switch kind {
	case "none", "sql":
		return nil
	case "aws", "gcp", "azure":
		return checkCloudStore(env, prefix, kind)
	case "hashicorp":
		return checkVault(env, prefix)
	case "custom":
		return importClass(env, env[prefix+"_CLASS_PATH"])
	}
	return invalidSetting(
		prefix+"_TYPE",
		"should be 'none', 'sql', 'aws', 'gcp', 'azure', 'hashicorp' or 'custom', not "+pyRepr(kind),
	)
}

// secretsStoreType returns the store's type. By default the main store is SQL,
// and there is no backup store.
func secretsStoreType(env Env, prefix string) string {
	fallback := "none"
	if prefix == "ZENML_SECRETS_STORE" {
		fallback = "sql"
	}
	return env.or(prefix+"_TYPE", fallback)
}

// cloudMethods lists, by cloud and authentication method, the keys that
// authConfig needs in addition to region or project.
var cloudMethods = map[string]map[string][]string{
	"aws": {
		"implicit": nil, "secret-key": {"aws_access_key_id", "aws_secret_access_key"},
		"sts-token":        {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"},
		"iam-role":         {"aws_access_key_id", "aws_secret_access_key", "role_arn"},
		"session-token":    {"aws_access_key_id", "aws_secret_access_key"},
		"federation-token": {"aws_access_key_id", "aws_secret_access_key"},
	},
	"gcp": {
		"implicit": nil, "user-account": {"user_account_json"}, "service-account": {"service_account_json"},
		"external-account": {"external_account_json"}, "oauth2-token": {"token"},
		"impersonation": {"service_account_json", "target_principal"},
	},
	"azure": {
		"implicit": nil, "service-principal": {"client_id", "client_secret", "tenant_id"}, "access-token": {"token"},
	},
}

var cloudPlace = map[string][]string{"aws": {"region"}, "gcp": {"project_id"}}

func checkCloudStore(env Env, prefix, kind string) error {
	method := env[prefix+"_AUTH_METHOD"]
	needed, ok := cloudMethods[kind][method]
	if !ok {
		return storeConfigFault(
			kind,
			fmt.Sprintf("Input for auth_method is not one of the %s methods: %s", kind, pyRepr(method)),
		)
	}
	config := map[string]any{}
	if err := json.Unmarshal([]byte(env.or(prefix+"_AUTH_CONFIG", "{}")), &config); err != nil {
		return storeConfigFault(kind, "auth_config is not a JSON object")
	}
	for _, key := range slices.Concat(cloudPlace[kind], needed) {
		value, isText := config[key].(string)
		if !isText || value == "" {
			return storeConfigFault(
				kind,
				fmt.Sprintf("auth_config.%s\n  Field required for the %s authentication method", key, method),
			)
		}
		if strings.HasSuffix(key, "_json") && !json.Valid([]byte(value)) {
			return storeConfigFault(
				kind,
				fmt.Sprintf("auth_config.%s\n  Value error, the credentials are not valid JSON", key),
			)
		}
	}
	if kind == "azure" && env[prefix+"_KEY_VAULT_NAME"] == "" {
		return storeConfigFault(kind, "key_vault_name\n  Field required")
	}
	return nil
}

// vaultMethods lists the suffixes of the variables that each authentication method of a Vault needs.
var vaultMethods = map[string][]string{
	"token": {"VAULT_TOKEN"}, "app_role": {"APP_ROLE_ID", "APP_SECRET_ID"}, "aws": {"AWS_ROLE"},
}

func checkVault(env Env, prefix string) error {
	method := env.or(prefix+"_AUTH_METHOD", "token")
	needed, ok := vaultMethods[method]
	if !ok {
		return storeConfigFault(
			"hashicorp",
			"Input for auth_method should be 'token', 'app_role' or 'aws', not "+pyRepr(method),
		)
	}
	for _, name := range append([]string{"VAULT_ADDR"}, needed...) {
		if env[prefix+"_"+name] == "" {
			return storeConfigFault("hashicorp", fmt.Sprintf("%s\n  Field required", strings.ToLower(name)))
		}
	}
	if addr := env[prefix+"_VAULT_ADDR"]; !strings.HasPrefix(addr, "http://") && !strings.HasPrefix(addr, "https://") {
		return storeConfigFault(
			"hashicorp",
			"vault_addr\n  Value error, the address must begin with http:// or https://",
		)
	}
	if _, err := env.number(prefix+"_MAX_VERSIONS", 1); err != nil {
		return err
	}
	return nil
}

func storeConfigFault(kind, fault string) error {
	return &pyError{
		class: "pydantic_core._pydantic_core.ValidationError",
		text:  fmt.Sprintf("1 validation error for %s secrets store configuration\n%s", kind, fault),
	}
}

// importClass fails like an import of a class that is not in the image.
// ZENML_STANDIN_CLASSES lists existing ones.
func importClass(env Env, path string) error {
	for _, held := range strings.Split(env["ZENML_STANDIN_CLASSES"], ",") {
		if path != "" && strings.TrimSpace(held) == path {
			return nil
		}
	}
	module, _, _ := strings.Cut(path, ".")
	return &pyError{class: "ModuleNotFoundError", text: "No module named " + pyRepr(module)}
}
