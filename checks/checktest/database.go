package checktest

import (
	"os"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/check"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// Canary is a secret that must not appear in any output.
const Canary = "c4n4ry-Pa55word"

// WithDatabase returns the environment of an install into a server's database,
// as user zenml with all rights on database zenml, over verified TLS.
func WithDatabase(t *testing.T, s *testdb.Server, change ...func(*answers.MySQL)) *check.Env {
	t.Helper()
	m := answers.MySQL{Host: "db.test", Port: s.Port, Name: "zenml", User: "zenml", Password: Plain(Canary),
		TLS: answers.TLS{Mode: answers.TLSVerifyFull, CA: Plain(string(s.Authority.PEM))}}
	for _, c := range change {
		c(&m)
	}
	a := answers.Answers{Database: answers.Database{Type: answers.MySQLDatabase, MySQL: m}}.Complete()
	return &check.Env{
		Answers:  a,
		Local:    answers.Local{Getenv: os.LookupEnv, ReadFile: os.ReadFile},
		Resolver: Resolver(t, map[string]string{"db.test": "127.0.0.1"}),
	}
}

// Plain returns the source of a literal value.
func Plain(text string) answers.Source { return answers.Source{Value: secret.New(text)} }

// StartDatabase starts a server with the database and the user of WithDatabase.
func StartDatabase(t *testing.T, o testdb.Options) *testdb.Server {
	t.Helper()
	s := testdb.Start(t, o)
	s.Exec(t, "CREATE DATABASE zenml", "CREATE USER zenml IDENTIFIED BY '"+Canary+"'", "GRANT ALL ON zenml.* TO zenml")
	return s
}
