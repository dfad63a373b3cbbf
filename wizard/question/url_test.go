package question

import "testing"

func TestFillFromURL(t *testing.T) {
	s := mysqlSheet()
	for _, part := range urlParts {
		s.Type(part.key, "")
	}
	filled, unused := s.FillFromURL("database.mysql.host", "mysql+pymysql://zen:p%40ss%3Aw@db.example.com:3307/zenml?ssl=1")
	if len(filled) != 5 || unused != "The parameter ssl of the URL is not used." {
		t.Fatalf("the URL gives %v, %q", filled, unused)
	}
	for key, want := range map[string]string{
		"database.mysql.host": "db.example.com", "database.mysql.port": "3307", "database.mysql.name": "zenml",
		"database.mysql.user": "zen", "database.mysql.password": "p@ss:w",
	} {
		if got := s.Typed(key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	s.FillFromURL("database.mysql.user", "mysql://env:x@other/")
	if got := s.Typed("database.mysql.name"); got != "zenml" {
		t.Errorf("a URL without a database name clears it: %q", got)
	}
	if got := s.Complete().Database.MySQL; got.Host != "other" || got.Password.Value.Reveal() != "x" {
		t.Errorf("%+v", got)
	}
	for _, text := range []string{"db.example.com", "postgresql://u:p@h/d", "mysql://", "mysql://h:port"} {
		if filled, _ := s.FillFromURL("database.mysql.host", text); filled != nil {
			t.Errorf("%q is taken as a URL of MySQL", text)
		}
	}
	if filled, _ := s.FillFromURL("expose.host", "mysql://u:p@h/d"); filled != nil {
		t.Error("another question takes the URL")
	}
}
