package database

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestChange(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	mysql, sqlite, strange, empty := c.Namespace(t), c.Namespace(t), c.Namespace(t), c.Namespace(t)
	none := map[string]string{"ZENML_SECRETS_STORE_TYPE": "none"}
	checktest.InstallServer(t, c, mysql, none,
		map[string]string{"ZENML_STORE_URL": "mysql://zenml:" + checktest.Canary + "@Db.example.com/zenml"})
	checktest.InstallServer(t, c, sqlite, none, map[string]string{})
	checktest.InstallServer(t, c, strange, none,
		map[string]string{"ZENML_STORE_URL": "mysql://zenml:" + checktest.Canary + "%zz@db.example.com/zenml"})
	on := func(host string, port int, name string) answers.Database {
		return answers.Database{
			Type:  answers.MySQLDatabase,
			MySQL: answers.MySQL{Host: host, Port: port, Name: name, User: "zenml"},
		}
	}
	embedded := answers.Database{Type: answers.SQLiteDatabase}
	for _, s := range []struct {
		namespace string
		database  answers.Database
		status    check.Status
		say       string
	}{
		{empty, embedded, check.Pass, "no release is deployed yet"},
		{mysql, on("db.example.com", 3306, "zenml"), check.Pass, "uses the same: MySQL at db.example.com:3306/zenml"},
		{mysql, embedded, check.Failed, "stores its data in MySQL at db.example.com:3306/zenml, but the " +
			"answers name SQLite"},
		{mysql, embedded, check.Failed, "mysql: {host: db.example.com, port: 3306, name: zenml, …}"},
		{mysql, on("db.example.com", 3307, "zenml"), check.Warned, "the answers name MySQL at " +
			"db.example.com:3307/zenml"},
		{mysql, on("db.example.com", 3306, "other"), check.Warned, "the answers name MySQL at " +
			"db.example.com:3306/other"},
		{sqlite, embedded, check.Pass, "uses the same: SQLite"},
		{sqlite, on("db.example.com", 3306, "zenml"), check.Warned, "without the existing data"},
		{strange, embedded, check.Skipped, "cannot be parsed"},
	} {
		e := &check.Env{
			Answers: answers.Answers{Cluster: answers.Cluster{Namespace: s.namespace}, Database: s.database}.Complete(),
			Cluster: c.Access(),
		}
		report, err := check.Run(t.Context(), Checks, e, check.Options{Only: []string{"database.change"}}, nil)
		checktest.Must(t, err)
		result := checktest.Expect(t, report, "database.change", s.status, s.say)
		if strings.Contains(result.Message+result.Remedy, checktest.Canary) {
			t.Errorf("a secret shows: %s", result.Message)
		}
	}
}
