package display

import (
	"strings"
	"testing"
)

const hostileText = "a\x1b]0;title\x07\x1b[2J\x1b[31mb\x1b[0m\x1b[5A\u009b1mc\r\x1bPq\x1b\\d\te\n"

func TestStyled(t *testing.T) {
	if got, want := Styled(hostileText), "a\x1b[31mb\x1b[0m1mcd\te\n"; got != want && got != "a\x1b[31mb\x1b[0mcd\te\n" {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestSafe writes byte by byte, so that each character and sequence is split.
func TestSafe(t *testing.T) {
	var plain, styled strings.Builder
	w := NewSafe(&plain)
	for _, text := range []string{"déjà vu …", hostileText} {
		for i := range len(text) {
			if n, err := w.Write([]byte{text[i]}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	if !strings.HasPrefix(plain.String(), "déjà vu …a") || strings.ContainsAny(plain.String(), "\x1b\x07\r\u009b") {
		t.Errorf("%q", &plain)
	}
	if w.Unwrap() != &plain {
		t.Error("another destination")
	}
	_, _ = NewSafe(&styled).Styled().Write([]byte(hostileText))
	if got := styled.String(); got != Styled(hostileText) {
		t.Errorf("%q", got)
	}
}
