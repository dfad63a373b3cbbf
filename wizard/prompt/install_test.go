package prompt

import (
	"strings"
	"testing"
)

func TestServerThatWasActive(t *testing.T) {
	e := newEngine()
	e.active = true
	_, c, err := converse(t, e, mysql())
	said := c.said.String()
	if err != nil || !strings.Contains(said, "The server is activated. Log in with an existing account.") ||
		strings.Contains(said, "create the admin account") || strings.Contains(said, "After activation") {
		t.Errorf("%v\n%s", err, said)
	}
}
