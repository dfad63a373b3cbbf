package question

import (
	"testing"
)

func TestUseTitles(t *testing.T) {
	for text, want := range map[string]string{
		"the port in database.mysql.port":                                  "the port in “Port”",
		"correct database.mysql.user.":                                     "correct “User”.",
		"the path in expose.path":                                          "the path in “Path” (Advanced, Access)",
		"db.example.com is not database.connect":                           "db.example.com is not database.connect",
		"expose.tls: {mode: off} or expose.host: {":                        "“HTTPS certificate”: None or expose.host: {",
		"set secretsStore: {sql: {encryptionKey: {generate: true}}} first": "set “Encryption key”: generate first",
		"database: {type: mysql, mysql: {port: 3307}}":                     "“Database”: MySQL and “Port”: 3307",
		"values: {server: {x: {y: 1}}} and {nodeSelector: {a: b}}":         "values: {server: {x: {y: 1}}} and {nodeSelector: {a: b}}",
		"zenml: {deploymentType: local}":                                   "zenml: {deploymentType: local}",
		"--answer database.mysql.host=db":                                  "--answer database.mysql.host=db",
	} {
		if got := UseTitles(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
