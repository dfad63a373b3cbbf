package shell

import "testing"

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{"": "''", "a b": "'a b'", "it's": `'it'\''s'`, "~/x": "'~/x'", "a*": "'a*'", "a-b_c.d": "a-b_c.d"} {
		if got := Quote(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if got := Line("kubectl", "--context", "my cluster"); got != "kubectl --context 'my cluster'" {
		t.Errorf("got %s", got)
	}
}
