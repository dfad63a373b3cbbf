package probepod

import (
	"testing"

	"github.com/zenml-installer/zenml-installer/checks/checktest"
	"github.com/zenml-installer/zenml-installer/internal/peers"
)

// TestPythonJudgesCertificatesSo holds the cases to Python itself.
func TestPythonJudgesCertificatesSo(t *testing.T) {
	t.Parallel()
	python := peers.Python(t)
	for name, c := range checktest.CertificateCases() {
		t.Run(name, func(t *testing.T) {
			s := checktest.StartDatabase(t, c.Server)
			got := runScript(t, python, "localhost", s.Port, map[string]string{"TLS": c.Mode}, map[string]string{"password": checktest.Canary, "ca.pem": c.CA(s)})
			if got.Step != map[bool]string{true: "done", false: "tls"}[c.Takes] {
				t.Errorf("%+v", got)
			}
		})
	}
}
