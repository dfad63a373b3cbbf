package checks

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/peers"
)

// TestPythonJudgesCertificatesSo holds the cases to Python itself.
func TestPythonJudgesCertificatesSo(t *testing.T) {
	t.Parallel()
	python := peers.Python(t)
	for name, c := range certificateCases() {
		t.Run(name, func(t *testing.T) {
			s := start(t, c.server)
			got := runScript(t, python, "localhost", s.Port, map[string]string{"TLS": c.mode}, map[string]string{"password": canary, "ca.pem": c.ca(s)})
			if got.Step != map[bool]string{true: "done", false: "tls"}[c.takes] {
				t.Errorf("%+v", got)
			}
		})
	}
}
