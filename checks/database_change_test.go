package checks

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/testcluster"
)

func TestDatabaseOnAnUpgrade(t *testing.T) {
	t.Parallel()
	c := testcluster.Start(t)
	mysql, sqlite, strange, empty := c.Namespace(t), c.Namespace(t), c.Namespace(t), c.Namespace(t)
	none := map[string]string{"ZENML_SECRETS_STORE_TYPE": "none"}
	release(t, c, mysql, none, map[string]string{"ZENML_STORE_URL": "mysql://zenml:" + canary + "@Db.example.com/zenml"})
	release(t, c, sqlite, none, map[string]string{})
	release(t, c, strange, none, map[string]string{"ZENML_STORE_URL": "mysql://zenml:" + canary + "%zz@db.example.com/zenml"})
	on := func(host string, port int, name string) answers.Database {
		return answers.Database{Type: answers.MySQLDatabase, MySQL: answers.MySQL{Host: host, Port: port, Name: name, User: "zenml"}}
	}
	embedded := answers.Database{Type: answers.SQLiteDatabase}
	for _, s := range []struct {
		namespace string
		database  answers.Database
		status    Status
		say       string
	}{
		{empty, embedded, Pass, "nothing is deployed yet"},
		{mysql, on("db.example.com", 3306, "zenml"), Pass, "has the same: MySQL at db.example.com:3306/zenml"},
		{mysql, embedded, Failed, "keeps its data in MySQL at db.example.com:3306/zenml, and the answers say SQLite"},
		{mysql, embedded, Failed, "mysql: {host: db.example.com, port: 3306, name: zenml, …}"},
		{mysql, on("db.example.com", 3307, "zenml"), Warned, "the answers say MySQL at db.example.com:3307/zenml"},
		{mysql, on("db.example.com", 3306, "other"), Warned, "the answers say MySQL at db.example.com:3306/other"},
		{sqlite, embedded, Pass, "has the same: SQLite"},
		{sqlite, on("db.example.com", 3306, "zenml"), Warned, "without what was there"},
		{strange, embedded, Skipped, "ZENML_STORE_URL is not one that this program can read"},
	} {
		e := &Env{Answers: answers.Answers{Cluster: answers.Cluster{Namespace: s.namespace}, Database: s.database}.Complete(), Cluster: c.Access()}
		report, err := run(t.Context(), Table, e, Options{Only: []string{"database.change"}}, nil)
		must(t, err)
		result := expect(t, report, "database.change", s.status, s.say)
		if strings.Contains(result.Message+result.Hint, canary) {
			t.Errorf("a secret shows: %s", result.Message)
		}
	}
}
