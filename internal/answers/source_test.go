package answers

import (
	"slices"
	"testing"
)

func TestPlainSecrets(t *testing.T) {
	file, err := Parse("a.yaml", []byte(`version: 1
database: {type: mysql, mysql: {host: db, user: u, password: {value: c4n4ry}, tls: {mode: verify-ca, ca: {value: public}}}}
server: {secretEnvironment: {A: {value: c4n4ry}, B: {env: B}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := file.PlainSecrets(); !slices.Equal(
		got,
		[]string{"database.mysql.password", "server.secretEnvironment.A"},
	) {
		t.Errorf("got %v", got)
	}
}
