package database

import (
	"slices"
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/answers"
	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

// TestExplore lists the databases of a login, and nothing where it fails.
func TestExplore(t *testing.T) {
	t.Parallel()
	onBothServers(t, func(t *testing.T, s *testdb.Server) {
		e := checktest.WithDatabase(t, s, func(*answers.MySQL) {})
		found := Explore(t.Context(), e, true)
		if !found.Reached || !found.TLS || !slices.Contains(found.Databases, e.Answers.Database.MySQL.Name) ||
			slices.Contains(found.Databases, "information_schema") || slices.Contains(found.Databases, "sys") {
			t.Errorf("%+v", found)
		}
		if found := Explore(t.Context(), e, false); !found.TLS || found.Databases != nil {
			t.Errorf("without a login: %+v", found)
		}
		wrong := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Password.Value = secret.New("wrong") })
		if found := Explore(t.Context(), wrong, true); !found.Reached || found.Databases != nil {
			t.Errorf("with a wrong password: %+v", found)
		}
		closed := checktest.WithDatabase(t, s, func(m *answers.MySQL) { m.Port = 1 })
		if found := Explore(t.Context(), closed, true); found.Reached {
			t.Errorf("at a closed port: %+v", found)
		}
	})
}
