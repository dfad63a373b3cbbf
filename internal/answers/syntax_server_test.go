package answers

import (
	"encoding/pem"
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/secret"
)

// A private key in place of a certificate is refused and never shown.
func TestCertificateRefusesPrivateKey(t *testing.T) {
	const canary = "c4n4ry-of-a-key"
	key := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: []byte(canary)}))
	body := strings.Split(key, "\n")[1]
	a := Answers{Version: Version, Certificates: Certificates{CustomCAs: []CustomCA{{Name: "company",
		Certificate: Source{Value: secret.New(key)}}}}}
	a.Database.Type, a.Database.MySQL = MySQLDatabase, MySQL{Host: "db", User: "u", Password: Source{Env: "P"},
		TLS: TLS{Mode: TLSVerifyCA, CA: Source{Value: secret.New(key)}}}
	faults := Validate(a)
	for _, want := range []string{
		"certificates.customCAs[0].certificate: it contains a private key", "database.mysql.tls.ca: it contains a private key",
	} {
		if !strings.Contains(faults.Error(), want) {
			t.Errorf("missing %q in\n%v", want, faults)
		}
	}
	file, moved := Write(a)
	if text := faults.Error() + string(
		file,
	); strings.Contains(text, body) || strings.Contains(text, canary) ||
		len(moved) != 2 {
		t.Errorf("%d secrets moved:\n%s", len(moved), text)
	}
	a.Certificates.CustomCAs[0].Certificate.Value = secret.New(canary)
	if faults := Validate(
		a,
	); !strings.Contains(faults.Error(), "it contains no PEM certificate") ||
		strings.Contains(faults.Error(), canary) {
		t.Errorf("got %v", faults)
	}
	good := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("one")}))
	if problem, _ := Certificate("# a comment\n" + good); problem != "" {
		t.Errorf("a valid certificate is refused: %s", problem)
	}
}
