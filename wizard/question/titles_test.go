package question

import (
	"testing"
)

func TestUseTitles(t *testing.T) {
	for text, want := range map[string]string{
		"the port in database.mysql.port":           "the port in “Port”",
		"correct database.mysql.user.":              "correct “User”.",
		"the path in expose.path":                   "the path in “Path” (Advanced, Access)",
		"db.example.com is not database.connect":    "db.example.com is not database.connect",
		"expose.tls: {mode: off} or expose.host: {": "expose.tls: {mode: off} or expose.host: {",
		"--answer database.mysql.host=db":           "--answer database.mysql.host=db",
	} {
		if got := UseTitles(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
