package exposure

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zenml-installer/zenml-installer/internal/testdb"
)

func TestSecret(t *testing.T) {
	authority := testdb.NewAuthority(t)
	secret := func(until time.Time) map[string]string {
		pair := authority.Server(t, until, "zenml.test")
		return map[string]string{"/api/v1/namespaces/n/secrets/tls": fmt.Sprintf(`{"data": {"tls.crt": %q}}`,
			base64.StdEncoding.EncodeToString(pair.Cert))}
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	for name, test := range map[string]struct {
		objects map[string]string
		judged  bool
		rule    string
		says    string
	}{
		"valid": {secret(time.Now().Add(time.Hour)), true, "", ""},
		"expired": {secret(yesterday), true, "certificate expired",
			"since " + yesterday.UTC().Format(time.DateOnly)},
		"missing":        {nil, true, "certificate missing", "no Secret tls in namespace n"},
		"no certificate": {map[string]string{"/api/v1/namespaces/n/secrets/tls": `{"data": {}}`}, false, "", ""},
	} {
		s, ok := reader(t, test.objects).Secret(t.Context(), "tls")
		if ok != test.judged || ok && s.Ready != (test.rule == "") {
			t.Errorf("%s: %+v, %t", name, s, ok)
		}
		if d := s.Diagnosis(); ok && !s.Ready && (d.Name != test.rule || !strings.Contains(d.Text(), test.says)) {
			t.Errorf("%s: rule %q, %s", name, d.Name, d.Text())
		}
	}
}
