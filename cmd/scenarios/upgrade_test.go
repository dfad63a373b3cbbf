package scenarios_test

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

var upgrades = []scenario{
	{name: "from the oldest chart to the current one", run: fromOldest},
	{name: "current server with the oldest chart and TLS", run: newerServer},
}

// fromOldest installs the published chart of 0.73.0 with its server, upgrades to the current chart and server, and
// imports both the values and the release. The current server refuses to migrate workspaces besides the default one.
func fromOldest(i *installation) {
	i.mysql()
	i.with("secretsStore: {type: sql, sql: {encryptionKey: {generate: true}}}")
	i.installVersion(testcluster.RealOldest)
	verify := i.fillOldest()
	i.imports(testcluster.RealOldest)
	i.login().Do(i, "POST", "/api/v1/workspaces", map[string]any{"name": "second"}, nil)
	code, out := i.attempt(current)
	if code != 3 || !strings.Contains(out, "the database has the workspaces default and second") {
		i.Fatalf("with a second workspace: exit code %d\n%s", code, out)
	}
	i.login().Do(i, "DELETE", "/api/v1/workspaces/second", nil, nil)
	i.installVersion(current)
	verify()
	i.imports(current)
}

// newerServer installs the current server with the chart of 0.73.0, which has no database.ssl. The account refuses
// connections without TLS.
func newerServer(i *installation) {
	i.startMySQL(mysqlOptions{require: "SSL"})
	repository, tag, _ := strings.Cut(i.cluster.RealServer(i, current).Image, ":")
	i.with("server: {image: {repository: %s, tag: %s}}", repository, tag)
	i.with("database: {mysql: {tls: {mode: verify-ca, ca: {file: ca.pem}}}}")
	i.installVersion(testcluster.RealOldest)
}

// fillOldest creates data that must survive through the API of 0.73.0, whose
// projects are called workspaces.
func (i *installation) fillOldest() (verify func()) {
	i.Helper()
	client := i.login()
	var space, user, secret struct{ ID string }
	client.Do(i, "GET", "/api/v1/workspaces/default", nil, &space)
	client.Do(i, "GET", "/api/v1/current-user", nil, &user)
	client.Do(i, "POST", "/api/v1/workspaces/default/secrets", map[string]any{"name": "kept", "workspace": space.ID,
		"user": user.ID, "values": map[string]string{"key": "value"}}, &secret)
	client.Do(i, "POST", "/api/v1/service_accounts", map[string]any{"name": "kept", "active": true}, nil)
	return func() {
		i.Helper()
		client := i.login()
		if !client.HasProject(i, "default") {
			i.Error("the default workspace is lost")
		}
		var account struct{ Name string }
		client.Do(i, "GET", "/api/v1/service_accounts/kept", nil, &account)
		if account.Name != "kept" {
			i.Errorf("the service account is named %q, want kept", account.Name)
		}
		if got := client.Secret(i, secret.ID)["key"]; got != "value" {
			i.Errorf("the secret has value %q, want %q", got, "value")
		}
	}
}

// imports imports the values file and the release. Both must produce the
// answers' database and store.
func (i *installation) imports(version string) {
	i.Helper()
	chart := i.cluster.RealServer(i, version)
	for _, from := range [][]string{{"--from", filepath.Join(i.dir, "custom-values.yaml")}, {"--from-release"}} {
		output := filepath.Join(i.dir, "imported.yaml")
		args := append([]string{"answers", "init", "--output", output, "--force", "-n", i.namespace, "--chart", chart.Ref,
			"--chart-version", chart.Version, "--plain-http"}, from...)
		code, out := i.run(args...)
		if code != 0 {
			i.Errorf("answers init %v: exit code %d\n%s", from, code, out)
			continue
		}
		imported := i.read(output)
		got := fmt.Sprintf("%s:%d/%s as %s, %s", imported.Database.MySQL.Host, imported.Database.MySQL.Port,
			imported.Database.MySQL.Name, imported.Database.MySQL.User, imported.SecretsStore.Type)
		want := fmt.Sprintf("%s:%d/%s as %s, sql", i.cluster.Database.Host, i.cluster.Database.Port, i.database,
			i.cluster.Database.User)
		if got != want {
			i.Errorf("imported %s, want %s\n%s", got, want, out)
		}
	}
}

func (i *installation) read(path string) answers.Answers {
	i.Helper()
	file, err := answers.Read(path, readFile(i.T, path))
	if err != nil {
		i.Fatal(err)
	}
	return file.Answers.Complete()
}
