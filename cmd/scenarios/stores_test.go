package scenarios_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/zenml-installer/zenml-installer/checks/secrets"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

// storedSecrets returns the names of the secrets in a store.
type storedSecrets func() []string

// provesStore installs the server, creates a secret, reads it after a restart,
// and deletes it. Until then the store must contain it under a name with the
// prefix.
func (i *installation) provesStore(prefix string, stored storedSecrets, flags ...string) {
	i.Helper()
	i.install(flags...)
	if left := stored(); len(left) > 0 {
		i.Errorf("the checks left secrets in the store: %v", left)
	}
	client := i.login()
	id := client.CreateSecret(i, "stored", map[string]string{"key": "value"})
	if found := stored(); !slices.Equal(found, []string{prefix + id}) {
		i.Errorf("secrets in the store: %v, want %s%s", found, prefix, id)
	}
	i.restart()
	client = i.login()
	if got := client.Secret(i, id)["key"]; got != "value" {
		i.Errorf("the secret has value %q, want %q", got, "value")
	}
	client.DeleteSecret(i, id)
	if left := stored(); len(left) > 0 {
		i.Errorf("secrets in the store after the removal: %v", left)
	}
}

// policy returns the policy that the installer recommends for the store.
func (i *installation) policy() string {
	i.Helper()
	file, err := answers.Read("answers.yaml", answersFile(i.T, i.sample, i.answers...))
	if err != nil {
		i.Fatal(err)
	}
	policies, err := secrets.Policies(file.Answers.Complete())
	if err != nil || len(policies) == 0 {
		i.Fatalf("%d policies, %v", len(policies), err)
	}
	return string(policies[0].Content)
}

// aws starts AWS and configures it in the answers. The user has the policy that
// the installer recommends.
func (i *installation) aws() *peers.AWS {
	i.Helper()
	cloud := peers.StartAWSOn(i, i.cluster.HostAddress)
	i.with("secretsStore: {aws: {region: us-east-1, endpointURL: '%s'}}", cloud.URL)
	i.with("server: {environment: {AWS_ENDPOINT_URL: '%s'}}", cloud.URL)
	i.env["AWS_ENDPOINT_URL"] = cloud.URL
	key := cloud.User(i, "zenml", i.awsPolicy("sts:*"))
	i.env["AWS_ACCESS_KEY_ID"], i.env["AWS_SECRET_ACCESS_KEY"] = key.ID, key.Secret
	i.file("aws-secret", []byte(key.Secret))
	return cloud
}

// resource matches the resource in a policy.
var resource = regexp.MustCompile(`"Resource": "[^"]*"`)

// awsPolicy returns the policy that the installer recommends, with additional
// actions. It applies to all resources, because moto does not evaluate the
// resources of calls to Secrets Manager.
func (i *installation) awsPolicy(more ...string) string {
	i.Helper()
	policy := resource.ReplaceAllString(i.policy(), `"Resource": "*"`)
	for _, action := range more {
		policy = strings.Replace(policy, `"Action": [`, `"Action": ["`+action+`",`, 1)
	}
	return policy
}

var stores = []scenario{
	{name: "no secrets store", samples: []string{"store-none.yaml"}, run: func(i *installation) {
		i.install()
		answer, err := i.login().Call(i.Context(), http.MethodPost, "/api/v1/secrets",
			map[string]any{"name": "refused", "values": map[string]string{"key": "value"}})
		if err != nil || answer.Status < http.StatusBadRequest {
			i.Errorf("a secret was stored: %v %v", answer, err)
		}
	}},
	{name: "aws, and a copy in the database", quick: true, samples: []string{"store-aws-key.yaml"},
		run: func(i *installation) {
			i.mysql()
			cloud := i.aws()
			i.provesStore("zenml/", func() []string { return cloud.Secrets(i) })
			client := i.login()
			id := client.CreateSecret(i, "copied", map[string]string{"key": "copy"})
			cloud.Remove(i, "zenml/"+id)
			if got := client.Secret(i, id)["key"]; got != "copy" {
				i.Errorf("without the secret in AWS, its value is %q, want the copy", got)
			}
		}},
	{name: "aws with a role", samples: []string{"store-aws-role.yaml"}, run: func(i *installation) {
		i.mysql()
		cloud := i.aws()
		role := cloud.Role(i, "secrets", "zenml", i.awsPolicy())
		i.with("secretsStore: {aws: {roleARN: '%s'}}", role)
		i.provesStore("zenml/", func() []string { return cloud.Secrets(i) })
	}},
	{name: "aws with temporary credentials", samples: []string{"store-aws-temporary.yaml"}, run: func(i *installation) {
		i.mysql()
		cloud := i.aws()
		key, token := cloud.Assume(i, peers.Key{ID: i.env["AWS_ACCESS_KEY_ID"], Secret: i.env["AWS_SECRET_ACCESS_KEY"]},
			cloud.Role(i, "secrets", "zenml", i.awsPolicy()))
		i.env["AWS_ACCESS_KEY_ID"], i.env["AWS_SECRET_ACCESS_KEY"], i.env["AWS_SESSION_TOKEN"] = key.ID, key.Secret, token
		i.provesStore("zenml/", func() []string { return cloud.Secrets(i) })
	}},
	{name: "aws from a Secret", samples: []string{"store-in-own-secret.yaml"}, run: func(i *installation) {
		i.mysql()
		cloud := i.aws()
		i.with("secretsStore: {aws: {region: null, endpointURL: null}}")
		i.secret("api", map[string]string{"token": "api-token"})
		i.secret("aws-store", map[string]string{"config": `{"region":"us-east-1","aws_access_key_id":"` +
			i.env["AWS_ACCESS_KEY_ID"] + `","aws_secret_access_key":"` + i.env["AWS_SECRET_ACCESS_KEY"] + `"}`})
		i.provesStore("zenml/", func() []string { return cloud.Secrets(i) })
		if got := i.python("import os; print(os.environ['API_TOKEN'])"); strings.TrimSpace(got) != "api-token" {
			i.Errorf("API_TOKEN is %q", got)
		}
	}},
	{name: "vault with a token", quick: true, samples: []string{"store-vault-token.yaml"}, run: vaultByToken},
	{name: "vault with an AppRole", samples: []string{"store-vault-approle.yaml"}, run: vaultByRole},
	{name: "azure", quick: true, samples: []string{"store-azure-principal.yaml"}, run: azureByPrincipal},
	{name: "google with a key", samples: []string{"store-gcp-key.yaml"}, run: googleByKey},
	{name: "google by impersonation", samples: []string{"store-gcp-impersonation.yaml"}, run: googleByImpersonation},
	{name: "google as a user", samples: []string{"store-gcp-user.yaml"}, run: googleAsUser},
	{name: "store of one's own", samples: []string{"store-own.yaml"}, run: customStore},
}

// vaultByToken uses a namespace, and a token with the recommended policy.
func vaultByToken(i *installation) {
	v := peers.StartVault(i, peers.VaultOptions{Host: i.cluster.HostAddress})
	v.Write(i, "sys/namespaces/ml", nil)
	v.WriteIn(i, "ml", "sys/mounts/secret", map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	i.mysql()
	i.with("secretsStore: {hashicorp: {address: '%s'}}", v.Address)
	v.WriteIn(i, "ml", "sys/policies/acl/zenml", map[string]any{"policy": i.policy()})
	i.env["VAULT_TOKEN"] = v.WriteIn(i, "ml", "auth/token/create",
		map[string]any{"policies": []string{"zenml"}, "period": "768h", "no_parent": true}).Auth.ClientToken
	i.provesStore("", func() []string { return vaultNames(v.Keys(i, "ml/secret/metadata/zenml")) })
}

// vaultByRole uses custom mounts, and a backup store in a second mount.
func vaultByRole(i *installation) {
	v := peers.StartVault(i, peers.VaultOptions{Host: i.cluster.HostAddress})
	for _, mount := range []string{"kv", "copy"} {
		v.Write(i, "sys/mounts/"+mount, map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	}
	v.Write(i, "sys/auth/roles", map[string]any{"type": "approle"})
	i.mysql()
	i.with("secretsStore: {hashicorp: {address: '%s'}}", v.Address)
	i.with("backupSecretsStore: {hashicorp: {authMethod: token, address: '%s', mount: copy, token: {env: VAULT_TOKEN}, "+
		"awsRole: null, awsHeaderValue: null}}", v.Address)
	i.env["VAULT_TOKEN"], i.env["VAULT_SECRET_ID"] = v.Root.Token(), ""
	v.Write(i, "sys/policies/acl/zenml", map[string]any{"policy": i.policy()})
	v.Write(i, "auth/roles/role/zenml", map[string]any{"token_policies": "zenml", "token_period": "1h"})
	v.Write(i, "auth/roles/role/zenml/role-id", map[string]any{"role_id": "11111111-aaaa"})
	i.env["VAULT_SECRET_ID"], _ = v.Write(i, "auth/roles/role/zenml/secret-id", nil).Data["secret_id"].(string)
	both := func() []string {
		names := vaultNames(v.Keys(i, "kv/metadata/zenml"))
		if copies := vaultNames(v.Keys(i, "copy/metadata/zenml")); !slices.Equal(copies, names) {
			i.Errorf("the copy has %v, the store %v", copies, names)
		}
		return names
	}
	i.provesStore("", both, "--warn-only", "secrets") // the backup store uses the root token
}

func vaultNames(keys []any) []string {
	var names []string
	for _, key := range keys {
		name, _ := key.(string)
		names = append(names, name)
	}
	return names
}

// azureByPrincipal redirects Azure's host names with a proxy, and trusts its CA
// through the answers.
func azureByPrincipal(i *installation) {
	cloud := peers.StartAzureOn(i, i.cluster.HostAddress)
	const client = "66666666-7777-8888-9999-000000000000"
	cloud.App(client, "client-secret-c4nary", "get", "set", "delete")
	i.env["AZURE_CLIENT_SECRET"], i.env["HTTPS_PROXY"] = "client-secret-c4nary", cloud.Proxy
	i.file("azure.pem", []byte(cloud.CA))
	i.mysql()
	i.with("proxy: {https: '%s'}", cloud.Proxy)
	i.with("certificates: {customCAs: [{name: azure, certificate: {file: azure.pem}}]}")
	i.provesStore("zenml-", func() []string {
		there, _ := cloud.Secrets("zenml-vault")
		return there
	})
}

// google reaches Google's host names through a proxy, and trusts its CA through the answers.
func (i *installation) google() *peers.Google {
	i.Helper()
	cloud := peers.StartGoogleOn(i, i.cluster.HostAddress)
	cloud.ServeGRPC(i)
	i.env["HTTPS_PROXY"] = cloud.Proxy
	i.file("google.pem", []byte(cloud.CA))
	i.mysql()
	i.with("proxy: {https: '%s'}", cloud.Proxy)
	i.with("certificates: {customCAs: [{name: google, certificate: {file: google.pem}}]}")
	i.with("backupSecretsStore: null")
	return cloud
}

// What the server needs in a project: to create secrets anywhere, and the rest on its own.
var (
	everywhere = []string{"secretmanager.secrets.create"}
	onSecrets  = []string{"secretmanager.secrets.get", "secretmanager.secrets.update", "secretmanager.secrets.delete",
		"secretmanager.versions.access", "secretmanager.versions.add"}
)

func googleByKey(i *installation) {
	cloud := i.google()
	_, key := cloud.Account(i, "zenml", everywhere, onSecrets)
	i.file("service-account.json", []byte(key))
	i.provesStore("zenml-", cloud.Secrets)
}

func googleByImpersonation(i *installation) {
	cloud := i.google()
	caller, key := cloud.Account(i, "caller", nil, nil)
	target, _ := cloud.Account(i, "secrets", everywhere, onSecrets)
	cloud.LetAct(caller, target)
	i.file("service-account.json", []byte(key))
	i.provesStore("zenml-", cloud.Secrets)
}

func googleAsUser(i *installation) {
	cloud := i.google()
	account, _ := cloud.Account(i, "person", everywhere, onSecrets)
	i.file("user.json", []byte(cloud.User(i, account, "refresh-c4nary")))
	i.provesStore("zenml-", cloud.Secrets)
}

// customStore installs an image with a store that saves its secrets on the
// test's server.
func customStore(i *installation) {
	server := newKeyValues(i, i.cluster.HostAddress)
	// The sample's pull policy does not pull a tag that the node already has.
	i.cluster.CustomImage(i, i.cluster.RealServer(i, current).Image, "own/zenml-server:"+i.namespace,
		map[string]string{"usr/lib/python3/dist-packages/my_stores.py": storeModule})
	i.mysql()
	i.with("server: {image: {repository: own/zenml-server, tag: %s, pullSecrets: null}, environment: "+
		"{ZENML_SECRETS_STORE_OPTION_1: '%s'}}", i.namespace, server.url)
	i.with("certificates: {secretRefs: null}")
	i.with("secretsStore: {custom: {classPath: my_stores.SecretsStore}}")
	i.env["OPTION_3"] = "option-three"
	i.provesStore("", server.names)
	if got := server.token(); got != "option-three" {
		i.Errorf("the store sent the option %q, want %q", got, "option-three")
	}
}
