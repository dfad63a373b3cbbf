package values_test

import (
	"strings"
	"testing"

	"github.com/zenml-installer/zenml-installer/internal/secret"
	"github.com/zenml-installer/zenml-installer/render/rendertest"
)

func TestMaskedShowsNoSecret(t *testing.T) {
	const canary = "c4nary-of-an-encryption-key-0123456789"
	a := rendertest.Parse(
		t,
		"version: 1\ndatabase: {type: sqlite}\nsecretsStore: {sql: {encryptionKey: {value: "+canary+"}}}\n",
	)
	document, _ := rendertest.Draw(t, "legacy", a)
	if !document.Sensitive || !strings.Contains(string(document.Bytes), canary) {
		t.Fatalf("the legacy chart takes this key inline:\n%s", document.Bytes)
	}
	shown, err := document.Redacted()
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(shown, canary) || !strings.Contains(shown, secret.Mask) {
		t.Errorf("got\n%s", shown)
	}
}
