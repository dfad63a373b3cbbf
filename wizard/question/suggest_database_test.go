package question

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/answers"
)

// mysqlAt returns responses for a MySQL server at a host.
func mysqlAt(host string) *Responses {
	s := NewResponses(answers.Answers{})
	s.Type("database.type", answers.MySQLDatabase)
	s.Type("database.mysql.host", host)
	return s
}

// TestSuggestedTLS starts the question with the mode for the host, and says why.
func TestSuggestedTLS(t *testing.T) {
	for host, want := range map[string]struct{ mode, reason string }{
		"zenml.abc123.eu-central-1.rds.amazonaws.com": {answers.TLSVerifyFull, "global-bundle.pem"},
		"zenml.mysql.database.azure.com":              {answers.TLSVerifyFull, "DigiCert"},
		"a1b2.c3d4.europe-west1.sql.goog":             {answers.TLSVerifyCA, "Cloud SQL"},
		"db.example.com":                              {answers.TLSRequire, "outside the cluster"},
		"203.0.113.7":                                 {answers.TLSRequire, "outside the cluster"},
		"10.0.0.2":                                    {answers.TLSOff, ""},
		"127.0.0.1":                                   {answers.TLSOff, ""},
		"mysql":                                       {answers.TLSOff, ""},
		"mysql.databases.svc":                         {answers.TLSOff, ""},
		"mysql.databases.svc.cluster.local":           {answers.TLSOff, ""},
	} {
		s := mysqlAt(host)
		if mode, reason := suggested(s); mode != want.mode || !strings.Contains(reason, want.reason) {
			t.Errorf("%s: %s, %q", host, mode, reason)
		}
		if s.Answers().Database.MySQL.TLS.Mode != "" {
			t.Errorf("%s: the suggestion is an answer before it is accepted", host)
		}
		s.Type(tlsModeKey, answers.TLSOff)
		if mode, _ := suggested(s); mode != answers.TLSOff {
			t.Errorf("%s: the answer does not win: %s", host, mode)
		}
	}
}

// suggested returns where the question about TLS starts, and the help of that option.
func suggested(s *Responses) (mode, help string) {
	q, _ := s.ByKey(tlsModeKey)
	mode = s.CurrentChoice(q)
	for _, o := range q.Choices {
		if o.Value == mode {
			return mode, o.Help
		}
	}
	return mode, ""
}

// TestOfferedTLS follows what the database server offers.
func TestOfferedTLS(t *testing.T) {
	near, far := mysqlAt("10.0.0.2"), mysqlAt("db.example.com")
	near.SetOffered(DatabaseOptions(near.Answers(), true, true, nil))
	if mode, help := suggested(near); mode != answers.TLSRequire || !strings.Contains(help, "the database server offers it") {
		t.Errorf("%s: %s", mode, help)
	}
	far.SetOffered(DatabaseOptions(far.Answers(), true, false, nil))
	if mode, _ := suggested(far); mode != answers.TLSOff {
		t.Errorf("a server without TLS: %s", mode)
	}
	far.SetOffered(DatabaseOptions(far.Answers(), false, false, nil))
	if mode, _ := suggested(far); mode != answers.TLSRequire {
		t.Errorf("a server that was not reached: %s", mode)
	}
}

// TestOfferedDatabases lists the databases of the server; the cursor is on the
// installer's own name, never on the database of another program.
func TestOfferedDatabases(t *testing.T) {
	s := mysqlAt("db.example.com")
	q, _ := s.ByKey(DatabaseNameKey)
	if len(q.Choices) > 0 {
		t.Errorf("choices before the server was asked: %v", q.Choices)
	}
	s.SetOffered(DatabaseOptions(s.Answers(), true, true, []string{"app", "bad-name", "zen"}))
	q, _ = s.ByKey(DatabaseNameKey)
	var values []string
	for _, o := range q.Choices {
		values = append(values, o.Value)
	}
	if strings.Join(values, " ") != "zenml app zen" || !q.Open || s.CursorChoice(q) != "zenml" {
		t.Errorf("%v, open: %t, at %s", values, q.Open, s.CursorChoice(q))
	}
	s.Type(DatabaseNameKey, "zen")
	if q, _ = s.ByKey(DatabaseNameKey); s.CursorChoice(q) != "zen" {
		t.Errorf("the answer is not under the cursor, but %s", s.CursorChoice(q))
	}
}

// TestFindsDatabase asks the server after its address, and logs in only before the
// question about its databases, when TLS is answered.
func TestFindsDatabase(t *testing.T) {
	s := mysqlAt("db.example.com")
	expect := func(key string, logIn, ok bool) {
		t.Helper()
		if gotIn, gotOK := s.FindsDatabase(key); gotIn != logIn || gotOK != ok {
			t.Errorf("after %s: %t, %t", key, gotIn, gotOK)
		}
	}
	expect("database.mysql.port", false, true)
	expect("database.mysql.password", false, false)
	expect(tlsModeKey, true, true)
	s.Type(tlsModeKey, answers.TLSVerifyFull)
	expect(tlsModeKey, false, false)
	expect(tlsCAKey, true, true)
}
