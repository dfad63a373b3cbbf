package redact

import (
	"strings"
	"testing"
)

func TestDocument(t *testing.T) {
	r := &Redactor{}
	r.Add("wrapped-c4nary-0123456789")
	r.Add("-----BEGIN PRIVATE KEY-----\nMIIBVgIBADANBgkqhkiG\n-----END PRIVATE KEY-----\n")
	r.Add(`quoted"c4nary`)
	for name, text := range map[string]string{
		"plain":    "a wrapped-c4nary-0123456789 b",
		"wrapped":  "│ the password wrapped-c4n │\n│ ary-0123456789 is wrong  │\n",
		"colored":  "wrapped-\x1b[31mc4nary\x1b[0m-0123456789",
		"indented": "key: |\n    -----BEGIN PRIVATE KEY-----\n    MIIBVgIBADANBgkqhkiG\n",
		"quoted":   `{"password": "quoted\"c4nary"}`,
	} {
		got := r.Document(text)
		for _, part := range []string{"c4n", "ary-0123456789", "MIIBVg"} {
			if strings.Contains(got, part) {
				t.Errorf("%s: %q", name, got)
			}
		}
	}
	if got := r.Document("nothing │ to\nhide"); got != "nothing │ to\nhide" {
		t.Errorf("%q", got)
	}
}
