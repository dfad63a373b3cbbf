package pemtext

import (
	"strings"
	"testing"
)

func TestUnfold(t *testing.T) {
	const block = "-----BEGIN CERTIFICATE-----\nMIIB\nAb+/\nAA==\n-----END CERTIFICATE-----\n"
	if got := Unfold(strings.TrimSpace(strings.ReplaceAll(block, "\n", " "))); got != block {
		t.Errorf("%q", got)
	}
	if got := Unfold(strings.TrimSpace(strings.ReplaceAll(block+block, "\n", " "))); strings.Count(got, "\n") < 10 {
		t.Errorf("a chain: %q", got)
	}
	for _, text := range []string{"", "p4ss word", block, "-----BEGIN "} {
		if got := Unfold(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
