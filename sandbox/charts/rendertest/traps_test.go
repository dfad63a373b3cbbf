package rendertest

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestIngressIsOnByDefault(t *testing.T) {
	for _, generation := range generations {
		if find(mustRender(t, generation, ""), "Ingress/zenml-server") == nil {
			t.Errorf("%s: no Ingress by default", generation)
		}
	}
}

func TestOneReplicaWithoutADatabase(t *testing.T) {
	for generation, key := range map[string]string{"current": "server", "legacy": "zenml"} {
		sqlite := must(t, mustRender(t, generation, key+": {replicaCount: 3}"), "Deployment/zenml-server")
		mysql := must(
			t,
			mustRender(t, generation, key+": {replicaCount: 3, database: {url: 'mysql://u@h/d'}}"),
			"Deployment/zenml-server",
		)
		if sqlite.at("spec", "replicas") != 1 || mysql.at("spec", "replicas") != 3 {
			t.Errorf(
				"%s: %v replicas on SQLite, %v on MySQL",
				generation,
				sqlite.at("spec", "replicas"),
				mysql.at("spec", "replicas"),
			)
		}
	}
}

func TestUnknownKeysAreIgnored(t *testing.T) {
	mysql := "database: {url: 'mysql://u:p@h/d'}"
	if find(mustRender(t, "legacy", "server: {"+mysql+"}"), "Job/zenml-server-db-migration") != nil {
		t.Error("the legacy chart read `server`")
	}
	deployment := must(
		t,
		mustRender(t, "current", "server: {databse: {url: 'mysql://u:p@h/d'}}"),
		"Deployment/zenml-server",
	)
	if deployment.env()["DISABLE_DATABASE_MIGRATION"] != "" {
		t.Error("the current chart read a misspelt key")
	}
}

func TestOldBlockWinsWithADeprecationNote(t *testing.T) {
	values := "server: {serverURL: 'https://new', defaultProject: kept}\nzenml: {serverURL: 'https://old'}"
	files, err := renderFiles(t, "current", values)
	if err != nil {
		t.Fatal(err)
	}
	env := must(t, objectsOf(t, files), "Deployment/zenml-server").env()
	if env["ZENML_SERVER_SERVER_URL"] != "https://old" || env["ZENML_DEFAULT_PROJECT_NAME"] != "kept" {
		t.Errorf("server URL %q, project %q", env["ZENML_SERVER_SERVER_URL"], env["ZENML_DEFAULT_PROJECT_NAME"])
	}
	if !strings.Contains(files["zenml/templates/NOTES.txt"], "DEPRECATED") {
		t.Error("the notes say nothing of the old block")
	}
	plain, err := renderFiles(t, "current", "")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain["zenml/templates/NOTES.txt"], "DEPRECATED") {
		t.Error("the notes warn without an old block")
	}
}

func TestLargeIntegersLoseTheirShape(t *testing.T) {
	deployment := must(
		t,
		mustRender(t, "current", "server: {environment: {BYTES: 1000000, NEARLY: 999999}}"),
		"Deployment/zenml-server",
	)
	if env := deployment.env(); env["BYTES"] != "1e+06" || env["NEARLY"] != "999999" {
		t.Errorf("a million renders as %q, one less as %q", env["BYTES"], env["NEARLY"])
	}
}

func TestCertificatesAloneDoNotSwitchTLSOn(t *testing.T) {
	values := "server: {database: {url: 'mysql://u:p@h/d', sslCa: {secretRef: {name: ca, key: k}}}}"
	env := must(t, mustRender(t, "current", values), "Job/zenml-server-db-migration").env()
	if _, on := env["ZENML_STORE_SSL"]; on || env["ZENML_STORE_SSL_CA"] != "/dbcerts/ca.pem" {
		t.Errorf("ZENML_STORE_SSL %q, _CA %q", env["ZENML_STORE_SSL"], env["ZENML_STORE_SSL_CA"])
	}
}

func TestVaultKeys(t *testing.T) {
	values := "server: {secretsStore: {type: hashicorp, hashicorp: {authMethod: app_role, vault_addr: 'https://flat', authConfig: {vault_addr: 'https://nested', mount_point: kv, app_role_id: r, app_secret_id: s}}}}"
	objects := mustRender(t, "current", values)
	env := must(t, objects, "Deployment/zenml-server").env()
	for name, want := range map[string]string{
		"AUTH_METHOD": "app_role", "VAULT_ADDR": "https://flat", "MOUNT_POINT": "kv", "APP_ROLE_ID": "r",
	} {
		if got := env["ZENML_SECRETS_STORE_"+name]; got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := must(t, objects, "Secret/zenml-server").at("data", "ZENML_SECRETS_STORE_APP_SECRET_ID"); got != "cw==" {
		t.Errorf("secret id in the Secret: %v", got)
	}
	defaults := must(
		t,
		mustRender(t, "current", "server: {secretsStore: {type: hashicorp}}"),
		"Deployment/zenml-server",
	).env()
	if defaults["ZENML_SECRETS_STORE_VAULT_ADDR"] != "https://vault.example.com" {
		t.Errorf("the placeholder is gone: %q", defaults["ZENML_SECRETS_STORE_VAULT_ADDR"])
	}
}

func TestBackupSecretsStore(t *testing.T) {
	objects := mustRender(
		t,
		"current",
		"server: {backupSecretsStore: {enabled: true, type: sql, sql: {encryptionKey: k}}}",
	)
	if got := must(t, objects, "Deployment/zenml-server").env()["ZENML_BACKUP_SECRETS_STORE_TYPE"]; got != "sql" {
		t.Errorf("backup store %q", got)
	}
	if got := must(t, objects, "Secret/zenml-server").at("data", "ZENML_BACKUP_SECRETS_STORE_ENCRYPTION_KEY"); got != "aw==" {
		t.Errorf("backup key %v", got)
	}
}

func TestRenderingErrors(t *testing.T) {
	for values, want := range map[string]string{
		"server: {database: {url: 'mysql://u@h/d', sslCa: 'PEM'}}":                                                                    "can't evaluate field value",
		"server: {ingress: {host: h, tls: {enabled: true}}}":                                                                          "wrong type for value; expected map[string]interface {}",
		"server: {ingress: {annotations: {}, tls: {enabled: true, generateCerts: true}}}":                                             "invalid value; expected string",
		"server: {secretEnvironment: {N: 1}}":                                                                                         "wrong type for value; expected string; got float64",
		"server: {gateway: {enabled: true}}":                                                                                          "server.gateway.gatewayRef.name is required when server.gateway.enabled=true",
		"server: {gateway: {enabled: true, gatewayRef: {name: g}}}":                                                                   "server.gateway.gatewayRef.namespace is required when server.gateway.enabled=true",
		"server: {database: {url: 'mysql://u@h/d', authMode: aws_rds_iam}}":                                                           "requires server.database.ssl=true",
		"server: {database: {url: 'mysql://u@h/d', authMode: aws_rds_iam, ssl: true, sslVerifyServerCert: true, sslKey: {value: k}}}": "forbids",
	} {
		if _, err := render(t, "current", values); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", values, err, want)
		}
	}
}

func TestTLSWithoutAHostRendersNull(t *testing.T) {
	ingress := must(
		t,
		mustRender(t, "current", "server: {ingress: {annotations: {}, tls: {enabled: true}}}"),
		"Ingress/zenml-server",
	)
	hosts, _ := ingress.at("spec", "tls", 0, "hosts").([]any)
	if len(hosts) != 1 || hosts[0] != nil {
		t.Errorf("hosts %v, want [null]", hosts)
	}
}

func TestServiceAccountsFixedName(t *testing.T) {
	objects := mustRender(t, "current", "serviceAccount: {annotations: {role: r}}")
	for _, key := range []string{"ServiceAccount/zenml", "ServiceAccount/zenml-db-migration"} {
		if got := must(t, objects, key).at("metadata", "annotations", "role"); got != "r" {
			t.Errorf("%s: annotation %v", key, got)
		}
	}
	own := mustRender(
		t,
		"current",
		"serviceAccount: {create: false, name: mine}\nserver: {database: {url: 'mysql://u@h/d'}}",
	)
	if got := must(t, own, "Job/zenml-server-db-migration").at("spec", "template", "spec", "serviceAccountName"); got != "mine" {
		t.Errorf("the migration runs as %v", got)
	}
}

func TestPasswordsStayInSecrets(t *testing.T) {
	url := "mysql://u:hidden@h/d"
	for generation, key := range map[string]string{"current": "server", "legacy": "zenml"} {
		files, err := renderFiles(t, generation, key+": {database: {url: '"+url+"'}}")
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range files {
			if strings.Contains(text, "hidden") {
				t.Errorf("%s: the password shows in %s", generation, name)
			}
		}
		secret := must(t, objectsOf(t, files), "Secret/zenml-server")
		if got := secret.at("data", "ZENML_STORE_URL"); got != base64.StdEncoding.EncodeToString([]byte(url)) {
			t.Errorf("%s: ZENML_STORE_URL is %v", generation, got)
		}
	}
}

func TestLegacyDebugKeepsTheMigration(t *testing.T) {
	const policy = "helm.sh/hook-delete-policy"
	for values, want := range map[string]string{
		"debug: true": "before-hook-creation", "debug: false": "before-hook-creation,hook-succeeded",
	} {
		job := must(
			t,
			mustRender(t, "legacy", "zenml: {"+values+", database: {url: 'mysql://u@h/d'}}"),
			"Job/zenml-server-db-migration",
		)
		if got := job.at("metadata", "annotations", policy); got != want {
			t.Errorf("%s: delete policy %v", values, got)
		}
	}
}

func TestOptionalSettings(t *testing.T) {
	values := `
server:
  threadPoolSize: 60
  proxyHeaders: {enabled: true, forwardedAllowIPs: 10.0.0.0/8}
  openTelemetry: {endpoint: "http://otel:4318", logsEndpoint: "http://logs:4318", tracesEnabled: false}
  pro: {enabled: true, workspaceID: w, extraCorsOrigins: ["https://o"], enrollmentKeySecretRef: {name: n, key: k}}
  database:
    url: mysql://u@h/d
    backupStrategy: mydumper
    mydumperThreads: 4
    mydumperExtraArgs: [--rows=1000]
    payloadStorage: {offloadEnabled: true, path: "s3://bucket"}
`
	env := must(t, mustRender(t, "current", values), "Job/zenml-server-db-migration").env()
	for name, want := range map[string]string{
		"ZENML_SERVER_THREAD_POOL_SIZE": "60", "FORWARDED_ALLOW_IPS": "10.0.0.0/8",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://otel:4318", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://logs:4318", "ZENML_SERVER_OTEL_TRACES_ENABLED": "false",
		"ZENML_SERVER_DEPLOYMENT_TYPE": "cloud", "ZENML_SERVER_PRO_WORKSPACE_ID": "w", "ZENML_SERVER_CORS_ALLOW_ORIGINS": "https://cloud.zenml.io,https://o",
		"ZENML_STORE_BACKUP_STRATEGY": "mydumper", "ZENML_STORE_BACKUP_DIRECTORY": "/backups", "ZENML_STORE_MYDUMPER_THREADS": "4", "ZENML_STORE_MYDUMPER_EXTRA_ARGS": `["--rows=1000"]`,
		"ZENML_STORE_PAYLOAD_STORAGE_PATH": "s3://bucket",
	} {
		if env[name] != want {
			t.Errorf("%s = %q, want %q", name, env[name], want)
		}
	}
}
